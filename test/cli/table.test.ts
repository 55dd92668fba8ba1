import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { type Column, layTable, table } from "../../src/cli/screen/table.ts";
import { plain, type Terminal } from "../../src/cli/screen/terminal.ts";
import { runs } from "../support/runs.ts";

type Row = { name: string; models: string; tokens: string; cost: string };

const COLUMNS: readonly Column<Row>[] = [
	{ title: "Project", cell: ({ name }) => name, shortest: 10 },
	{ title: "Models", cell: ({ models }) => models, rank: 2, shortest: 8 },
	{ title: "Tokens", cell: ({ tokens }) => tokens, right: true, rank: 1 },
	{ title: "Cost", cell: ({ cost }) => cost, right: true },
];

const ROWS: readonly Row[] = [
	{ name: "app", models: "opus-4-5", tokens: "1,234", cost: "$1.20" },
	{ name: "a-project-with-a-long-name", models: "sonnet-4-5, haiku-4-5", tokens: "5", cost: "$1,234.56" },
];

function screen(columns: number, color = false): Terminal {
	return { out: () => {}, err: () => {}, columns, color };
}

function linesOf(columns: number, rows: readonly Row[] = ROWS, total?: Row): string[] {
	return table(screen(columns), COLUMNS, rows, total).split("\n");
}

test("a table with room for everything shows everything, names to the left and numbers to the right", () => {
	expect(linesOf(200)).toEqual([
		"Project                     Models                 Tokens       Cost",
		"app                         opus-4-5                1,234      $1.20",
		"a-project-with-a-long-name  sonnet-4-5, haiku-4-5       5  $1,234.56",
	]);
});

test("a table with room for everything makes no short forms", () => {
	let asked = 0;
	const brief = ({ tokens }: Row) => {
		asked++;
		return tokens.slice(0, 1);
	};
	const columns = COLUMNS.map((column) => (column.title === "Tokens" ? { ...column, brief } : column));
	for (const [width, times] of [
		[200, 0],
		[38, ROWS.length],
	] as const) {
		table(screen(width), columns, ROWS);
		expect(asked).toBe(times);
	}
});

describe("a table with less room", () => {
	test("cuts what may be cut, the last such column first", () => {
		expect(linesOf(60)).toEqual([
			"Project                     Models         Tokens       Cost",
			"app                         opus-4-5        1,234      $1.20",
			"a-project-with-a-long-name  sonnet-4-5, …       5  $1,234.56",
		]);
	});

	test("leaves a column out only when cutting is not enough, that of the largest rank first", () => {
		const titles = (columns: number) => linesOf(columns)[0]?.split(/ +/);
		// 10 + 8 + 6 + 9 and three gaps of two are the least that all four need.
		expect(titles(39)).toEqual(["Project", "Models", "Tokens", "Cost"]);
		expect(titles(38)).toEqual(["Project", "Tokens", "Cost"]);
		expect(titles(29)).toEqual(["Project", "Tokens", "Cost"]);
		expect(titles(28)).toEqual(["Project", "Cost"]);
	});

	test("never leaves out a column without a rank and never cuts a number", () => {
		for (const columns of [21, 10, 1, 0]) {
			expect(linesOf(columns)).toEqual([
				"Project          Cost",
				"app             $1.20",
				"a-project…  $1,234.56",
			]);
		}
	});

	test("gives the room of what it leaves out to what it cuts", () => {
		expect(linesOf(38)[2]).toBe("a-project-with-a-l…       5  $1,234.56");
	});
});

describe("the sum", () => {
	const total: Row = { name: "Total", models: "", tokens: "12,345,678", cost: "$1,235.76" };

	test("stands below all rows and has a say in the widths", () => {
		expect(linesOf(200, ROWS.slice(0, 1), total)).toEqual([
			"Project  Models        Tokens       Cost",
			"app      opus-4-5       1,234      $1.20",
			"Total              12,345,678  $1,235.76",
		]);
	});

	test("is bold like the head where the screen has colours, and takes no more room", () => {
		const coloured = table(screen(40, true), COLUMNS, ROWS, total);
		expect(coloured).toContain("\x1b[1mTotal\x1b[22m");
		expect(coloured).toContain("\x1b[1mCost\x1b[22m");
		expect(Bun.stripANSI(coloured).split("\n").map(trimEnd)).toEqual(linesOf(40, ROWS, total));
	});
});

