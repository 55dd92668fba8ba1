import { BenchError } from "./measure.ts";
import { type DailyReport, readReport, type Usage, type Where } from "./promptpulse.ts";

/** What the generator says of some of its responses. */
type ExpectedCounts = {
	messages: number;
	input: number;
	output: number;
	cache_creation: number;
	cache_5m: number;
	cache_1h: number;
	cache_read: number;
	cost_usd: number;
};

/** What the generator says of a corpus; the days are those of UTC. */
export type ExpectedTotals = {
	files: number;
	bytes: number;
	unique_messages: number;
	total: ExpectedCounts;
	by_day: Record<string, ExpectedCounts>;
	/** By day, a blank and the model. */
	by_day_model: Record<string, ExpectedCounts>;
};

/** Ours and the generator's name of every figure that both tell; ccusage tells the first four. */
const NAMES = [
	["inputTokens", "input"],
	["outputTokens", "output"],
	["cacheCreationTokens", "cache_creation"],
	["cacheReadTokens", "cache_read"],
	["cacheCreation5mTokens", "cache_5m"],
	["cacheCreation1hTokens", "cache_1h"],
	["responses", "messages"],
] as const;
const CCUSAGE_NAMES = NAMES.slice(0, 4);
/** The generator adds up fractions of a dollar. */
const COST_TOLERANCE_USD = 1e-6;

/** @throws BenchError where the ledger in this home has other usage than the generator says, on any day of any model */
export async function checkAgreement(
	where: Where,
	{ total, by_day, by_day_model }: ExpectedTotals,
): Promise<void> {
	const told = usageByName(await readReport(where));
	const expected = new Map(Object.entries({ "in all": total, ...by_day, ...by_day_model }));
	const differences = [
		...[...expected].flatMap(([name, counts]) => differencesOf(name, told.get(name) ?? {}, counts)),
		...[...told.keys()].filter((name) => !expected.has(name)).map((name) => `${name}: nothing is expected`),
	];
	if (differences.length > 0) {
		throw new BenchError(
			`The ledger does not have what the corpus holds. Mend that, or name the totals of this corpus:\n${differences.join("\n")}`,
		);
	}
}

/** Under the generator's names for them: of all, of days, and of days and models. */
function usageByName({ daily, totals }: DailyReport): Map<string, Usage> {
	const days = daily.map((day): [string, Usage] => [day.date, day]);
	const models = daily.flatMap(({ date, modelBreakdowns }) =>
		modelBreakdowns.map((usage): [string, Usage] => [
			`${date} ${usage.modelName}`,
			{ ...usage, totalCost: usage.cost },
		]),
	);
	return new Map([["in all", totals], ...days, ...models]);
}

/** How ccusage's totals differ from the generator's, as half a sentence. */
export function compareCcusage(json: string, { total }: ExpectedTotals): string {
	const { totals } = JSON.parse(json) as { totals: Usage };
	const differences = CCUSAGE_NAMES.flatMap(([name, theirs]) =>
		differenceOf(name, totals[name], total[theirs]),
	);
	return differences.length === 0 ? "the same tokens" : differences.join(", ");
}

function differencesOf(name: string, told: Usage, expected: ExpectedCounts): string[] {
	const counts = NAMES.flatMap(([ours, theirs]) => differenceOf(ours, told[ours], expected[theirs]));
	const isCostRight = Math.abs((told.totalCost ?? Number.NaN) - expected.cost_usd) <= COST_TOLERANCE_USD;
	const cost = isCostRight ? [] : [`totalCost ${told.totalCost} instead of ${expected.cost_usd}`];
	return [...counts, ...cost].map((difference) => `${name}: ${difference}`);
}

function differenceOf(name: string, told: number | undefined, expected: number): string[] {
	return told === expected ? [] : [`${name} ${told} instead of ${expected}`];
}
