import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GROUPING_NAMES } from "../../src/cli/report/grouping-names.ts";
import { unpricedOf, unpricedSentence } from "../../src/cli/report/terms.ts";
import { NO_USAGE } from "../../src/usage/usage.ts";
import { answer, MAIN } from "../support/answers.ts";
import { type CliHome, homeIn } from "../support/run-cli.ts";
import { writeTranscripts } from "../support/transcript.ts";

setDefaultTimeout(60_000);

const minutesAgo = (n: number) => new Date(Date.now() - n * 60_000).toISOString();
const MUCH = { output_tokens: 2_000_000 };

let it: CliHome;

beforeAll(async () => {
	it = homeIn(realpathSync(mkdtempSync(join(tmpdir(), "promptpulse-unpriced-"))));
	writeTranscripts(it.projects, {
		[MAIN]: [
			answer(1, { usage: MUCH }),
			answer(2, { model: "gpt-99", usage: MUCH }),
			answer(3, { model: "gpt-99", timestamp: "2026-03-04T10:00:00Z" }),
			answer(4, { model: "llama-7", timestamp: minutesAgo(9) }),
			answer(5, { model: "llama-7", timestamp: minutesAgo(8) }),
		],
	});
	expect((await it.cli(["collect", "--no-push"])).code).toBe(0);
});

afterAll(() => rmSync(it.home, { recursive: true, force: true }));

async function told(...words: string[]): Promise<string> {
	const { code, out, err } = await it.cli([...words, "--no-collect"]);
	expect({ code, err }).toEqual({ code: 0, err: "" });
	return out;
}

describe("what has no price", () => {
	test.each(GROUPING_NAMES)(
		"is marked by %s: in its row, in the sum, and with its models named",
		async (name) => {
			const out = await told("report", name);
			expect(out).toMatch(/^Total .* ≥ \$30\.00$/m);
			expect(out).toContain(`4 responses have no known price: tokens are counted, cost is not. Give `);
			expect(out).toMatch(
				/Give (?:gpt-99, llama-7|llama-7, gpt-99) a price in .*\/\.promptpulse\/prices\.json\.$/m,
			);
			expect(out).not.toContain("$0.00");
		},
	);

	test("is a row of its own in a breakdown", async () => {
		const out = await told("report", "daily", "--breakdown");
		expect(out).toMatch(/^2026-03-02 .* ≥ \$30\.00$/m);
		expect(out).toMatch(/^ {2}sonnet-4-5 .* \$30\.00$/m);
		expect(out).toMatch(/^ {2}gpt-99 .* unpriced$/m);
		expect(out).toMatch(/^2026-03-04 .* unpriced$/m);
		expect(out).not.toContain("$0.00");
	});

	test("is told of those models alone that the table has", async () => {
		for (const name of ["daily", "blocks"]) {
			expect(await told("report", name, "--until", "2026-03-04")).toContain("Give gpt-99 a price");
		}
		expect(await told("report", "blocks", "--since", "2026-03-05")).toContain("Give llama-7 a price");
	});

	test("is marked in the summary's figures and in the running block, which has no cost then", async () => {
		const out = await told("summary");
		expect(out).toMatch(/^Ever +≥ \$30\.00 /m);
		expect(out).toMatch(/^7 days +unpriced /m);
		expect(out).toMatch(/^llama-7 +unpriced /m);
		expect(out).toMatch(/^Running block .* left, unpriced so far$/m);
		expect(out).toContain("a price in ");
		const block = await told("report", "blocks", "--active");
		expect(block).toMatch(/^So far +unpriced, 209 tokens, 2 responses$/m);
		expect(block).toMatch(/^Rate +209 tokens a minute$/m);
		expect(block).toMatch(/^Models +llama-7: unpriced, /m);
		expect(block).toContain("Give llama-7 a price");
		expect(block).not.toContain("$0.00");
	});
});

describe("the sentence about it", () => {
	const part = (model: string, unpriced: number) => ({ ...NO_USAGE, model, unpriced });

	test("is left out where all has a price", () => {
		expect(unpricedSentence(unpricedOf([part("a", 0)]), "/home")).toBeUndefined();
	});

	test("names each model once, five of them at the most, and no name at length", () => {
		const many = Array.from({ length: 7 }, (_, n) => part(`m${n}`, 1));
		expect(unpricedSentence(unpricedOf([...many, part("m0", 1)]), "/home")).toBe(
			"8 responses have no known price: tokens are counted, cost is not. Give m0, m1, m2, m3, m4, 2 more a price in /home/prices.json.",
		);
		const sentence = unpricedSentence(unpricedOf([part("x".repeat(1_000), 1)]), "/home") ?? "";
		expect(sentence).toStartWith("1 response has no known price");
		expect(sentence.length).toBeLessThan(200);
	});

	test("has nothing in it that a terminal obeys", () => {
		expect(unpricedSentence(unpricedOf([part("\u202ea\x1b[2J", 1)]), "/home")).toContain("Give a[2J a price");
	});
});
