import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type Command, outputOf } from "./measure.ts";

/** The program, the home it runs in, and the Claude config directory it reads. */
export type Where = { binary: string; home: string; claude: string };

/** Usage as reports tell it in JSON; whatever is not there is undefined. */
export type Usage = Partial<
	Record<
		| "inputTokens"
		| "outputTokens"
		| "cacheCreationTokens"
		| "cacheReadTokens"
		| "cacheCreation5mTokens"
		| "cacheCreation1hTokens"
		| "responses"
		| "totalCost",
		number
	>
>;

type ModelUsage = Usage & { modelName: string; cost: number };

export type DailyReport = {
	daily: (Usage & { date: string; modelBreakdowns: ModelUsage[] })[];
	totals: Usage;
};

export function promptpulse({ binary, home, claude }: Where, ...words: string[]): Command {
	return { words: [binary, ...words], environment: environmentOf(home, claude) };
}

/** All that a measured program gets to know; nothing comes from whoever runs the bench. */
export function environmentOf(home: string, claude: string): Record<string, string> {
	return { HOME: home, PATH: "/usr/bin:/bin", TZ: "UTC", LC_ALL: "C", CLAUDE_CONFIG_DIR: claude };
}

/** What the ledger has, day by day, as JSON text: equal ledgers give equal text. */
export function readReportText(where: Where): Promise<string> {
	return outputOf(promptpulse(where, "report", "daily", "--json", "--timezone", "UTC", "--no-collect"));
}

export async function readReport(where: Where): Promise<DailyReport> {
	return JSON.parse(await readReportText(where));
}

/** Runs `use` with a home in which there is nothing, and which is gone afterwards. */
export async function inEmptyHome<Result>(
	folder: string,
	use: (home: string) => Promise<Result>,
): Promise<Result> {
	const home = mkdtempSync(join(folder, "home-"));
	try {
		return await use(home);
	} finally {
		rmSync(home, { recursive: true, force: true });
	}
}
