import { readCredentials } from "../../collector/credentials.ts";
import { findHeldBack } from "../../collector/held-back.ts";
import { homeAt } from "../../collector/home.ts";
import { readPrivacy } from "../../collector/project-privacy.ts";
import { type PushOptions, type PushResult, push } from "../../collector/push.ts";
import { type ImportedResult, pushImported } from "../../collector/push-imported.ts";
import { pushTotals, type TotalsResult } from "../../collector/push-totals.ts";
import { Server } from "../../collector/server.ts";
import type { Trigger } from "../../collector/triggers.ts";
import { AppError } from "../../errors.ts";
import type { Database } from "../../ledger/database.ts";
import { countResponsesOf } from "../../ledger/ignored-projects.ts";
import type { Granularity, TotalKind } from "../../usage/granularity.ts";
import type { Exact } from "../../usage/usage.ts";
import type { Context } from "../context.ts";
import type { OpenUsage } from "../open-usage.ts";
import { tellExposed } from "../own-home.ts";
import { CountProgress } from "../screen/count-progress.ts";
import { counted } from "../screen/format.ts";
import { plain } from "../screen/terminal.ts";
import { REASONS } from "../trouble.ts";
import { readGranularity } from "./granularity.ts";
import { stopWords } from "./stop-words.ts";
import { tellPushedTotals, tellUnsentTotals } from "./totals-words.ts";

export type PushFlags = {
	granularity?: Granularity;
	push?: boolean;
	resend?: boolean;
	insecure?: boolean;
	quiet?: boolean;
	trigger?: Trigger;
};

/** So long may a run send that nobody waits for, in ms: others wait for their turn, and the next one is soon. */
const LONGEST_UNATTENDED_MS = 5 * 60_000;

/**
 * What was sent, responses or totals, and to which host. `ignored`: responses of projects that stay here; `imported`: what
 * was sent of imported totals, if it came to these.
 */
export type Pushed = (PushResult | TotalsResult) & {
	server: string;
	ignored: Exact;
	imported?: ImportedResult | undefined;
};

type PushedResponses = PushResult & { server: string };

/**
 * Sends what has not been sent yet, if there is a server to send it to.
 *
 * @throws AppError `no_key`, `invalid_config`, `ledger_unwritable`
 */
export async function pushUsage(
	context: Context,
	{ db, user, machine }: OpenUsage,
	flags: PushFlags,
): Promise<Pushed | undefined> {
	const { config, terminal, now } = context;
	if (flags.push === false || !machine) return undefined;
	const home = homeAt(config.home);
	const privacy = readPrivacy(home, config.projectPrivacy, config.userHome);
	const granularity = readGranularity(context, flags.granularity);
	const found = readCredentials(home, config, flags.insecure ?? false);
	const { server: address, access, exposed, since } = found;
	if (address === undefined) {
		if (!flags.quiet) terminal.err(found.hasOldLogin ? OLD_LOGIN : NO_SERVER);
		return undefined;
	}
	const { host } = new URL(address);
	if (!access) {
		throw new AppError(
			"no_key",
			`Nothing was sent to ${host}: no key is set for it. Usage is kept here.`,
			`Run promptpulse login --server ${address}, or unset PROMPTPULSE_SERVER to keep usage on this machine.`,
		);
	}
	tellExposed(context, exposed);
	const isUnattended = flags.quiet === true || (flags.trigger ?? "manual") !== "manual";
	const started = performance.now();
	const line = new CountProgress(terminal, granularity === "all" ? "responses" : "totals");
	const options = {
		user,
		machine,
		server: new Server(access),
		privacy,
		resend: flags.resend,
		since,
		now,
		sleep: Bun.sleep,
		random: Math.random,
		isLate: isUnattended ? () => performance.now() - started > LONGEST_UNATTENDED_MS : undefined,
		progress: (done: number, all: number) => line.show("Sending", done, all),
	};
	const { result, imported } = await sendAll(db, options, granularity).finally(() => line.end());
	const { projects = [] } = await findHeldBack(db, user.id, privacy);
	return { server: host, ...result, ignored: await countResponsesOf(db, user.id, projects), imported };
}

