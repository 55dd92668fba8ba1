import { jsonText } from "../usage/usage-json.ts";
import type { Context } from "./context.ts";
import { counted, megabytes } from "./format.ts";
import { collectUsage, type OpenUsage } from "./open-usage.ts";
import { plain } from "./terminal.ts";
import { tellNothing } from "./terms.ts";
import { exitCode, tellTrouble } from "./trouble.ts";

export type CollectFlags = { full?: boolean; json?: boolean; quiet?: boolean };

/** `promptpulse collect`: brings the machine's ledger to date and tells what was found. */
export async function collect(context: Context, flags: CollectFlags): Promise<number> {
	const usage = await collectUsage(context, flags.full ?? false);
	try {
		if (flags.json) context.terminal.out(jsonText(collectJson(context, usage)));
		else if (!flags.quiet) await tellCollected(context, usage);
		tellTrouble(context, usage);
		return exitCode(usage);
	} finally {
		await usage.db.close();
	}
}

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
	if (newlyPriced > 0)
		terminal.out(
			`${counted(newlyPriced, "response")} had no price before and ${newlyPriced === 1 ? "has" : "have"} one now.`,
		);
}

function collectJson({ config }: Context, { collected, looked, user }: OpenUsage): object {
	return {
		machine: config.machineLabel,
		zone: user.zone,
		looked,
		...collected?.scan,
		newlyPriced: collected?.newlyPriced,
	};
}
