import { expect, test } from "bun:test";
import { CountProgress } from "../../src/cli/screen/count-progress.ts";

function onScreen(patience?: number) {
	const lines: string[] = [];
	const redraw = (line: string) => void lines.push(line);
	const progress = new CountProgress(
		{ out() {}, err() {}, columns: 80, color: false, redraw },
		"rows",
		patience,
	);
	return { lines, progress };
}

test("a copying shows how far it is, part by part, and wipes the line in the end", () => {
	const { lines, progress } = onScreen(0);
	progress.show("Copying", 2_500, 10_000);
	progress.show("Copying", 5_000, 10_000);
	progress.show("Comparing", 2_500, 20_000);
	progress.show("Comparing", 20_000, 20_000);
	progress.end();
	expect(lines).toEqual([
		expect.stringMatching(/^Copying: 5,000 of 10,000 rows, [\d,]+\/s, \d+ s left$/),
		expect.stringMatching(/^Comparing: 20,000 of 20,000 rows, [\d,]+\/s, 0 s left$/),
		"",
	]);
});

test("one that is short, or that nobody looks at, shows nothing", () => {
	const { lines, progress } = onScreen();
	progress.show("Copying", 1, 2);
	progress.show("Copying", 2, 2);
	progress.end();
	expect(lines).toEqual([]);
	const unseen = new CountProgress({ out() {}, err() {}, columns: 80, color: false }, "rows", 0);
	unseen.show("Copying", 1, 2);
	unseen.show("Copying", 2, 2);
	unseen.end();
});
