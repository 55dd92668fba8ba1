import { expect, test } from "bun:test";
import { RowsProgress } from "../../src/cli/transfer-progress.ts";

function onScreen(patience?: number) {
	const lines: string[] = [];
	const redraw = (line: string) => void lines.push(line);
	const progress = new RowsProgress({ out() {}, err() {}, columns: 80, color: false, redraw }, patience);
	return { lines, progress };
}

test("a copying shows how far it is, part by part, and wipes the line in the end", () => {
	const { lines, progress } = onScreen(0);
	progress.show("copying", 2_500, 10_000);
	progress.show("copying", 5_000, 10_000);
	progress.show("comparing", 2_500, 20_000);
	progress.show("comparing", 20_000, 20_000);
	progress.end();
	expect(lines).toEqual([
		expect.stringMatching(/^Copying: 5,000 of 10,000 rows, [\d,]+\/s, \d+ s left$/),
		expect.stringMatching(/^Comparing: 20,000 of 20,000 rows, [\d,]+\/s, 0 s left$/),
		"",
	]);
});

test("one that is short, or that nobody looks at, shows nothing", () => {
	const { lines, progress } = onScreen();
	progress.show("copying", 1, 2);
	progress.show("copying", 2, 2);
	progress.end();
	expect(lines).toEqual([]);
	const unseen = new RowsProgress({ out() {}, err() {}, columns: 80, color: false }, 0);
	unseen.show("copying", 1, 2);
	unseen.show("copying", 2, 2);
	unseen.end();
});
