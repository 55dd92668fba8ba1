import type { Credentials } from "../collector/credentials.ts";
import { closeHome, type Home, homeAt } from "../collector/home.ts";
import type { Context } from "./context.ts";
import { plain } from "./screen/terminal.ts";

/**
 * The home, made if it is not there. Says, once, if others could look into it.
 *
 * @throws AppError `ledger_unwritable`, `invalid_config` for a folder or a file of somebody else
 */
export function ownHome({ config, terminal }: Pick<Context, "config" | "terminal">): Home {
	const home = homeAt(config.home);
	const exposure = closeHome(home);
	const path = plain(home.path);
	if (exposure === "repaired")
		terminal.err(
			`Others could look into ${path} until now; they cannot any more. What is there is yours alone.`,
		);
	if (exposure === "still")
		terminal.err(
			`Others may look into ${path}. Run chmod 700 on it, or name another folder in PROMPTPULSE_HOME.`,
		);
	return home;
}

/** Says that a key may be in other hands. */
export function tellExposed({ terminal }: Pick<Context, "terminal">, exposed: Credentials["exposed"]): void {
	if (!exposed) return;
	const path = plain(exposed.path);
	terminal.err(
		exposed.isRepaired
			? `Others could read the key in ${path} until now; they cannot any more. They may have it: replace it by a new one.`
			: `Others may read the key in ${path}. Run chmod 600 on it, and replace the key by a new one.`,
	);
}
