import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { homeAt } from "../../src/collector/home.ts";
import { holdLock } from "../../src/ledger/sqlite.ts";
import { answer, MAIN } from "../support/answers.ts";
import { countNaively } from "../support/naive-count.ts";
import { inOtherProcess } from "../support/other-process.ts";
import { type CliHome, inHome, startCli } from "../support/run-cli.ts";
import { until } from "../support/until.ts";

/** Processes start slowly on a busy machine. */
setDefaultTimeout(60_000);

const MANY = { [MAIN]: Array.from({ length: 600 }, (_, n) => answer(n)) };

/** The next report, which collects, tells what an independent count tells. */
async function expectWhole(home: CliHome): Promise<void> {
	const { total } = countNaively(home.projects);
	expect((await home.report("daily")).totals).toMatchObject({
		responses: total.responses,
		inputTokens: total.input,
		outputTokens: total.output,
	});
}

/** SQLite's own files come and go in it meanwhile. */
async function deleteHome({ kept }: CliHome): Promise<void> {
	await until("the home to be gone", () => {
		try {
			rmSync(kept, { recursive: true, force: true });
		} catch {
			return false;
		}
		return !existsSync(kept);
	});
}

describe("what is deleted in the home", () => {
	test.each([
		[["last-run.json"]],
		[["collect.lock", "pending.lock"]],
		[["machine.json"]],
		[["ledger.db"]],
		[["last-run.json", "collect.lock", "pending.lock", "machine.json", "ledger.db"]],
	])("between two collects is there again after the next: %p", async (names) => {
		await inHome(MANY, async (home) => {
			await home.cli(["collect", "--debounce", "0s"]);
			const files = readdirSync(home.kept).sort();
			expect(files).toEqual(expect.arrayContaining(names));
			for (const name of names) rmSync(join(home.kept, name));
			expect((await home.cli(["collect", "--debounce", "0s"])).code).toBe(0);
			expect(readdirSync(home.kept).sort()).toEqual(files);
			await expectWhole(home);
		});
	});

	test("while a collect runs, all of it, is there again after the next", async () => {
		await inHome(MANY, async (home) => {
			const child = startCli(["collect", "--quiet"], { home: home.home });
			await until("a ledger", () => existsSync(join(home.kept, "ledger.db")));
			await deleteHome(home);
			// It may have done its work on files that have no name any more, or met an error when it wrote.
			expect([0, 7]).toContain(await child.exited);
			await expectWhole(home);
		});
	});
});

describe("a home that is deleted while a collect waits", () => {
	/** Waits until a collect waits in this home. */
	async function untilOneWaits({ kept }: CliHome): Promise<void> {
		const { pending } = homeAt(kept);
		await until("one that waits", () => {
			if (!existsSync(pending)) return false;
			const release = holdLock(pending);
			release?.();
			return release === undefined;
		});
	}

	test("for its time to come is made anew by it", async () => {
		await inHome(MANY, async (home) => {
			const child = startCli(["collect", "--debounce", "1s", "--no-push"], { home: home.home });
			await untilOneWaits(home);
			await deleteHome(home);
			expect(await child.exited).toBe(0);
			expect(await child.stdout.text()).toContain("600 new responses");
			await expectWhole(home);
		});
	});

	test("for another one to end is made anew by it", async () => {
		await inHome(MANY, async (home) => {
			await home.cli(["collect"]);
			await inOtherProcess("lock", join(home.kept, "collect.lock"), async () => {
				const child = startCli(["collect", "--debounce", "0s", "--no-push"], { home: home.home });
				await untilOneWaits(home);
				await deleteHome(home);
				expect(await child.exited).toBe(0);
				expect(await child.stdout.text()).toContain("600 new responses");
				await expectWhole(home);
			});
		});
	});
});