test("a table without rows is its head", () => {
	expect(linesOf(80, [])).toEqual(["Project  Models  Tokens  Cost"]);
});

test("no line ends in blanks", () => {
	for (const line of linesOf(80, [{ name: "", models: "", tokens: "", cost: "" }])) {
		expect(line).toBe(trimEnd(line));
	}
});

describe("wide characters", () => {
	test("count as the two columns that they take", () => {
		const rows = [
			{ name: "日本語のプロジェクト", models: "", tokens: "1", cost: "$1.00" },
			{ name: "app", models: "", tokens: "1", cost: "$1.00" },
		];
		expect(linesOf(200, rows)).toEqual([
			"Project               Models  Tokens   Cost",
			"日本語のプロジェクト               1  $1.00",
			"app                                1  $1.00",
		]);
	});

	test("of scripts that join several signs to one are not taken for wider than they are", () => {
		const [head = "", row = ""] = linesOf(200, [
			{ name: "हिन्दी", models: "क्षत्रिय", tokens: "1", cost: "$1.00" },
		]);
		expect(row).toContain("हिन्दी ");
		expect(row).toContain("क्षत्रिय ");
		expect(Bun.stringWidth(row)).toBe(Bun.stringWidth(head));
	});

	test("are cut whole", () => {
		const [, row = ""] = linesOf(28, [
			{ name: "日本語のプロジェクト", models: "", tokens: "1", cost: "$1,234.56" },
		]);
		expect(row).toContain("…");
		expect(row).not.toContain("\ufffd");
		expect(Bun.stringWidth(row)).toBeLessThanOrEqual(28);
	});
});

describe("whatever the names", () => {
	const character = fc.oneof(
		fc.constantFrom(..."ab-/ 日本語ẞßéאب🎉👍🏽👨‍👩‍👧🇩🇪…"),
		fc.string({ unit: "grapheme", minLength: 1, maxLength: 1 }),
	);
	const name = fc.array(character, { maxLength: 60 }).map((characters) => plain(characters.join("")));
	const amount = fc.nat(10 ** 6).map((cents) => `$${(cents / 100).toFixed(2)}`);
	const row = fc.record({ name, models: name, tokens: fc.nat(10 ** 6).map(String), cost: amount });
	const columns = fc.oneof(fc.constantFrom(40, 80, 120, 200), fc.integer({ min: 40, max: 200 }));

	test("every line fits the screen and costs stand one below the other", () => {
		fc.assert(
			fc.property(columns, fc.array(row, { minLength: 1, maxLength: 5 }), (width, rows) => {
				const [head = "", ...lines] = linesOf(width, rows);
				for (const line of [head, ...lines]) {
					expect(Bun.stringWidth(line)).toBeLessThanOrEqual(width);
					expect(Bun.stringWidth(line)).toBe(Bun.stringWidth(head));
				}
				expect(lines).toHaveLength(rows.length);
				lines.forEach((line, i) => {
					expect(line).toEndWith(rows[i]?.cost ?? "");
				});
			}),
			runs(300),
		);
	});

	test("where there is room they stand there whole", () => {
		fc.assert(
			fc.property(row, (row) => {
				const [, line = ""] = linesOf(1_000, [row]);
				expect(line).toStartWith(row.name);
				expect(line).toContain(row.models);
			}),
			runs(100),
		);
	});
});

function trimEnd(line: string): string {
	return line.trimEnd();
}

