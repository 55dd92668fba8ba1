import { expect, setDefaultTimeout, test } from "bun:test";
import { answer, MAIN } from "../support/answers.ts";
import { ccusageFile } from "../support/importing.ts";
import { type CliHome, inHome } from "../support/run-cli.ts";
import { serveServer } from "../support/served-server.ts";
import { writeTranscripts } from "../support/transcript.ts";

/** Processes start slowly on a busy machine. */
setDefaultTimeout(60_000);

type Env = { env: Record<string, string> };

/** A home that has imported days, a block and sessions, and an account at a real server. */
async function loggedIn(
	use: (home: CliHome, at: Env, listDays: () => Promise<object[]>, full: Env) => Promise<void>,
	transcripts: Record<string, readonly string[]> = {},
): Promise<void> {
	const { server, origin, stop } = await serveServer();
	try {
		const ada = await server.join("ada");
		const env = { PROMPTPULSE_SERVER: origin, PROMPTPULSE_API_KEY: ada.keys.ingest };
		const listDays = () =>
			server.db.all<object>(
				"select label, date(day * 86400, 'unixepoch') as day, total, superseded from reported_days order by day",
			);
		await inHome(transcripts, (home) =>
			use(home, { env }, listDays, { env: { ...env, PROMPTPULSE_API_KEY: ada.keys.full } }),
		);
	} finally {
		await stop();
	}
}

test("the next collect sends what was imported, as a dry run shows it, and sends it once", async () => {
	await loggedIn(
		async ({ cli }, at, listDays, full) => {
			await cli(["import", "ccusage", ccusageFile("v18-daily"), "--yes"], at);
			await cli(["import", "ccusage", ccusageFile("v20-claude-session"), "--yes"], at);
			expect((await cli(["collect", "--dry-run"], at)).out).toMatch(/^And +4 imported totals$/m);
			const shown = JSON.parse((await cli(["collect", "--dry-run", "--json"], at)).out);
			expect(shown).toMatchObject([
				{ events: [{}] },
				{
					records: [{ machine_id: "laptop", date: "2026-03-03", total_tokens: 45_432, total_cost: 0.027936 }],
				},
				{ records: [{ project_path: "app" }, { project_path: "app" }, { project_path: "site" }] },
			]);
			const first = await cli(["collect"], at);
			expect({ code: first.code, err: first.err }).toEqual({ code: 0, err: "" });
			expect(first.out).toContain(": 4 imported totals sent.");
			expect(await listDays()).toEqual([
				{ label: "laptop", day: "2026-03-03", total: 45_432, superseded: 0 },
			]);
			expect((await cli(["collect"], at)).out).not.toContain("imported");
			expect((await cli(["collect", "--dry-run", "--json"], at)).out).toBe("[\n]\n");
			const remove = ["import", "remove", "ccusage", "--yes"];
			// With the key that only sends.
			const refused = await cli(remove, at);
			expect({ code: refused.code, out: refused.out }).toEqual({ code: 3, out: "" });
			expect(refused.err).toContain("--keep-sent");
			expect((await cli(["import", "list"], at)).out).toContain("ccusage");
			const removed = await cli(remove, full);
			expect(removed).toMatchObject({ code: 0, err: "" });
			expect(removed.out).toEndWith(": 4 imported totals removed there.\n");
			expect(await listDays()).toEqual([]);
			await cli(["import", "ccusage", ccusageFile("v18-daily"), "--yes"], at);
			expect((await cli(["collect"], at)).out).toContain(": 1 imported total sent.");
			expect((await cli([...remove, "--keep-sent"], at)).code).toBe(0);
			expect(await listDays()).toHaveLength(1);
		},
		// Of the first day there are transcripts still.
		{ [MAIN]: [answer(1, { timestamp: "2026-03-02T12:00:00.000Z" })] },
	);
});

test("with totals of one kind only those that were imported of it go", async () => {
	await loggedIn(async ({ cli }, at, listDays) => {
		await cli(["import", "ccusage", ccusageFile("v20-sections"), "--yes"], at);
		const sent = await cli(["collect", "-g", "session", "--json"], at);
		expect(JSON.parse(sent.out).push).toMatchObject({
			granularity: "session",
			imported: { sent: 3, unsent: 0 },
		});
		expect(await listDays()).toEqual([]);
		expect((await cli(["collect", "-g", "daily"], at)).out).toContain(": 1 imported total sent.");
		expect(await listDays()).toHaveLength(1);
	});
});

test("what a server did not get is told, and goes the next time", async () => {
	await loggedIn(async ({ cli }, at, listDays) => {
		await cli(["import", "ccusage", ccusageFile("v18-daily"), "--yes"], at);
		const wrong = { env: { ...at.env, PROMPTPULSE_API_KEY: `pp_${"0".repeat(40)}` } };
		const refused = await cli(["collect"], wrong);
		expect(refused.code).toBe(3);
		expect(refused.err).toContain("2 imported totals are sent next time.");
		expect((await cli(["collect"], at)).code).toBe(0);
		expect(await listDays()).toHaveLength(2);
	});
});

test("what was imported under this machine's name is its own when it is called otherwise", async () => {
	await loggedIn(async ({ cli, projects, report }, at, listDays) => {
		await cli(["import", "ccusage", ccusageFile("v18-daily"), "--yes"], at);
		await cli(["collect"], at);
		const renamed = { env: { ...at.env, MACHINE_ID: "new-name" } };
		writeTranscripts(projects, { [MAIN]: [answer(1, { timestamp: "2026-03-03T12:00:00.000Z" })] });
		await cli(["collect"], renamed);
		const days = await listDays();
		expect(days).toMatchObject([
			{ day: "2026-03-02", superseded: 0 },
			{ day: "2026-03-03", superseded: 1 },
		]);
		const { daily = [] } = await report("daily");
		expect(daily.map(({ date, reported }) => [date, reported])).toEqual([
			["2026-03-02", true],
			["2026-03-03", undefined],
		]);
	});
});
