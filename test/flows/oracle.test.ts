import { expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { findUser, LOCAL_USER } from "../../src/ledger/users.ts";
import { type BlockRow, type GapRow, listBlocks, withGaps } from "../../src/reports/blocks.ts";
import { listDays } from "../../src/reports/days.ts";
import { listModels } from "../../src/reports/models.ts";
import { listProjects } from "../../src/reports/projects.ts";
import { listSessions } from "../../src/reports/sessions.ts";
import { findTotals } from "../../src/reports/totals.ts";
import { cacheWrites, totalTokens, type Usage } from "../../src/usage/usage.ts";
import { countNaively } from "../support/naive-count.ts";
import { countByReports } from "../support/reports.ts";
import { collectFrom, emptyLedger } from "../support/scan.ts";

// Real transcripts with an independent count may lie beside the repository; its own fixtures are in fixtures.test.ts.
const shared = join(import.meta.dir, "../../../shared");

type Oracle = Record<"days" | "sessions" | "projects" | "models", Record<string, object>> & {
	totals: object;
	usage_lines: number;
	blocks: object[];
};

if (existsSync(join(shared, "reference/oracle.json"))) {
	const oracle = JSON.parse(readFileSync(join(shared, "reference/oracle.json"), "utf8")) as Oracle;
	const corpus = join(shared, "corpus");
	const filter = { zone: "UTC", mode: "calculate" } as const;

	test("real transcripts come to exactly the integers and the costs of the independent count", async () => {
		const db = await emptyLedger();
		const { scan } = await collectFrom(db, corpus);
		const user = await findUser(db, LOCAL_USER);
		if (!user) throw new Error("nothing was collected");
		const named = <Row extends Usage>(
			rows: Row[],
			name: (row: Row) => string,
			more: (row: Row) => object = () => ({}),
		) => Object.fromEntries(rows.map((row) => [name(row), { ...more(row), ...asOracle(row) }]));
		expect(scan.sightings).toBe(oracle.usage_lines);
		expect(asOracle(await findTotals(db, user, filter))).toEqual(inNano(oracle.totals));
		expect(named(await listDays(db, user, filter), ({ day }) => day)).toEqual(allInNano(oracle.days));
		expect(named(await listProjects(db, user, filter), ({ project }) => project)).toEqual(
			allInNano(oracle.projects),
		);
		expect(named(await listModels(db, user, filter), ({ model }) => model)).toEqual(allInNano(oracle.models));
		expect(
			named(
				await listSessions(db, user, filter),
				({ session }) => session,
				({ project, firstAt, lastAt }) => ({ project, first: iso(firstAt), last: iso(lastAt) }),
			),
		).toEqual(allInNano(oracle.sessions));
		const blocks = withGaps(await listBlocks(db, user, filter, Date.UTC(2026, 10, 24)));
		// The independent count has the models of a block by name, we have them in order of appearance.
		expect(blocks.map(blockAsOracle)).toEqual(oracle.blocks.map(inNano));
	});

	test("the tests' own naive count agrees with the independent one", async () => {
		const db = await emptyLedger();
		const { scan } = await collectFrom(db, corpus);
		expect(await countByReports(db, scan.sightings)).toEqual(countNaively(join(corpus, "projects")));
	});
}

function asOracle(usage: Usage): object {
	return {
		messages: usage.responses,
		input_tokens: usage.input,
		output_tokens: usage.output,
		cache_creation_tokens: cacheWrites(usage),
		cache_5m_tokens: usage.cacheWrite5m,
		cache_1h_tokens: usage.cacheWrite1h,
		cache_read_tokens: usage.cacheRead,
		total_tokens: totalTokens(usage),
		web_searches: usage.webSearches,
		cost: usage.costNanoUsd,
		unpriced_messages: usage.unpriced,
	};
}

function blockAsOracle(block: BlockRow | GapRow): object {
	if ("gap" in block) {
		return { id: `gap-${iso(block.start)}`, start: iso(block.start), end: iso(block.end), gap: true };
	}
	return {
		id: iso(block.start),
		start: iso(block.start),
		end: iso(block.end),
		first: iso(block.firstAt),
		last: iso(block.lastAt),
		gap: false,
		models: block.models.toSorted(),
		...asOracle(block),
	};
}

/** The independent count has dollars as a number; ours are exact, so its are made whole nano-dollars. */
function inNano(row: object): object {
	return "cost" in row ? { ...row, cost: Math.round(Number(row.cost) * 1e9) } : row;
}

function allInNano(rows: Record<string, object>): Record<string, object> {
	return Object.fromEntries(Object.entries(rows).map(([name, row]) => [name, inNano(row)]));
}

function iso(at: number): string {
	return new Date(at).toISOString();
}
