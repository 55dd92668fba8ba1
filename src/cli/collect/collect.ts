import { isAbsolute, parse } from "node:path";
import { homeAt } from "../../collector/home.ts";
import type { Outcome } from "../../collector/last-run.ts";
import type { Trigger } from "../../collector/triggers.ts";
import { awaitTurn, type Release } from "../../collector/turn.ts";
import { jsonText } from "../../usage/usage-json.ts";
import type { Context } from "../context.ts";
import { readDuration } from "../duration.ts";
import { DONE } from "../exit-code.ts";
import { collectUsage, type OpenUsage } from "../open-usage.ts";
import { tellNothing } from "../report/terms.ts";
import { counted, megabytes } from "../screen/format.ts";
import { plain } from "../screen/terminal.ts";
import { exitCode, tellTrouble } from "../trouble.ts";
import { dryRun } from "./dry-run.ts";
import { noteRun } from "./note-run.ts";
import { type Pushed, type PushFlags, pushUsage, tellPushed, tellUnsent } from "./push.ts";

export type CollectFlags = {
	full?: boolean;
	json?: boolean;
	quiet?: boolean;
	debounce?: string;
	dryRun?: boolean;
	trigger: Trigger;
} & PushFlags;

/** `promptpulse collect`: brings the machine's ledger to date and tells what was found. */
export async function collect(context: Context, flags: CollectFlags): Promise<number> {
	const { debounce, trigger } = flags;
	if (flags.dryRun) return dryRun(context, flags);
	if (debounce === undefined) return noteRun(context, trigger, () => collectNow(context, flags));
	const delay = readDuration("--debounce", debounce);
	leaveFolder(context);
	const turn = await awaitTurn(homeAt(context.config.home), delay);
	if (turn) return noteRun(context, trigger, () => collectNow(context, flags, turn));
	if (!flags.quiet) context.terminal.err("Another collect is waiting already, and finds the same.");
	return DONE;
}

/** Who waits should not keep the folder busy where it was started, unless a setting is relative to it. */
function leaveFolder({ config: { home, claudeConfigDir = home, xdgConfigHome = home } }: Context): void {
	const places = [home, xdgConfigHome, ...claudeConfigDir.split(",")];
	if (places.every((place) => isAbsolute(place.trim()))) process.chdir(parse(home).root);
}

async function collectNow(context: Context, flags: CollectFlags, turn?: Release): Promise<Outcome> {
	let pushed: Pushed | undefined;
	const usage = await collectUsage(context, flags.full ?? false, turn, async (collected) => {
		pushed = await pushUsage(context, collected, flags);
	});
	try {
		if (flags.json) context.terminal.out(jsonText(collectJson(context, usage, pushed)));
		else if (!flags.quiet) {
			await tellCollected(context, usage);
			if (pushed) tellPushed(context, pushed);
		}
		tellTrouble(context, usage);
		if (pushed) tellUnsent(context, pushed);
		const stop = pushed?.stop ?? pushed?.imported?.stop;
		const error = stop && stop.code !== "late" ? `The server ${pushed?.server} ${stop.why}.` : undefined;
		return { exitCode: exitCode(usage, pushed), error, ...counts(usage), push: pushed };
	} finally {
		await usage.db.close();
	}
}

/** One line in so many may have an unusual form before people are told. */
const ODD_SHARE = 20;

async function tellCollected(context: Context, usage: OpenUsage): Promise<void> {
	const { terminal, config } = context;
	if (!usage.collected) return;
	const { scan, newlyPriced } = usage.collected;
	if (scan.files === 0) return tellNothing(context, usage);
	const read = scan.filesRead === 0 ? "nothing new" : `${counted(scan.filesRead, "file")} with something new`;
	terminal.out(
		`${plain(config.machineLabel)}: ${counted(scan.files, "transcript")}, ${read} (${megabytes(scan.bytesRead)} read).`,
	);
	if (scan.sightings > 0) {
		terminal.out(
			`${counted(scan.stored, "new response")}, ${counted(scan.raised, "known one")} updated, ${counted(scan.duplicates, "repeated line")} dropped.`,
		);
	}
	if (scan.oddLines > scan.lines / ODD_SHARE) {
		terminal.out(
			`${counted(scan.oddLines, "line")} with usage ${scan.oddLines === 1 ? "has" : "have"} an unusual form (of ${counted(scan.lines, "line")}): that only takes longer to read.`,
		);
	}
	if (newlyPriced > 0)
		terminal.out(
			`${counted(newlyPriced, "response")} had no price before and ${newlyPriced === 1 ? "has" : "have"} one now.`,
		);
}

/** What is noted of a scan: no names. */
function counts({ collected }: OpenUsage): Partial<Outcome> {
	if (!collected) return {};
	const { files, filesRead, bytesRead, sightings, stored, raised, duplicates, skipped } = collected.scan;
	return { files, filesRead, bytesRead, sightings, stored, raised, duplicates, skipped };
}

function collectJson(
	{ config }: Context,
	{ collected, looked, user }: OpenUsage,
	push: Pushed | undefined,
): object {
	return {
		machine: config.machineLabel,
		zone: user.zone,
		looked,
		...collected?.scan,
		newlyPriced: collected?.newlyPriced,
		push: push ?? null,
	};
}
