import { findHeldBack } from "../../collector/held-back.ts";
import { readProjectRules } from "../../collector/project-rules.ts";
import { Server } from "../../collector/server.ts";
import { isCollecting } from "../../collector/turn.ts";
import { type Verified, verify } from "../../collector/verify.ts";
import { AppError } from "../../errors.ts";
import type { Database } from "../../ledger/database.ts";
import { listSetAside, summarizeUnsent } from "../../ledger/push-targets.ts";
import { LOCAL_USER } from "../../ledger/users.ts";
import { DAY_MS, dayText } from "../../usage/day.ts";
import { readGranularity } from "../collect/granularity.ts";
import { refusal } from "../collect/push.ts";
import { KEY_REFUSED, SERVER_UNREACHABLE } from "../exit-code.ts";
import { ago, counted } from "../screen/format.ts";
import { type Check, failed, type Looked, passed, warning } from "./check.ts";
import { withLedger } from "./ledger-found.ts";
import type { Scene } from "./scene.ts";
import { type Reached, withHealth } from "./server-checks.ts";

/** How a collect ends that could not send. */
const NOT_SENT: readonly number[] = [KEY_REFUSED, SERVER_UNREACHABLE];

/** What became of usage. */
export const SENDING_CHECKS: readonly Check[] = [
	{
		name: "unsent usage",
		why: "What waits here is missing at the server.",
		look: (scene) => withLedger(scene, (db) => lookAtUnsent(scene, db)),
	},
	{
		name: "last collect",
		why: "Only what was collected is counted, and Claude Code deletes transcripts after a while.",
		look: lookAtLastRun,
	},
];

/** Whether the server has what it was sent. */
export const DIGEST_CHECKS: readonly Check[] = [
	{
		name: "server's copy",
		why: "Where the server does not have what it was sent, its pages show another number than this machine.",
		look: (scene) => withHealth(scene, (_health, reached) => withLedger(scene, (db) => compare(reached, db))),
	},
];

async function lookAtUnsent(scene: Scene, db: Database): Promise<Looked> {
	const { server, since } = scene.credentials();
	if (server === undefined) return passed("Not logged in: usage stays on this machine.");
	const { host } = new URL(server);
	const rules = readProjectRules(scene.home, scene.config.userHome);
	const heldBack = await findHeldBack(db, LOCAL_USER, { rules }, since);
	const isTotals = readGranularity(scene, undefined) !== "all";
	const unsent = await summarizeUnsent(db, LOCAL_USER, scene.now(), heldBack, isTotals);
	const setAside = await listSetAside(db);
	const run = scene.lastRun();
	const { events, oldestAt } = unsent;
	const waiting =
		oldestAt === undefined
			? `${host} has everything.`
			: `${counted(events, "response")} for ${host}, the oldest of ${ago(oldestAt, scene.now())}.`;
	if (events > 0 && run && NOT_SENT.includes(run.exitCode)) {
		const why = run.error === undefined ? "The last push failed." : `The last push failed: ${run.error}`;
		return failed(`${waiting} ${why}`, "See the checks of key and server, and run promptpulse collect.");
	}
	if (events > 0 && oldestAt !== undefined && scene.now() - oldestAt > DAY_MS) {
		return warning(waiting, "Run promptpulse collect.");
	}
	if (setAside.length > 0) {
		const refused = setAside.map(
			({ code, events: count }) => `${counted(count, "response")}: ${refusal(code)}`,
		);
		return warning(
			`${waiting} The server refused ${refused.join("; ")}.`,
			"They are kept here; promptpulse collect --resend sends them again.",
		);
	}
	return passed(waiting);
}

function lookAtLastRun(scene: Scene): Looked {
	const run = scene.lastRun();
	if (!run)
		return warning(
			"None is noted. Reports and the dashboard collect too, and leave no note.",
			"Run promptpulse collect.",
		);
	const { exitCode, error, finishedAt, lastSuccessAt, duplicates } = run;
	const dropped = duplicates ? `, ${counted(duplicates, "repeated line")} dropped` : "";
	const when = ago(Date.parse(finishedAt), scene.now());
	if (lastSuccessAt === finishedAt) return passed(`${when}${dropped}`);
	const success = lastSuccessAt
		? `the last good one ${ago(Date.parse(lastSuccessAt), scene.now())}`
		: "no good one is noted";
	const found = `${when}, ${success}. ${error ?? `It ended with ${exitCode}.`}`;
	// What was read is kept.
	if (NOT_SENT.includes(exitCode)) return warning(found, "See the checks of key, server and unsent usage.");
	return failed(found, "Run promptpulse collect, and do what it says.");
}

async function compare({ scene, host, credentials }: Reached, db: Database): Promise<Looked> {
	const { access, since = 0 } = credentials;
	if (!access) return passed("There is no key to ask with.");
	if (readGranularity(scene, undefined) !== "all") {
		return passed("Only totals are sent, and responses alone can be compared.");
	}
	if (isCollecting(scene.home)) return passed("A collect is at work: it is not compared now.");
	if ((await scene.account(access)).kind !== "ok") {
		return warning(
			"Not known: the server did not accept the key, or did not answer.",
			"See the check of the key.",
		);
	}
	const rules = readProjectRules(scene.home, scene.config.userHome);
	const heldBack = await findHeldBack(db, LOCAL_USER, { rules }, since);
	const { events } = await summarizeUnsent(db, LOCAL_USER, scene.now(), heldBack);
	if (events > 0) return passed("It is compared when everything was sent.");
	const verified = await verify(db, {
		user: LOCAL_USER,
		server: new Server(access, scene.network),
		since,
		rules,
		// Whoever waits for an answer here is not kept waiting.
		sleep: () => Promise.reject(busy(host)),
		random: () => 0,
	});
	return judge(host, verified);
}

function busy(host: string): AppError {
	return new AppError(
		"server_unreachable",
		`${host} did not answer all that was asked: it was not compared.`,
		"Run promptpulse verify, which waits for it.",
	);
}

/** More days would hide what is to be done. */
const MOST_DAYS = 5;

function judge(host: string, { differences, days, responses, setAside }: Verified): Looked {
	if (differences.length === 0) {
		return passed(
			`${host} has all it was sent: ${counted(responses - setAside, "response")} of ${counted(days, "day")}`,
		);
	}
	const named = differences.slice(0, MOST_DAYS).map(({ day }) => dayText(day));
	const more = differences.length - named.length;
	const rest = more > 0 ? ` and ${counted(more, "other day")}` : "";
	return failed(
		`${host} does not have what it was sent on ${named.join(", ")}${rest} (UTC).`,
		"Run promptpulse verify, which says what is missing and what to do.",
	);
}
