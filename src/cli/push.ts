import { readCredentials } from "../collector/credentials.ts";
import { homeAt } from "../collector/home.ts";
import { readPrivacy } from "../collector/project-privacy.ts";
import { type PushResult, push } from "../collector/push.ts";
import { Server } from "../collector/server.ts";
import { AppError } from "../errors.ts";
import type { Context } from "./context.ts";
import { counted } from "./format.ts";
import type { OpenUsage } from "./open-usage.ts";
import { plain } from "./terminal.ts";
import { REASONS } from "./trouble.ts";

export type PushFlags = { push?: boolean; resend?: boolean; insecure?: boolean; quiet?: boolean };

/** What was sent, and to which host. */
export type Pushed = PushResult & { server: string };

/**
 * Sends what has not been sent yet, if there is a server to send it to.
 *
 * @throws AppError `no_key`, `invalid_config`, `ledger_unwritable`
 */
export async function pushUsage(
	{ config, terminal, now }: Context,
	{ db, user, machine }: OpenUsage,
	flags: PushFlags,
): Promise<Pushed | undefined> {
	if (flags.push === false || !machine) return undefined;
	const home = homeAt(config.home);
	const privacy = readPrivacy(home, config.projectPrivacy, config.userHome);
	const { server: address, access, exposed } = readCredentials(home, config, flags.insecure ?? false);
	if (address === undefined) {
		if (!flags.quiet) terminal.err(NO_SERVER);
		return undefined;
	}
	const { host } = new URL(address);
	if (!access) {
		throw new AppError(
			"no_key",
			`Nothing was sent to ${host}: no key is set for it. Usage is kept here.`,
			"Set PROMPTPULSE_API_KEY, or unset PROMPTPULSE_SERVER to keep usage on this machine.",
		);
	}
	if (exposed) {
		terminal.err(`Others may read the key in ${plain(exposed)}. Run chmod 600 on it, and replace the key.`);
	}
	const server = new Server(access);
	const result = await push(db, {
		user,
		machine,
		server,
		privacy,
		resend: flags.resend,
		now,
		sleep: Bun.sleep,
		random: Math.random,
	});
	return { server: host, ...result };
}

const NO_SERVER =
	"Usage stays on this machine: no server is set. To send it to one set PROMPTPULSE_SERVER and PROMPTPULSE_API_KEY.";

/** Says what was sent. */
export function tellPushed({ terminal }: Context, { server, sent, known, expired, stop }: Pushed): void {
	if (sent + known + expired > 0) {
		const old = expired === 0 ? "" : `, ${counted(expired, "other")} too old to be kept there`;
		terminal.out(
			`${server}: ${counted(sent, "response")} sent, ${counted(known, "other")} known already${old}.`,
		);
	} else if (!stop) terminal.out(`${server} has everything.`);
}

/** Says on stderr what was not sent, and why. */
export function tellUnsent({ terminal }: Context, { server, setAside, unsent, stop }: Pushed): void {
	for (const [code, count] of Object.entries(setAside)) {
		const [kept, them] = count === 1 ? ["It is", "it"] : ["They are", "them"];
		terminal.err(
			`${server} refused ${counted(count, "response")}: ${refusal(code)}. ${kept} kept here; promptpulse collect --resend sends ${them} again.`,
		);
	}
	if (!stop) return;
	const kept = `${counted(unsent, "response is", "responses are")} kept here and sent next time.`;
	terminal.err(
		stop.code === "key_refused"
			? `${server} does not accept the key (it ${stop.why}). Set PROMPTPULSE_API_KEY to a good one. ${kept}`
			: `The server ${server} ${stop.why}. ${kept}`,
	);
}

/** Why a server refused an event, in words. */
export function refusal(code: string): string {
	// A server may send any word.
	return REFUSALS.get(code) ?? plain(code);
}

const REFUSALS = new Map(
	Object.entries({
		...REASONS,
		bad_event: "it is not understood there",
		refused: "it is not accepted there",
		too_large: "it is too large",
	}),
);
