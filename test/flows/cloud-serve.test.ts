import { expect, setDefaultTimeout, test } from "bun:test";
import { join } from "node:path";
import { assets } from "../../src/generated/assets.ts";
import type { Database } from "../../src/ledger/database.ts";
import { openSqlite } from "../../src/ledger/sqlite.ts";
import type { OpenApi } from "../../src/web/openapi/openapi.ts";
import { Comparable } from "../support/comparable.ts";
import { addressesOf, nextOf } from "../support/every-get.ts";
import { form } from "../support/forms.ts";
import { saidBy } from "../support/isolation.ts";
import { dumpLedger, MINUTE } from "../support/ledger.ts";
import { RunningCount } from "../support/naive-count.ts";
import { countByReports } from "../support/reports.ts";
import { nameOf } from "../support/route-calls.ts";
import { inFolder } from "../support/scan.ts";
import { SERVER, TestServer } from "../support/server.ts";
import { CloudServer } from "../support/sqlite-cloud/server.ts";
import { homeOf, MACHINES, type Member, OWNERS, prepareMachines, TeamRun } from "../support/team-run.ts";
import { until } from "../support/until.ts";

setDefaultTimeout(120_000);

const { server } = await TestServer.start();
const routes = (await server.routes()).filter(({ method }) => method === "GET");
const document = (await (await server.handle(new Request(`${SERVER}/api/openapi.json`))).json()) as OpenApi;

/** What these answer is about the process itself. */
const ABOUT_THE_PROCESS = ["GET /api/metrics", "GET /api/health/db"];

/** A run, and what makes its texts comparable with those of another. */
type Compared = { run: TeamRun; texts: Comparable; path: string };

test("a team's usage is told the same from a file and from SQLite Cloud", () =>
	inFolder(async (folder) => {
		const since = Date.now();
		const machines = join(folder, "machines");
		await prepareMachines(machines, since);
		await using cloud = await CloudServer.start();
		const started = await Promise.all([
			TeamRun.start(machines, join(folder, "in-a-file"), {}),
			TeamRun.start(machines, join(folder, "far-away"), { databaseUrl: cloud.url() }),
		]);
		await Promise.all(started.map((run) => run.bringEverything(since - 10 * MINUTE)));
		const runs = started.map((run, i): Compared => {
			const { address } = run.serve;
			const known = { [address]: "http://SERVER", [new URL(address).host]: "SERVER", [run.folder]: "FOLDER" };
			const path = [run.serve.database, cloud.path][i] ?? "";
			return { run, texts: new Comparable(since, known), path };
		});

		expectAlike(runs.map(({ run, texts }) => texts.of(run.told.join("\n"))));
		await expectSameDoors(runs);
		await expectSameAnswers(runs);
		await expectSameFigures(runs);
		for (const { run } of runs) expect(await run.serve.end("SIGTERM")).toBe(0);
		await until("no connection", () => cloud.connections === 0);
		expect(cloud.violations).toEqual([]);
		await expectSameLedgers(runs);
	}));

/** What the first of several texts says the others say too. */
function expectAlike([first, ...others]: readonly (string | undefined)[]): void {
	for (const other of others) expect(other).toBe(first ?? "nothing");
}

const STRANGERS_EVERY = 3;

