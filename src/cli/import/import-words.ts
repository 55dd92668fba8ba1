import type { ImportedTotals, LeftOutReason } from "../../collector/imports/totals.ts";
import type { ImportCounts, ImportResult } from "../../ledger/import-totals.ts";
import { dayText, utcDay } from "../../usage/day.ts";
import { addExact, dollars, type Exact } from "../../usage/usage.ts";
import { shortModel } from "../report/usage-table.ts";
import type { Fact } from "../screen/facts.ts";
import { counted, short, usd } from "../screen/format.ts";
import { plain } from "../screen/terminal.ts";

/** A file that was read, and what would become of its totals, or did. */
export type Import = { totals: ImportedTotals; result: ImportResult };

const KINDS = ["days", "sessions", "blocks"] as const;

const TITLES = { days: "Days", sessions: "Sessions", blocks: "Blocks" } as const;

/** What became of totals, in the order in which it is told. `one` and `many` go on with a number. */
const FATES: readonly [keyof ImportCounts, one: string, many: string][] = [
	["added", "is new", "are new"],
	["replaced", "replaces what was there of the same", "replace what was there of the same"],
	["unchanged", "is there already", "are there already"],
	[
		"outdone",
		"is left as it was: more was known of the same",
		"are left as they were: more was known of the same",
	],
	["noRoom", "finds no room: so many totals cannot be kept", "find no room: so many totals cannot be kept"],
	["superseded", "counts nothing: events tell the same", "count nothing: events tell the same"],
];

/** Why rows are not taken. */
const LEFT_OUT: Record<LeftOutReason, (count: number) => string> = {
	gap: (count) => counted(count, "gap between blocks", "gaps between blocks"),
	empty: (count) => `${counted(count, "row")} without usage`,
	other_agent: (count) => `${counted(count, "row")} of other programs than Claude Code`,
	mixed_agents: (count) => `${counted(count, "row")} in which other programs are added up with Claude Code`,
	other_user: (count) => `${counted(count, "row")} of other people`,
};

/** What a file comes to, for people. */
export function importFacts({ totals, result }: Import): Fact[] {
	const facts: Fact[] = [];
	for (const kind of KINDS) {
		const rows = totals[kind];
		const span = spanOf(totals, kind);
		if (!span) continue;
		const { tokens, costNanoUsd } = sumOf(rows);
		const sum = `${counted(rows.length, kind.slice(0, -1))} from ${span.first} to ${span.last}: ${short(tokens)} tokens, ${usd(dollars(costNanoUsd))}`;
		const fates = FATES.flatMap(([name, one, many]) => {
			const count = result[kind][name];
			return count > 0 ? [`${counted(count, one, many)}.`] : [];
		});
		facts.push({ label: TITLES[kind], lines: [sum, ...fates] });
	}
	const models = modelsOf(totals);
	if (models.length > 0) facts.push({ label: "Models", lines: [models.map(shortModel).join(", ")] });
	const machines = machinesOf(totals);
	if (machines.length > 0) facts.push({ label: "Machine", lines: [machines.map(plain).join(", ")] });
	const leftOut = Object.entries(totals.leftOut).map(([reason, count]) =>
		LEFT_OUT[reason as LeftOutReason](count),
	);
	if (leftOut.length > 0) facts.push({ label: "Left out", lines: leftOut });
	return facts;
}

/** The same for programs. */
export function importJson({ totals, result }: Import): object {
	const kinds = KINDS.map((kind) => {
		const { tokens, costNanoUsd } = sumOf(totals[kind]);
		const { first = null, last = null } = spanOf(totals, kind) ?? {};
		const rows = totals[kind].length;
		return [
			kind,
			{ rows, from: first, to: last, totalTokens: tokens, totalCost: dollars(costNanoUsd), ...result[kind] },
		];
	});
	return {
		...Object.fromEntries(kinds),
		machines: machinesOf(totals),
		models: modelsOf(totals),
		leftOut: totals.leftOut,
		notes: totals.notes,
	};
}

/** Names of the machines that totals are of. */
export function machinesOf(totals: ImportedTotals): string[] {
	return [...new Set(KINDS.flatMap((kind) => totals[kind].map(({ label }) => label)))].sort();
}

function modelsOf(totals: ImportedTotals): string[] {
	return [...new Set(KINDS.flatMap((kind) => totals[kind].flatMap(({ models }) => models)))].sort();
}

function sumOf(rows: readonly { total: number; costNanoUsd: number }[]): {
	tokens: Exact;
	costNanoUsd: Exact;
} {
	let [tokens, costNanoUsd]: Exact[] = [0, 0];
	for (const row of rows) {
		tokens = addExact(tokens ?? 0, row.total);
		costNanoUsd = addExact(costNanoUsd ?? 0, row.costNanoUsd);
	}
	return { tokens: tokens ?? 0, costNanoUsd: costNanoUsd ?? 0 };
}

/** The first and the last day that totals are of; of moments it is the day in UTC. */
function spanOf(
	totals: ImportedTotals,
	kind: (typeof KINDS)[number],
): { first: string; last: string } | undefined {
	const days = {
		days: () => totals.days.map(({ day }) => day),
		sessions: () => totals.sessions.map(({ startedAt }) => utcDay(startedAt)),
		blocks: () => totals.blocks.map(({ startedAt }) => utcDay(startedAt)),
	}[kind]();
	const [any] = days;
	if (any === undefined) return undefined;
	const [first, last] = [
		days.reduce((a, b) => Math.min(a, b), any),
		days.reduce((a, b) => Math.max(a, b), any),
	];
	return { first: dayText(first), last: dayText(last) };
}