describe("a column that can be shortened", () => {
	type Used = { name: string; tokens: string; cost: string };
	const columns: readonly Column<Used>[] = [
		{ title: "Name", cell: ({ name }) => name },
		{ title: "Input", cell: ({ tokens }) => tokens, brief: () => "1M", right: true, rank: 2 },
		{ title: "Tokens", cell: ({ tokens }) => tokens, brief: () => "1M", right: true, rank: 1 },
		{ title: "Cost", cell: ({ cost }) => cost, brief: () => "$1K", right: true },
	];
	const row: Used = { name: "a-name", tokens: "1,234,567", cost: "$1,234.56" };
	const laid = (width: number) => {
		const { text, leftOut } = layTable(screen(width), columns, [row]);
		return [text.split("\n")[1], ...leftOut];
	};

	test("is shortened before one is left out, all of them at once", () => {
		expect(laid(39)).toEqual(["a-name  1,234,567  1,234,567  $1,234.56"]);
		expect(laid(38)).toEqual(["a-name     1M      1M  $1,234.56"]);
		expect(laid(32)).toEqual(["a-name     1M      1M  $1,234.56"]);
	});

	test("stands there whole again when another one was left out, which is told", () => {
		expect(laid(31)).toEqual(["a-name  1,234,567  $1,234.56", "Input"]);
		expect(laid(27)).toEqual(["a-name      1M  $1,234.56", "Input"]);
		expect(laid(24)).toEqual(["a-name  $1,234.56", "Input", "Tokens"]);
	});

	test("is shortened at the very last where it may not be left out", () => {
		expect(laid(17)).toEqual(["a-name  $1,234.56", "Input", "Tokens"]);
		expect(laid(16)).toEqual(["a-name   $1K", "Input", "Tokens"]);
		expect(laid(0)).toEqual(["a-name   $1K", "Input", "Tokens"]);
	});
});

describe("a column that only adds to the others", () => {
	const extra: Column<Row> = { title: "Bars", cell: () => "▁▂▃▅▇", rank: 3, isExtra: true };
	const laid = (width: number) => layTable(screen(width), [...COLUMNS, extra], ROWS);

	test("stands there as long as nothing has to be cut for it that may not go", () => {
		expect(laid(75).text.split("\n")[1]).toBe(
			"app                         opus-4-5                1,234      $1.20  ▁▂▃▅▇",
		);
		expect(laid(62).text.split("\n")[2]).toBe(
			"a-project-with-a-long-name  sonnet-…       5  $1,234.56  ▁▂▃▅▇",
		);
		expect(laid(61).text).not.toContain("▁▂▃▅▇");
	});

	test("is left out without a word", () => {
		expect(laid(61).leftOut).toEqual([]);
		expect(laid(28).leftOut).toEqual(["Models", "Tokens"]);
	});
});

describe("a cell", () => {
	test("may be cut at its start, where its end is what people know it by", () => {
		const path: Column<Row> = { title: "Path", cell: ({ name }) => name, shortest: 8, cutAt: "start" };
		const cost: Column<Row> = { title: "Cost", cell: () => "$1.00" };
		const rows = [{ ...(ROWS[0] as Row), name: "/home/日本語/app" }];
		expect(table(screen(19), [path, cost], rows)).toBe("Path          Cost\n…/日本語/app  $1.00");
		expect(table(screen(15), [path, cost], rows)).toBe("Path      Cost\n…語/app   $1.00");
	});

	test("may be cut in some rows where it may not in others, which then say how narrow the column becomes", () => {
		const key: Column<Row> = {
			title: "Day",
			cell: ({ name }) => name,
			mayBeCut: ({ tokens }) => tokens === "part",
		};
		const rows: Row[] = [
			{ name: "2026-03-02", models: "", tokens: "", cost: "" },
			{ name: "  a-model-with-a-long-name", models: "", tokens: "part", cost: "" },
		];
		expect(table(screen(30), [key], rows)).toBe("Day\n2026-03-02\n  a-model-with-a-long-name");
		expect(table(screen(5), [key], rows)).toBe("Day\n2026-03-02\n  a-model…");
	});
});