/** Asks every address of every route, as everyone, and the pages after the first. */
async function expectSameAnswers(runs: readonly Compared[]): Promise<void> {
	const machine = runs[0]?.run.machineUuid("laptop") ?? "";
	const values = {
		machineId: machine,
		machine,
		since: "2026-03-29",
		until: "2026-11-20",
		limit: "2",
		projectPath: "/home/dev/app",
		project: "/home/dev/app",
		model: "claude-opus-4-5",
		name: assets[0]?.address ?? "",
		session: await someSession(runs),
	};
	const turnedAway: string[] = [];
	const compared = routes.filter((each) => !ABOUT_THE_PROCESS.includes(nameOf(each)));
	for (const [place, route] of compared.entries()) {
		const [plain = "", ...asked] = addressesOf(route, document, values);
		// Strangers may not come often, and who has no account is told the same of all but what is open to anyone.
		const isForStrangers = route.access === "anyone" || place % STRANGERS_EVERY === 0;
		if (isForStrangers) await expectSame(runs, plain, undefined);
		await expectSame(runs, plain, "bob");
		for (const address of [plain, ...asked]) {
			const status = await expectSame(runs, address, "ada");
			if (status !== 200) turnedAway.push(`${address} ${status}`);
		}
	}
	// Who is logged in needs no log-in, and nothing is called x.
	const known = /^\/(?:login|\S*\/x(?:\/[a-z]+)?)(?:\?\S+)? (?:303|404|410)$/;
	expect(turnedAway.filter((one) => !known.test(one))).toEqual([]);
}

/** One that all runs have. */
async function someSession(runs: readonly Compared[]): Promise<string> {
	const asked = runs.map(({ run }) => `${run.serve.address}/api/usage/sessions?limit=1`);
	const [response] = await askAtOnce(runs, asked, "ada");
	const sessions: { session_id: string }[] = (await response?.json()) ?? [];
	return sessions[0]?.session_id ?? "";
}

/** @returns the status of the answers */
async function expectSame(
	runs: readonly Compared[],
	address: string,
	who: Member | undefined,
): Promise<number> {
	let asked = runs.map(({ run }) => `${run.serve.address}${address}`);
	let status = 0;
	for (let page = 0; page < 3 && asked.length > 0; page++) {
		const responses = await askAtOnce(runs, asked, who);
		status = responses[0]?.status ?? 0;
		asked = responses.flatMap((response) => nextOf(response) ?? []);
		const said = await Promise.all(responses.map(saidBy));
		expectAlike(said.map((text, i) => `${who} ${address}\n${runs[i]?.texts.of(text)}`));
	}
	return status;
}

/** Asks all runs within one half of a minute: it is told how many minutes are left of a block, rounded and rounded up. */
async function askAtOnce(
	runs: readonly Compared[],
	asked: readonly string[],
	who: Member | undefined,
): Promise<Response[]> {
	for (;;) {
		const half = halfMinute();
		const responses = await Promise.all(
			asked.map(async (address, i) => {
				const headers = who ? runs[i]?.run.headersOf(who) : undefined;
				const response = await fetch(address, { headers: headers ?? {}, redirect: "manual" });
				return withoutOwn(response);
			}),
		);
		const waits = responses.map(({ status, headers }) =>
			status === 429 ? Number(headers.get("retry-after")) : 0,
		);
		const wait = Math.max(...waits);
		if (wait === 0 && halfMinute() === half) return responses;
		await Promise.all(responses.map((response) => response.body?.cancel()));
		// Nobody asks as much at once as is asked here.
		await Bun.sleep(wait * 1_000);
	}
}

function halfMinute(): number {
	return Math.floor(Date.now() / (MINUTE / 2));
}

/** What of each answer is its own; the packed length of a page depends on what is in it by chance. */
function withoutOwn(response: Response): Response {
	for (const name of ["date", "x-request-id", "content-length"]) response.headers.delete(name);
	return response;
}

/** The pages behind codes, and what comes of their forms. */
async function expectSameDoors(runs: readonly Compared[]): Promise<void> {
	const told = runs.map(async ({ run, texts }) => {
		const link = await run.send<{ url: string }>("bob", "/api/auth/link", {});
		const invite = await run.send<{ url: string }>("ada", "/api/invites", { role: "admin" });
		const asked: [string, RequestInit][] = [
			[link.url, {}],
			[link.url, {}],
			[invite.url, {}],
			[invite.url, form({ username: "ada" })],
			[invite.url, form({ username: "carol", email: "carol@example.com" })],
			[invite.url, form({ username: "dave" })],
		];
		const said: string[] = [];
		for (const [url, init] of asked) {
			const response = await fetch(url, { ...init, redirect: "manual" });
			said.push(await saidBy(withoutOwn(response)));
		}
		expect(said.map((text) => text.slice(0, 3))).toEqual(["303", "410", "200", "409", "200", "410"]);
		return texts.of(said.join("\n"));
	});
	expectAlike(await Promise.all(told));
}

