import { kindOfKey } from "../../account/api-key.ts";
import { readCredentials } from "../../collector/credentials.ts";
import { homeAt, machineUuid } from "../../collector/home.ts";
import { Server } from "../../collector/server.ts";
import { AppError } from "../../errors.ts";
import { jsonText } from "../../usage/usage-json.ts";
import type { Context } from "../context.ts";
import { DONE, SERVER_UNREACHABLE } from "../exit-code.ts";
import { ownHome, tellExposed } from "../own-home.ts";
import { factsText } from "../screen/facts.ts";
import { plain } from "../screen/terminal.ts";
import { maskedKey } from "./masked-key.ts";
import { serverTrouble } from "./server-trouble.ts";

export type WhoamiFlags = { json?: boolean; insecure?: boolean };

/** `promptpulse whoami`: as whom, where and under which key this machine sends usage. The server is asked. */
export async function whoami(context: Context, { json, insecure }: WhoamiFlags): Promise<number> {
	const { config, terminal } = context;
	const home = homeAt(config.home);
	const { server, access, exposed, login, hasOldLogin } = readCredentials(home, config, insecure ?? false);
	if (!access) {
		throw new AppError(
			"no_key",
			hasOldLogin
				? "The login that is kept here is one of an earlier PromptPulse, which no server takes any more."
				: "This machine is not logged in.",
			server === undefined ? "Run promptpulse login." : `Run promptpulse login --server ${server}`,
		);
	}
	tellExposed(context, exposed);
	const answer = await new Server(access).findAccount();
	const trouble =
		answer.kind === "ok"
			? undefined
			: serverTrouble(access.address, answer, "What is told here is what was kept at the login.");
	if (trouble?.code === "no_key") throw trouble;
	const kept = { id: login?.userId, username: login?.username, email: login?.email };
	const user = answer.kind === "ok" ? answer.body : kept;
	ownHome(context);
	const machine = { id: machineUuid(home), label: config.machineLabel };
	const key = { kind: kindOfKey(access.key), masked: maskedKey(access.key) };
	if (json) {
		terminal.out(
			jsonText({
				server: access.address,
				reached: trouble === undefined,
				user: { id: user.id ?? null, username: user.username ?? null, email: user.email ?? null },
				key: { kind: key.kind ?? null, last8: key.masked.slice(1) || null },
				machine,
			}),
		);
	} else {
		const name = user.username || "unknown";
		const facts = [
			{ label: "User", lines: [plain(user.email ? `${name} (${user.email})` : name)] },
			{ label: "Id", lines: [plain(user.id ?? "unknown")] },
			{ label: "Server", lines: [access.address] },
			{ label: "Key", lines: [key.kind ? `${key.masked}, of the kind ${key.kind}` : key.masked] },
			{ label: "Machine", lines: [`${plain(machine.label)} (${machine.id})`] },
		];
		terminal.out(factsText(terminal, facts));
	}
	if (!trouble) return DONE;
	terminal.err(`${trouble.message} ${trouble.hint}`);
	return SERVER_UNREACHABLE;
}
