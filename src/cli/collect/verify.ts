import { readCredentials } from "../../collector/credentials.ts";
import { homeAt } from "../../collector/home.ts";
import { readProjectRules } from "../../collector/project-rules.ts";
import { Server } from "../../collector/server.ts";
import { alone } from "../../collector/turn.ts";
import { type DayDifference, type Verified, verify as verifyUsage } from "../../collector/verify.ts";
import { AppError } from "../../errors.ts";
import { openLedger } from "../../ledger/open.ts";
import { LOCAL_USER } from "../../ledger/users.ts";
import { dayText } from "../../usage/day.ts";
import { jsonText } from "../../usage/usage-json.ts";
import type { Context } from "../context.ts";
import { DONE, VERIFY_DIFFERS } from "../exit-code.ts";
import { ownHome, tellExposed } from "../own-home.ts";
import { counted } from "../screen/format.ts";

export type VerifyFlags = { insecure?: boolean; json?: boolean };

/**
 * `promptpulse verify`: compares what the server has with what it acknowledged. Nothing is collected or sent, and no
 * collect may run meanwhile.
 *
 * @throws AppError `no_key`, `server_unreachable`, `locked`, `invalid_config`, and as opening a ledger does
 */
export async function verify(context: Context, { insecure = false, json }: VerifyFlags): Promise<number> {
	const { config, terminal, now } = context;
	const home = homeAt(config.home);
	const { access, exposed, since = 0 } = readCredentials(home, config, insecure);
	if (!access) {
		throw new AppError(
			"no_key",
			"There is nothing to compare with: this machine sends its usage to no server, or has no key for it.",
			"Run promptpulse login.",
		);
	}
	tellExposed(context, exposed);
	ownHome(context);
	const verified = await alone(home, async () => {
		const db = await openLedger(home.ledger, now());
		try {
			const server = new Server(access);
			return await verifyUsage(db, {
				user: LOCAL_USER,
				server,
				since,
				rules: readProjectRules(home, config.userHome),
				sleep: Bun.sleep,
				random: Math.random,
			});
		} finally {
			await db.close();
		}
	});
	const { host } = new URL(access.address);
	if (json) terminal.out(jsonText(verifiedJson(host, verified)));
	else tellVerified(context, host, verified);
	return verified.differences.length > 0 ? VERIFY_DIFFERS : DONE;
}

function verifiedJson(server: string, { differences, ...counts }: Verified): object {
	const days = differences.map((difference) => ({ ...difference, day: dayText(difference.day) }));
	return { server, ...counts, differences: days };
}

function tellVerified({ terminal }: Context, host: string, verified: Verified): void {
	const { days, responses, differences, known, unsent, setAside, expired, totals } = verified;
	const sent = responses - unsent - setAside;
	if (differences.length > 0) {
		terminal.out(`On ${counted(differences.length, "day")} (UTC) ${host} does not have what it was sent:`);
		for (const difference of differences) terminal.out(lineOf(difference));
		for (const hint of hintsOf(differences)) terminal.out(hint);
	} else if (sent > 0) {
		terminal.out(`${host} has all it was sent: ${counted(sent, "response")} of ${counted(days, "day")}.`);
	} else if (totals === 0) terminal.out(`Nothing has been sent to ${host} that could be compared.`);
	if (totals > 0) {
		terminal.out(
			`${host} acknowledged ${counted(totals, "total")} of days, sessions or blocks. Only responses can be compared one by one, so these were not.`,
		);
	}
	if (known > 0) terminal.out(`It knows more of ${counted(known, "response")}, from another machine.`);
	// Those are in totals, or will be.
	if (unsent > 0 && totals === 0) {
		terminal.out(
			`${counted(unsent, "response has", "responses have")} not been sent yet: promptpulse collect does it.`,
		);
	}
	if (setAside > 0) {
		terminal.out(
			`${counted(setAside, "response was", "responses were")} refused there and ${setAside === 1 ? "is" : "are"} kept here.`,
		);
	}
	if (expired > 0)
		terminal.out(`${counted(expired, "response is", "responses are")} too old to be kept there.`);
}

function lineOf({ day, missing, less, other }: DayDifference): string {
	const parts = [
		missing > 0 ? `${counted(missing, "response")} missing` : "",
		less > 0 ? `${counted(less, "response")} counted lower or later` : "",
		other > 0 ? `${counted(other, "response")} not the same` : "",
	];
	return `  ${dayText(day)}  ${parts.filter((part) => part !== "").join(", ")}`;
}

/** What is missing or less is mended by sending it; a server takes the larger of two counts, so nothing makes one less. */
function hintsOf(differences: readonly DayDifference[]): string[] {
	const hints: string[] = [];
	if (differences.some(({ missing, less }) => missing + less > 0)) {
		hints.push("Run promptpulse collect --resend, then promptpulse verify again.");
	}
	if (differences.some(({ other }) => other > 0)) {
		hints.push(
			"What is not the same there cannot be mended from here: another copy of this machine's PromptPulse folder may have sent it, or the server's ledger was changed. Ask whoever runs the server whether a backup should be restored.",
		);
	}
	return hints;
}