async function sendAll(
	db: Database,
	options: PushOptions,
	granularity: Granularity,
): Promise<{ result: PushResult | TotalsResult; imported: ImportedResult | undefined }> {
	const result =
		granularity === "all" ? await push(db, options) : await pushTotals(db, { ...options, kind: granularity });
	const imported = result.stop
		? undefined
		: await pushImported(db, { ...options, kinds: kindsOf(granularity), progress: undefined });
	return { result, imported };
}

/** Of what there are totals, these go where responses go, and nowhere but one kind where only that goes. */
export function kindsOf(granularity: Granularity): TotalKind[] {
	return granularity === "all" ? ["daily", "session", "blocks"] : [granularity];
}

const NO_SERVER =
	"Usage stays on this machine: it sends to no server. To add up several machines run promptpulse login.";
const OLD_LOGIN =
	"Usage stays on this machine: the login that is kept here is one of an earlier PromptPulse, which no server takes any more. Run promptpulse login.";

/** Says what was sent. */
export function tellPushed(context: Context, pushed: Pushed): void {
	const { terminal } = context;
	if ("granularity" in pushed) tellPushedTotals(context, pushed);
	else tellResponses(context, pushed);
	const { server, imported } = pushed;
	if (imported && imported.sent > 0) {
		terminal.out(`${server}: ${counted(imported.sent, "imported total")} sent.`);
	}
	if (pushed.ignored > 0) terminal.out(ignoredLine(pushed.ignored));
}

function tellResponses({ terminal }: Context, { server, sent, known, expired, stop }: PushedResponses): void {
	if (sent + known + expired > 0) {
		const old = expired === 0 ? "" : `, ${counted(expired, "other")} too old to be kept there`;
		terminal.out(
			`${server}: ${counted(sent, "response")} sent, ${counted(known, "other")} known already${old}.`,
		);
	} else if (!stop) terminal.out(`${server} has everything.`);
}

export function ignoredLine(ignored: Exact): string {
	return `${counted(ignored, "response")} of ignored projects ${ignored === 1 ? "stays" : "stay"} here.`;
}

/** Says on stderr what was not sent, and why. */
export function tellUnsent(context: Context, pushed: Pushed): void {
	if (pushed.imported) tellUnsentImported(context, pushed.server, pushed.imported);
	if ("granularity" in pushed) tellUnsentTotals(context, pushed);
	else tellUnsentResponses(context, pushed);
}

function tellUnsentResponses(
	{ terminal }: Context,
	{ server, setAside, unsent, stop }: PushedResponses,
): void {
	for (const [code, count] of Object.entries(setAside)) {
		const [kept, them] = count === 1 ? ["It is", "it"] : ["They are", "them"];
		terminal.err(
			`${server} refused ${counted(count, "response")}: ${refusal(code)}. ${kept} kept here; promptpulse collect --resend sends ${them} again.`,
		);
	}
	if (!stop) return;
	const kept = `${counted(unsent, "response is", "responses are")} kept here and sent next time.`;
	terminal.err(stopWords(server, stop, kept));
}

function tellUnsentImported(
	{ terminal }: Context,
	server: string,
	{ setAside, unsent, stop }: ImportedResult,
): void {
	if (setAside > 0) {
		terminal.err(
			`${server} did not keep ${counted(setAside, "imported total")}: too many are there already. promptpulse collect --resend sends all again.`,
		);
	}
	if (!stop) return;
	const kept = `${counted(unsent, "imported total is", "imported totals are")} sent next time.`;
	terminal.err(stopWords(server, stop, kept));
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
		too_many_names: "there are too many machines, projects, sessions or other names there already",
	}),
);
