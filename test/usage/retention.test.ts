import { describe, expect, test } from "bun:test";
import { horizonAt, keptMonths } from "../../src/usage/retention.ts";

describe("how long single responses are kept", () => {
	const none = { usual: null, most: null };

	test.each([
		["for good where nobody settled anything", null, none, null],
		["as long as the person chose", 3, none, 3],
		["as the server has it for who chose nothing", null, { usual: 12, most: null }, 12],
		["as the person chose, whatever is usual", 24, { usual: 12, most: null }, 24],
		["for good where the person wants that, whatever is usual", 0, { usual: 12, most: null }, null],
		["no longer than anybody may, who wants it longer", 24, { usual: null, most: 6 }, 6],
		["no longer than anybody may, who wants it for good", 0, { usual: 12, most: 6 }, 6],
		["no longer than anybody may, who chose nothing", null, { usual: null, most: 6 }, 6],
		["as short as the person chose, whatever anybody may", 1, { usual: 12, most: 6 }, 1],
	])("%s", (_, own, rules, months) => {
		expect(keptMonths(own, rules)).toBe(months);
	});
});

describe("the horizon", () => {
	const at = (text: string) => Date.parse(text);

	test.each([
		["2026-11-24T13:14:15.016Z", 1, "2026-10-24"],
		["2026-11-24T00:00:00Z", 11, "2025-12-24"],
		["2026-11-24T23:59:59.999Z", 120, "2016-11-24"],
		["2026-03-31T12:00:00Z", 1, "2026-02-28"],
		["2024-03-31T12:00:00Z", 1, "2024-02-29"],
		["2026-01-31T12:00:00Z", 2, "2025-11-30"],
		["1971-01-01T00:00:00Z", 120, "1970-01-01"],
	])("of %s less %d months is the beginning of %s, UTC", (now, months, day) => {
		expect(horizonAt(at(now), months)).toBe(at(`${day}T00:00:00Z`));
	});

	test("never goes back as time goes on", () => {
		let before = 0;
		for (let now = at("2023-12-01"); now < at("2025-03-02"); now += 6 * 3_600_000) {
			const horizon = horizonAt(now, 1);
			expect(horizon).toBeGreaterThanOrEqual(before);
			before = horizon;
		}
	});
});
