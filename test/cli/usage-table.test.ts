import { describe, expect, test } from "bun:test";
import { GROUPING_NAMES, type GroupingName } from "../../src/cli/report/grouping-names.ts";
import { GROUPINGS } from "../../src/cli/report/groupings.ts";
import { shortModel, usageTable } from "../../src/cli/report/usage-table.ts";
import type { Terminal } from "../../src/cli/screen/terminal.ts";
import { AT, DAY, eventOf, HOUR, ingestAll, MINUTE, openTestLedger, pricesOf } from "../support/ledger.ts";

const MODELS = ["claude-opus-4-5-20251101", "claude-haiku-4-5", "nvidia/nemotron-3-super-120b-a12b:free"];

/** Large figures, long names and long silences. */
async function tableOf(name: GroupingName, columns: number): Promise<string[]> {
	const ledger = await openTestLedger();
	const events = Array.from({ length: 12 }, (_, n) =>
		eventOf({
			id: `msg_${n}`,
			at: AT + n * 9 * DAY + (n % 3) * HOUR,
			model: MODELS[n % 3] ?? "",
			input: 123_456_789,
			output: 12_345_678,
			cacheRead: 987_654_321,
			session: `0fae0449-64d3-4788-8622-d3a47d82c14${n.toString(16)}`,
			project: `/home/ada/projects/a-project-with-quite-a-long-name-${n}`,
			branch: `feature/a-branch-with-quite-a-long-name-${n}`,
		}),
	);
	await ingestAll(ledger, events, { prices: pricesOf({ "claude-opus-4-5": 1, "claude-haiku-4-5": 0.1 }) });
	const grouping = GROUPINGS[name];
	const lines = await grouping.read(
		ledger.db,
		ledger.user,
		{ zone: "UTC", mode: "calculate" },
		AT + 99 * DAY + 30 * MINUTE,
	);
	const screen: Terminal = { out: () => {}, err: () => {}, columns, color: false };
	return usageTable(screen, grouping.titles, lines).text.split("\n");
}

describe.each(GROUPING_NAMES)("the report by %s", (name) => {
	test.each([40, 80, 120, 200])("fits a screen of %d columns, cost and all", async (columns) => {
		const [head = "", ...lines] = await tableOf(name, columns);
		for (const line of [head, ...lines]) expect(Bun.stringWidth(line)).toBeLessThanOrEqual(columns);
		expect(head).toEndWith("Cost");
		const sum = lines.at(-1) ?? "";
		expect(sum).toStartWith("Total");
		expect(sum).toMatch(/ ≥ \$[\d,.]+[KM]?$/);
	});

	test("shows all there is where there is room", async () => {
		const [head = ""] = await tableOf(name, 400);
		const columns = ["Models", "Input", "Output", "Cache write", "Cache read", "Tokens", "Cost"];
		expect(head.split(/ {2,}/)).toEqual([...GROUPINGS[name].titles.map(({ text }) => text), ...columns]);
	});
});

test("columns leave one kind after the other as the screen narrows", async () => {
	const heads = new Set<string>();
	for (let columns = 200; columns >= 40; columns--) {
		const [head = ""] = await tableOf("session", columns);
		heads.add(head.split(/ {2,}/).join("|"));
	}
	expect([...heads]).toEqual([
		"Last active|Project|Session|Models|Input|Output|Cache write|Cache read|Tokens|Cost",
		"Last active|Project|Session|Input|Output|Cache write|Cache read|Tokens|Cost",
		"Last active|Project|Session|Input|Output|Tokens|Cost",
		"Last active|Project|Session|Tokens|Cost",
		"Last active|Project|Session|Cost",
	]);
});

test("names are shown without what a terminal would obey", async () => {
	const ledger = await openTestLedger();
	// Control characters never reach the ledger; what turns text around does.
	const name = "/home/ada/\u202eppa\u2066\u200b";
	await ingestAll(ledger, [eventOf({ project: name, branch: "\u202emain", model: "claude-\u202ex" })]);
	const screen: Terminal = { out: () => {}, err: () => {}, columns: 200, color: false };
	for (const grouping of [GROUPINGS.project, GROUPINGS.branch, GROUPINGS.model, GROUPINGS.session]) {
		const lines = await grouping.read(ledger.db, ledger.user, { zone: "UTC", mode: "calculate" });
		expect(usageTable(screen, grouping.titles, lines).text).not.toMatch(/\p{Cf}/u);
	}
});

test.each([
	["claude-opus-4-5-20251101", "opus-4-5"],
	["us.anthropic.claude-sonnet-4-20250514-v1:0", "sonnet-4"],
	["claude-sonnet-4-5[1m]", "sonnet-4-5"],
	["nvidia/nemotron", "nvidia/nemotron"],
	["claude-\x1b[31mx", "[31mx"],
])("the model %p is called %s among friends", (model, short) => {
	expect(shortModel(model)).toBe(short);
});
