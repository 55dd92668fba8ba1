import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { GROUPING_NAMES } from "../../src/cli/report/grouping-names.ts";
import { GROUPINGS } from "../../src/cli/report/groupings.ts";
import { inOrder } from "../../src/cli/report/report-order.ts";
import { NO_USAGE } from "../../src/usage/usage.ts";
import { answer, MAIN } from "../support/answers.ts";
import { csvRows } from "../support/csv.ts";
import { inHome } from "../support/run-cli.ts";

setDefaultTimeout(60_000);

const line = (name: string, costNanoUsd: number | bigint) => ({
	keys: [name],
	usage: { ...NO_USAGE, costNanoUsd, models: [] },
	json: { name },
});

const namesOf = (lines: readonly { keys: readonly string[] }[]) => lines.map(({ keys }) => keys[0]).join("");

describe("the order of lines", () => {
	const lines = [line("a", 2), line("b", 90_071_992_547_409_931n), line("c", 1), line("d", 2)];

	test("is as they come unless one is asked for", () => {
		expect(namesOf(inOrder({ isByTime: true }, lines, undefined))).toBe("abcd");
		expect(namesOf(inOrder({ isByTime: false }, lines, undefined))).toBe("abcd");
	});

	test("is that of time where they are times", () => {
		expect(namesOf(inOrder({ isByTime: true }, lines, "asc"))).toBe("abcd");
		expect(namesOf(inOrder({ isByTime: true }, lines, "desc"))).toBe("dcba");
	});

	test("is that of cost elsewhere, and of equals as they come", () => {
		expect(namesOf(inOrder({ isByTime: false }, lines, "asc"))).toBe("cadb");
		expect(namesOf(inOrder({ isByTime: false }, lines, "desc"))).toBe("badc");
	});
});

test("is the same in the table, in JSON and in CSV, for all groupings", async () => {
	const lines = [1, 2, 3, 4].map((n) =>
		answer(n, {
			timestamp: `2026-03-0${n}T10:00:00Z`,
			cwd: `/home/dev/p${n}`,
			branch: `b${n}`,
			session: `0000000${n}-1111-4111-8111-111111111111`,
			model: n % 2 ? "claude-opus-4-5" : "claude-haiku-4-5",
			usage: { output_tokens: 1_000_000 * ((n * 3) % 5) },
		}),
	);
	await inHome({ [MAIN]: lines }, async ({ cli, report }) => {
		await cli(["collect", "--no-push"]);
		for (const name of GROUPING_NAMES) {
			const { list, fields, isByTime, titles } = GROUPINGS[name];
			const keyOf = (row: Record<string, unknown>) => fields.map((field) => row[field] ?? "").join();
			const asc = (await report(name, "--no-collect", "--order", "asc"))[list] ?? [];
			const desc = (await report(name, "--no-collect", "--order=desc"))[list] ?? [];
			expect(desc.map(keyOf)).toEqual(asc.map(keyOf).reverse());
			if (!isByTime) {
				const costs = desc.map(({ totalCost }) => Number(totalCost));
				expect(costs).toEqual(costs.toSorted((a, b) => b - a));
			}
			const flags = ["--no-collect", "--order", "desc"];
			const csv = csvRows((await cli(["report", name, "--csv", ...flags])).out);
			expect(csv.map((row) => row[fields[0]])).toEqual(desc.map((row) => String(row[fields[0]])));
			const table = (await cli(["report", name, ...flags])).out.split("\n");
			expect(table[0]).toStartWith(titles[0].text);
			expect(table.findIndex((row) => row.startsWith("Total"))).toBe(desc.length + 1);
		}
	});
});

test("another word is refused", async () => {
	await inHome({}, async ({ cli }) => {
		const { code, out, err } = await cli(["report", "--order", "up"]);
		expect({ code, out }).toEqual({ code: 2, out: "" });
		expect(err).toContain("asc, desc");
	});
});