type Figures = { database?: Record<string, number>; answers: Record<string, number>; uploads: object };

/** What each process says of itself: the same, but for its connections. */
async function expectSameFigures(runs: readonly Compared[]): Promise<void> {
	const told = await Promise.all(
		runs.map(async ({ run }, i) => {
			const ask = (accept: string) =>
				fetch(`${run.serve.address}/api/metrics`, { headers: { ...run.headersOf("ada"), accept } });
			const health = await fetch(`${run.serve.address}/api/health/db`);
			expect(await health.json()).toMatchObject({ status: "healthy", database: { connected: true } });
			const { database, answers, uploads } = (await (await ask("application/json")).json()) as Figures;
			const text = await (await ask("text/plain")).text();
			expect(text.includes("promptpulse_database_connections{")).toBe(i > 0);
			if (i === 0) expect(database).toBeUndefined();
			else expect(database).toMatchObject({ waiting: 0, opening: 0, failed: 0, discarded: 0 });
			return { uploads, answers };
		}),
	);
	// Where one had to wait, all were asked once more; and each was asked whether it lives until it had started.
	const waited = told.flatMap(({ answers }) => Object.keys(answers).filter((name) => name.endsWith(" 429")));
	const left = new Set(["GET /livez", ...waited.map(routeOf)]);
	const isCompared = ([name]: [string, number]) => !left.has(routeOf(name));
	expect(left.size).toBeLessThan(10);
	expectAlike(
		told.map(({ uploads, answers }) =>
			JSON.stringify({ uploads, answers: Object.entries(answers).filter(isCompared) }),
		),
	);
}

/** Of an answer's name, as in "GET /api/machines 200". */
function routeOf(name: string): string {
	return name.slice(0, name.lastIndexOf(" "));
}

/** Row by row the same, and what a plain reader counts in the transcripts. */
async function expectSameLedgers(runs: readonly Compared[]): Promise<void> {
	const dumps: string[] = [];
	for (const { run, texts, path } of runs) {
		const db = openSqlite(path);
		try {
			expect(await db.all("pragma integrity_check")).toEqual([{ integrity_check: "ok" }]);
			await expectCounted(db, run);
			dumps.push(JSON.stringify(await dumpLedger(db)), texts.of(JSON.stringify(await dumpPeople(db))));
		} finally {
			await db.close();
		}
	}
	expectAlike(dumps.filter((_, i) => i % 2 === 0));
	expectAlike(dumps.filter((_, i) => i % 2 === 1));
}

async function expectCounted(db: Database, run: TeamRun): Promise<void> {
	const people = await db.all<{ user: number; username: Member }>(
		"select user, username from accounts where username in ('ada', 'bob')",
	);
	expect(people).toHaveLength(2);
	for (const { user, username } of people) {
		const count = new RunningCount();
		for (const name of MACHINES.filter((one) => OWNERS[one] === username)) {
			count.see(homeOf(run.folder, name).projects);
		}
		const counted = count.sum();
		expect(counted.total.responses).toBeGreaterThan(10);
		expect(await countByReports(db, counted.lines, user)).toEqual(counted);
	}
}

/** Tables of people beside their usage, and what their rows are in order by. */
const ABOUT_PEOPLE = {
	accounts: "user",
	api_keys: "id",
	web_sessions: "id",
	invites: "id",
	login_links: "expires_at",
	attempts: "subject",
	audit_log: "id",
};

/** What is kept of people beside their usage. Secrets are digests, which are chance too. */
async function dumpPeople(db: Database): Promise<Record<string, unknown>> {
	const dump: Record<string, unknown> = {};
	for (const [table, order] of Object.entries(ABOUT_PEOPLE)) {
		dump[table] = await db.all(`select * from ${table} order by ${order}`);
	}
	return dump;
}
