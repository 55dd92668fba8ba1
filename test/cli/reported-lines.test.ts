import { expect, test } from "bun:test";
import type { ReportLine } from "../../src/cli/report/groupings.ts";
import { reportedTerms } from "../../src/cli/report/reported-lines.ts";

/** As people see it: no program has asked for it. */
function shown(marks: Pick<ReportLine, "isReported" | "isBeside"> = {}): ReportLine {
	return {
		keys: ["2026-11-24"],
		...marks,
		get json(): never {
			throw new Error("what programs get was made for people");
		},
	};
}

test("below lines for people it is told what another program counted, and nothing is made for programs", () => {
	expect(reportedTerms([shown()])).toBeUndefined();
	expect(reportedTerms([shown(), shown({ isReported: true })])).toBe(
		"* Counted by another program and taken in as a total.",
	);
	expect(reportedTerms([shown({ isReported: true, isBeside: true })])).toBe(
		"* Counted by another program and taken in as a total, which is not in the sum.",
	);
});
