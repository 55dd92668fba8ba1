import { Database } from "bun:sqlite";
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { migrations } from "../../src/embedded.ts";
import { answer, MAIN } from "../support/answers.ts";
import { examine } from "../support/doctor.ts";
import { type CliHome, inHome } from "../support/run-cli.ts";

/** Processes start slowly on a busy machine. */
setDefaultTimeout(60_000);

const TODAY = new Date().toISOString();
const NEWEST = migrations.at(-1)?.version ?? 0;

async function collected(
	lines: readonly string[],
	use: (home: CliHome, ledger: string) => Promise<void>,
): Promise<void> {
	await inHome({ [MAIN]: lines }, async (home) => {
		await home.cli(["collect", "--quiet"]);
		await use(home, join(home.kept, "ledger.db"));
	});
}

function change(ledger: string, sql: string): void {
	using db = new Database(ledger);
	db.run(sql);
}

const LINES = [answer(1, { timestamp: TODAY })];

describe("the doctor, of the ledger", () => {
	test("tells one that is damaged, and what is not known because of it", async () => {
		await collected(LINES, async (home, ledger) => {
			const bytes = readFileSync(ledger);
			// Pages after the first one, in which it is said what the others are.
			bytes.fill(0xff, 4096, 20 * 4096);
			writeFileSync(ledger, bytes);
			const told = await examine(home);
			expect(told.failing).toEqual(["ledger"]);
			expect(told.of("ledger").found).toContain("is damaged");
			expect(told.of("ledger").mend).toContain("run promptpulse collect");
			expect(told.of("lines not counted")).toMatchObject({
				state: "warning",
				mend: "See the check of the ledger.",
			});
			expect(readFileSync(ledger).equals(bytes)).toBe(true);
		});
	});

	test("names both versions where its schema is newer, and touches nothing", async () => {
		await collected(LINES, async (home, ledger) => {
			change(
				ledger,
				`insert into migrations (version, name, checksum, applied_at) values (${NEWEST + 1}, 'later.sql', 'x', 0)`,
			);
			const before = readFileSync(ledger);
			const told = await examine(home, ["--fix"]);
			expect(told.failing).toEqual(["ledger"]);
			expect(told.of("ledger").found).toBe(
				`The ledger has schema ${NEWEST + 1} (later.sql), and this promptpulse knows no further than ${NEWEST}.`,
			);
			expect(readFileSync(ledger).equals(before)).toBe(true);
		});
	});

	test("does not bring an older schema to date, and says what does", async () => {
		await collected(LINES, async (home, ledger) => {
			change(ledger, `delete from migrations where version = ${NEWEST}`);
			const told = await examine(home);
			expect(told.of("ledger")).toMatchObject({
				state: "warning",
				mend: "Run promptpulse migrate; every collect does it too.",
			});
			using db = new Database(ledger, { readonly: true });
			expect(db.query("select max(version) as newest from migrations").get()).toEqual({ newest: NEWEST - 1 });
		});
	});

	test("reads what a writer has not put into the file yet", async () => {
		await collected(LINES, async (home, ledger) => {
			using writer = new Database(ledger);
			writer.run("update files set skipped = '{\"bad_json\": 3}'");
			const told = await examine(home);
			expect(told.of("lines not counted").found).toBe("3 lines: not whole JSON");
			expect(existsSync(`${ledger}-wal`)).toBe(true);
		});
	});

	test("makes none where there is none", async () => {
		await collected(LINES, async (home, ledger) => {
			rmSync(ledger);
			const told = await examine(home, ["--fix"]);
			expect(told.of("ledger")).toMatchObject({ state: "warning", mend: "Run promptpulse collect." });
			expect(existsSync(ledger)).toBe(false);
		});
	});
});

describe("the doctor, of what is not counted", () => {
	test("tells lines by reason, and models without price with how to give them one", async () => {
		const bad = answer(2, { timestamp: TODAY, usage: { input_tokens: -1 } });
		const models = ["mystery-1", "mystery-1", "mystery-2"];
		const unpriced = models.map((model, n) => answer(10 + n, { model, timestamp: TODAY }));
		await collected([...LINES, bad, ...unpriced], async (home) => {
			const told = await examine(home);
			expect({ code: told.code, failing: told.failing }).toEqual({ code: 0, failing: [] });
			expect(told.of("lines not counted")).toMatchObject({
				state: "warning",
				found: "1 line: a number of tokens is not a sound one",
			});
			expect(told.of("models without price")).toMatchObject({
				state: "warning",
				found: "mystery-1 (2 responses), mystery-2 (1 response)",
				mend: `Give them a price in ${home.kept}/prices.json, as the README shows, and run promptpulse collect.`,
			});
			const price = { input: 1, output: 1, cacheWrite5m: 1, cacheWrite1h: 1, cacheRead: 1 };
			const prices = { models: { "mystery-1": price, "mystery-2": price } };
			writeFileSync(join(home.kept, "prices.json"), JSON.stringify(prices), { mode: 0o644 });
			const priced = await examine(home);
			expect(priced.of("files in it").state).toBe("passed");
			expect(priced.of("models without price").mend).toBe(
				"There is a price for some of them by now: run promptpulse collect.",
			);
			await home.cli(["collect", "--quiet"]);
			expect((await examine(home)).of("models without price").found).toBe("None.");
		});
	});

	test("tells prices of one's own that are not understood", async () => {
		await collected(LINES, async (home) => {
			writeFileSync(join(home.kept, "prices.json"), '{"models": {"x": {"input": "dear"}}}', { mode: 0o600 });
			const told = await examine(home);
			expect(told.failing).toEqual(["models without price"]);
			expect(told.of("models without price").found).toContain("prices.json");
		});
	});
});
