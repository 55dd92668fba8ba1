import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { answer, MAIN } from "../support/answers.ts";
import { bodiesIn, type RecordingServer, withRecordingServer } from "../support/recording-server.ts";
import { type CliHome, inHome } from "../support/run-cli.ts";

/** Processes start slowly on a busy machine. */
setDefaultTimeout(60_000);

const TRANSCRIPTS = {
	[MAIN]: [0, 1, 2].map((n) => answer(n, { timestamp: `2026-03-0${n + 2}T10:00:00.000Z` })),
	"-home-dev-secret-tool/other.jsonl": [answer(3, { cwd: "/home/dev/secret/tool", session: "other" })],
};

async function loggedIn(use: (home: CliHome, served: RecordingServer) => Promise<void>): Promise<void> {
	await withRecordingServer((served) => inHome(TRANSCRIPTS, (home) => use(home, served)));
}

describe("collect -g", () => {
	test.each([
		["daily", "3 day totals", "daily"],
		["session", "2 session totals", "sessions"],
		["blocks", "3 block totals", "blocks"],
	])("%s sends nothing but that, says how much, and nothing twice", async (kind, found, path) => {
		await loggedIn(async ({ cli }, { env, host, recorded, takeBodies }) => {
			const dry = await cli(["collect", "-g", kind, "--dry-run", "--json"], { env });
			expect(dry).toMatchObject({ code: 0, err: "Nothing was sent.\n" });
			const first = await cli(["collect", "-g", kind], { env });
			expect(first).toMatchObject({ code: 0, err: "" });
			expect(first.out).toEndWith(`\n${host}: ${found} found, ${found.slice(0, 1)} sent.\n`);
			expect(recorded.map((one) => one.path)).toEqual(["/api/auth/validate", `/api/usage/${path}/batch`]);
			const bodies = takeBodies();
			expect(bodies).toEqual(bodiesIn(dry.out));
			expect(bodies.join()).not.toMatch(/msg_|req_|\/home|secret|"main"/);
			expect((await cli(["collect", "--granularity", kind], { env })).out).toEndWith(
				`\n${host} has everything: ${found}.\n`,
			);
			expect(recorded).toEqual([]);
			expect((await cli(["collect", "-g", kind, "--dry-run", "--json"], { env })).out).toBe("[\n]\n");
			const again = await cli(["collect", "-g", kind, "--resend", "--json"], { env });
			expect(JSON.parse(again.out).push).toEqual({
				server: host,
				granularity: kind,
				found: Number(found.slice(0, 1)),
				sent: Number(found.slice(0, 1)),
				setAside: {},
				unsent: 0,
				hasResponses: false,
				ignored: 0,
			});
			expect(takeBodies()).toEqual(bodies);
		});
	});

	test("is told what is no granularity", async () => {
		await loggedIn(async ({ cli }, { env, recorded }) => {
			expect((await cli(["collect", "-g", "hourly"], { env })).code).toBe(2);
			const { code, err } = await cli(["collect"], { env: { ...env, PROMPTPULSE_GRANULARITY: "hourly" } });
			expect({ code, err }).toEqual({
				code: 7,
				err: 'PROMPTPULSE_GRANULARITY is "hourly", which is nothing that can be sent.\nSet it to one of daily, session, blocks, all.\n',
			});
			expect(recorded).toEqual([]);
		});
	});

	test("may be settled for good, as a flag says it otherwise; status, verify and doctor know", async () => {
		await loggedIn(async ({ cli }, { env, host, recorded, server }) => {
			expect((await cli(["config", "set", "granularity", "hourly"])).code).toBe(2);
			expect((await cli(["config", "set", "granularity", "daily"])).code).toBe(0);
			await cli(["collect", "--quiet"], { env });
			expect(recorded.map(({ path }) => path)).toContain("/api/usage/daily/batch");
			const status = await cli(["status"], { env });
			expect(status.out).toMatch(/\nSent +Only totals of days, no responses\.\n/);
			expect(status.out).toMatch(new RegExp(`\nUnsent +Nothing: ${host} has everything\\.\n`));
			expect(await cli(["verify"], { env })).toEqual({
				code: 0,
				out: `${host} acknowledged 3 totals of days, sessions or blocks. Only responses can be compared one by one, so these were not.\n`,
				err: "",
			});
			expect((await cli(["doctor"], { env })).out).toContain("Only totals are sent");
			expect(await server.db.all("select change from events")).toEqual([]);
			expect((await cli(["collect", "-g", "all"], { env })).out).toContain("4 responses sent");
			expect(await server.db.get("select count(*) as left from reported_days where superseded = 0")).toEqual({
				left: 0,
			});
			expect((await cli(["verify"], { env })).out).toContain("has all it was sent: 4 responses of 3 days.");
		});
	});

	test.each<[number, number, Record<string, string>, string]>([
		[
			3,
			401,
			{},
			"does not accept the key (it answered 401). Run promptpulse login with a good one. 3 day totals are sent next time.",
		],
		[4, 404, {}, "answered 404. 3 day totals are sent next time."],
		[4, 429, { "retry-after": "7200" }, "asked to be left alone until "],
	])("ends with %d where the server answers %d", async (exit, status, headers, sentence) => {
		await loggedIn(async ({ cli, report }, served) => {
			served.behaviour = () => new Response(null, { status, headers });
			const { code, err, out } = await cli(["collect", "-g", "daily", "--json"], { env: served.env });
			expect(code).toBe(exit);
			expect(err).toContain(sentence);
			expect(JSON.parse(out).push).toMatchObject({ sent: 0, unsent: 3 });
			expect(out + err).not.toContain(served.alice.keys.ingest);
			expect((await report("daily")).totals.responses).toBe(4);
		});
	});

	test("ends with 4 where nobody answers, and with 5 where one is not kept", async () => {
		await loggedIn(async ({ cli }, served) => {
			const nobody = { ...served.env, PROMPTPULSE_SERVER: "http://127.0.0.1:1" };
			expect((await cli(["collect", "-g", "daily"], { env: nobody })).code).toBe(4);
			served.behaviour = (path, reply) => {
				if (!path.endsWith("/batch")) return reply();
				const ledger = crypto.randomUUID();
				return Response.json({ ledger, message: "", processed: 0, skipped: 2, total: 2 });
			};
			const { code, err } = await cli(["collect", "-g", "session"], { env: served.env });
			expect(code).toBe(5);
			expect(err).toBe(
				`${served.host} did not keep 2 session totals: too many are there already, or too much stands in them. promptpulse collect --resend sends them again.\n`,
			);
		});
	});
});

test("a dry run tells people how many totals, of which machines and projects", async () => {
	await loggedIn(async ({ cli }, { env, host, recorded }) => {
		const alone = await cli(["collect", "--dry-run", "-g", "session"]);
		expect(alone.out).toStartWith("Would be sent  2 session totals, if this machine were logged in\n");
		const { out, code } = await cli(["collect", "--dry-run", "-g", "session"], { env });
		expect(code).toBe(0);
		expect(out).toStartWith(`Would be sent  2 session totals to ${host}\nOf machines    laptop\n`);
		expect(out).toMatch(/\nProjects +app, tool \(PROJECT_PATH_PRIVACY is basename\)\n/);
		expect((await cli(["collect", "--dry-run", "-g", "daily"], { env })).out).not.toContain("Projects");
		expect(recorded).toEqual([]);
		await cli(["collect", "-g", "session"], { env });
		expect((await cli(["collect", "--dry-run", "-g", "session"], { env })).out).toBe(
			`Would be sent  Nothing: ${host} has everything.\n`,
		);
	});
});
