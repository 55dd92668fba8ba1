import { expect, test } from "bun:test";
import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { answer, MAIN, withTranscripts } from "../support/answers.ts";
import { Random } from "../support/random.ts";
import { forSeeds, PATIENCE, runs } from "../support/runs.ts";

/** An answer as long as chance will have it, with characters of several bytes at its beginning and its end. */
function longAnswer(n: number, random: Random): Buffer {
	const text = "é\u2028🙂\\".repeat(random.pick([1, 50, 3_000]));
	return Buffer.from(
		answer(n, { branch: "größer 🙂", message: { content: [{ type: "text", text }] }, line: { slug: "é🙂" } }),
	);
}

test(
	"a line that comes in pieces counts once, from the piece on that completes it",
	() =>
		forSeeds(runs(100, 1_000).numRuns, async (seed) => {
			const random = new Random(seed);
			await withTranscripts({}, async ({ path, collect }) => {
				const line = longAnswer(1, random);
				const before = Buffer.from(
					random.pick(["", `${answer(2)}\n`, "\n", `${answer(2)}\r\n${answer(3)}\n`]),
				);
				const known = before.toString().split("msg_").length - 1;
				const ending = random.pick(["\n", "\r\n", `\n${answer(4)}\n`]);
				mkdirSync(dirname(path), { recursive: true });
				writeFileSync(path, before);
				for (let from = 0; from < line.length; ) {
					const to = random.next() < 0.3 ? line.length : random.integer(from, line.length);
					appendFileSync(path, line.subarray(from, to));
					const { total, skipped } = await collect({ full: random.next() < 0.2 });
					expect({ responses: total.responses, skipped }).toEqual({
						responses: known + Number(to === line.length),
						skipped: {},
					});
					from = to;
				}
				appendFileSync(path, ending);
				const { total } = await collect();
				expect(total).toMatchObject({
					responses: known + ending.split("msg_").length,
					output: 20 * (known + ending.split("msg_").length),
				});
			});
		}),
	PATIENCE,
);

test("a line that is never completed never counts, and the next one that is, does", async () => {
	for (const cut of [1, 10, 300, answer(1).length - 1]) {
		await withTranscripts({ [MAIN]: [answer(2)] }, async ({ claude, path, collect }) => {
			appendFileSync(path, answer(1).slice(0, cut));
			expect(await collect()).toMatchObject({ skipped: {}, total: { responses: 1 } });
			appendFileSync(path, `\n${answer(3)}\n`);
			expect(await collect()).toMatchObject({ total: { responses: 2, input: 12 + 13 } });
			expect(await collect()).toMatchObject({ filesRead: 0 });
			writeFileSync(join(claude, "projects", MAIN), `${answer(1)}\n`);
			expect(await collect()).toMatchObject({ total: { responses: 3 } });
		});
	}
});
