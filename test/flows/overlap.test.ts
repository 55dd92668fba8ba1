import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { answer } from "../support/answers.ts";
import { countNaively } from "../support/naive-count.ts";
import { inOtherProcess, type Rounds } from "../support/other-process.ts";
import { type CliHome, inHome } from "../support/run-cli.ts";
import { PATIENCE, runs } from "../support/runs.ts";
import { inFolder } from "../support/scan.ts";

/** Many processes at once start slowly on a busy machine. */
setDefaultTimeout(Math.max(PATIENCE, 120_000));

/** As many as a scheduler might start at once when a machine wakes up. */
const AT_ONCE = runs(12, 50).numRuns;

/** Each of them has copies of what another one has, and something of its own. */
const TRANSCRIPTS = Object.fromEntries(
	Array.from({ length: 20 }, (_, file) => [
		`-home-dev-app/${file}.jsonl`,
		Array.from({ length: 40 }, (_, n) => answer(file * 30 + n)),
	]),
);

const REFUSED = {
	code: 8,
	out: "",
	err: "Another collect is running on this machine.\n" + "Nothing is lost. Try again when it has finished.\n",
};

function atOnce(home: CliHome): ReturnType<CliHome["cli"]>[] {
	return Array.from({ length: AT_ONCE }, () => home.cli(["collect", "--json"]));
}

/** What the reports say is what an independent count says. */
async function expectWhole(home: CliHome): Promise<void> {
	const { total } = countNaively(home.projects);
	expect((await home.report("daily", "--no-collect")).totals).toMatchObject({
		responses: total.responses,
		inputTokens: total.input,
		outputTokens: total.output,
		cacheReadTokens: total.cacheRead,
	});
}

describe(`${AT_ONCE} collects at once`, () => {
	test("are refused while another one works, and right after it was killed the next one works", async () => {
		await inHome(TRANSCRIPTS, async (home) => {
			await home.cli(["collect"], { claude: join(home.home, "nothing") });
			await inOtherProcess("lock", join(home.kept, "collect.lock"), async (holder) => {
				const note = readFileSync(join(home.kept, "last-run.json"), "utf8");
				for (const refused of await Promise.all(atOnce(home))) expect(refused).toEqual(REFUSED);
				// The one that works leaves its own note.
				expect(readFileSync(join(home.kept, "last-run.json"), "utf8")).toBe(note);
				holder.kill("SIGKILL");
				await holder.exited;
				expect(await home.cli(["collect"])).toMatchObject({ code: 0 });
			});
			await expectWhole(home);
		});
	});

	test("read each byte once: one works, or several do one after the other", async () => {
		await inHome(TRANSCRIPTS, async (home) => {
			const ended = await Promise.all(atOnce(home));
			const worked = ended.filter(({ code }) => code === 0);
			for (const other of ended) if (!worked.includes(other)) expect(other).toEqual(REFUSED);
			const read = worked.map(({ out }) => JSON.parse(out).bytesRead as number);
			const sizes = Object.keys(TRANSCRIPTS).map((path) => statSync(join(home.projects, path)).size);
			const sum = (counts: number[]) => counts.reduce((a, b) => a + b, 0);
			expect(sum(read)).toBe(sum(sizes));
			await expectWhole(home);
		});
	});
});

test("of two that try for a lock at the same instant one gets it", async () => {
	await inFolder(async (folder) => {
		const path = join(folder, "a.lock");
		const rounds: Rounds[] = [];
		await inOtherProcess("contend", path, async (first) => {
			await inOtherProcess("contend", path, async (second) => {
				for (const { pid, exited } of [first, second]) {
					await exited;
					rounds.push(await Bun.file(`${path}.${pid}`).json());
				}
			});
		});
		const [one, other] = rounds;
		const shared = one?.tried.filter((round) => other?.tried.includes(round)) ?? [];
		expect(shared.length).toBeGreaterThan(0);
		expect(shared.filter((round) => !one?.had.includes(round) && !other?.had.includes(round))).toEqual([]);
	});
});
