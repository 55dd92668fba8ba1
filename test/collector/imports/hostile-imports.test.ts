import { expect, test } from "bun:test";
import { AppError } from "../../../src/errors.ts";
import { MOST_REPORTED_DOLLARS, MOST_REPORTED_TOKENS } from "../../../src/usage/reported-total.ts";
import { asCcusage, asPredecessor, ccusageOutput, inShort } from "../../support/importing.ts";
import { Random } from "../../support/random.ts";
import { runs } from "../../support/runs.ts";
import { Raw, writeStrangely } from "../../support/strange-json.ts";

const OUTPUTS = [
	"v15-blocks",
	"v15-session",
	"v18-daily-instances",
	"v18-daily",
	"v19-daily",
	"v20-sections",
	"v20-mixed-by-agent",
	"v20-claude-session",
];

const STRANGE = [
	...[
		null,
		true,
		false,
		"",
		"x",
		"__proto__",
		"constructor",
		"2026-02-30",
		"1970-01-01",
		"2200-01-01T00:00:00Z",
	],
	...["9".repeat(400), "\u202e\u0000", [], {}, [[]], { length: 5 }, -1, 0.1, 2 ** 53, 1e300, -0],
	...[
		new Raw("1e999"),
		new Raw("-1e999"),
		new Raw("99999999999999999999999"),
		new Raw('{"__proto__":{"agent":"claude"}}'),
	],
];

/** Every object and list in a value, itself included. */
function partsOf(value: unknown): object[] {
	if (typeof value !== "object" || value === null) return [];
	return [value, ...Object.values(value).flatMap(partsOf)];
}

function damage(value: object, random: Random): void {
	const parts = partsOf(value).filter((part) => Object.keys(part).length > 0);
	if (parts.length === 0) return;
	const part = random.pick(parts);
	const key = random.pick(Object.keys(part));
	const way = random.integer(1, 5);
	if (way === 1) Reflect.deleteProperty(part, key);
	else if (way === 2) Reflect.set(part, random.pick(OTHER_NAMES), random.pick(STRANGE));
	else Reflect.set(part, key, random.pick(STRANGE));
}

const OTHER_NAMES = ["agent", "agents", "data", "type", "projects", "reported", "session_id"];

test("whatever is put into a file, it is refused with a sentence or what is taken of it is sound", () => {
	let taken = 0;
	for (let seed = 0; seed < runs(3_000).numRuns; seed++) {
		const random = new Random(seed);
		const value = ccusageOutput(random.pick(OUTPUTS));
		for (let i = random.integer(1, 3); i > 0; i--) damage(value, random);
		const text = writeStrangely(value, random);
		for (const read of [asCcusage, asPredecessor]) {
			try {
				const { days, sessions, blocks } = read(text);
				for (const row of [...days, ...sessions, ...blocks]) {
					taken++;
					for (const count of [row.input, row.output, row.cacheWrite, row.cacheRead, row.total]) {
						expect(Number.isInteger(count) && count >= 0 && count <= MOST_REPORTED_TOKENS).toBe(true);
					}
					expect(row.total).toBe(row.input + row.output + row.cacheWrite + row.cacheRead);
					expect(row.costNanoUsd >= 0 && row.costNanoUsd <= MOST_REPORTED_DOLLARS * 1e9).toBe(true);
					expect(Number.isInteger(row.costNanoUsd)).toBe(true);
				}
			} catch (error) {
				if (!(error instanceof AppError)) throw new Error(`seed ${seed}`, { cause: error });
				expect(error.code).toBe("usage");
				expect(error.message).toMatch(/^old\.json was not taken: .+\.$/s);
			}
		}
	}
	expect(taken).toBeGreaterThan(0);
});

test("days come to the same whatever shape tells them", () => {
	for (let seed = 0; seed < runs(200).numRuns; seed++) {
		const random = new Random(seed);
		const rows = Array.from({ length: random.integer(1, 40) }, (_, i) => ({
			day: new Date(Date.UTC(2025, 5, 1 + i)).toISOString().slice(0, 10),
			project: random.pick(["-home-a", "-home-b", "__proto__"]),
			tokens: [1, 2, 3, 4].map(() => random.integer(0, 1e9)),
			cost: random.integer(0, 1e6) / 1e4,
		}));
		const shapes: unknown[] = [
			{ daily: rows.map((row) => ({ date: row.day, ...newNames(row) })) },
			rows.map((row) => ({ date: row.day, ...newNames(row) })),
			{ type: "daily", data: rows.map((row) => ({ date: row.day, ...oldNames(row) })) },
			{ daily: rows.map((row) => ({ period: row.day, agent: "claude", ...newNames(row) })) },
			{ daily: rows.map((row) => ({ period: row.day, agent: "all", ...byAgent(row) })) },
		];
		const [expected, ...others] = shapes.map((shape) => inShort(asCcusage(shape)).days);
		for (const days of others) expect(days).toEqual(expected);
		const projects = Map.groupBy(rows, ({ project }) => project);
		const members = [...projects].map(
			([name, own]) =>
				`${JSON.stringify(name)}:${JSON.stringify(own.map((row) => ({ date: row.day, ...newNames(row) })))}`,
		);
		const grouped = inShort(asCcusage(`{"projects":{${members.join(",")}}}`)).days;
		expect(grouped?.toSorted()).toEqual(expected);
	}
});

type Row = { tokens: number[]; cost: number };

function newNames({ tokens: [input, output, cacheWrite, cacheRead], cost }: Row) {
	return {
		inputTokens: input,
		outputTokens: output,
		cacheCreationTokens: cacheWrite,
		cacheReadTokens: cacheRead,
		totalCost: cost,
	};
}

function oldNames({ tokens: [input, output, cacheWrite, cacheRead], cost }: Row) {
	return {
		inputTokens: input,
		outputTokens: output,
		cacheCreationInputTokens: cacheWrite,
		cacheReadInputTokens: cacheRead,
		costUSD: cost,
	};
}

function byAgent(row: Row) {
	const codex = { tokens: [5, 6, 7, 8], cost: 0.5 };
	const both = { tokens: row.tokens.map((count, i) => count + (codex.tokens[i] ?? 0)), cost: row.cost + 0.5 };
	return {
		...newNames(both),
		agents: [
			{ agent: "codex", ...newNames(codex) },
			{ agent: "claude", ...newNames(row) },
		],
	};
}
