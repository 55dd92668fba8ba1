import { expect, setDefaultTimeout, test } from "bun:test";
import { mintKey } from "../../src/account/api-key.ts";
import { migrations } from "../../src/embedded.ts";
import { Clock } from "../../src/jobs/clock.ts";
import { SERVER_JOBS } from "../../src/jobs/server-jobs.ts";
import { openCloudLedger } from "../../src/ledger/cloud-ledger.ts";
import { openSqlite } from "../../src/ledger/sqlite.ts";
import type { LogFields } from "../../src/log.ts";
import { EventStream } from "../support/event-stream.ts";
import { cookieOf, form } from "../support/forms.ts";
import { HOUR, NOW } from "../support/ledger.ts";
import { fromSourcesAfter } from "../support/program.ts";
import { runCli } from "../support/run-cli.ts";
import type { ServeProcess } from "../support/serve-process.ts";
import { both, makeUploaders, setupLinkOf, statusOf, withKey, withPair } from "../support/server-pair.ts";
import { CloudServer } from "../support/sqlite-cloud/server.ts";
import { until } from "../support/until.ts";
import { eventsFrom, sendOnce } from "../support/uploading.ts";

setDefaultTimeout(120_000);

test("two servers that start at once make one schema, and the link of each opens the other", async () => {
	await withPair(async (pair) => {
		const links = await Promise.all([setupLinkOf(pair.one), setupLinkOf(pair.other)]);
		const db = openSqlite(pair.cloud.path);
		const steps = await db.all<{ version: number }>("select version from migrations order by version");
		expect(steps.map(({ version }) => version)).toEqual(migrations.map(({ version }) => version));
		await db.close();
		const paths = links.map((link) => new URL(link).pathname);
		for (const path of paths) expect(await both(pair, path)).toEqual([200, 200]);

		// Whoever is first is the owner, wherever it was.
		const made = await Promise.all(
			[pair.one, pair.other].map(({ address }, i) =>
				statusOf(`${address}${paths[1 - i]}`, form({ username: `first-${i}` })),
			),
		);
		expect(made.toSorted()).toEqual([200, 410]);
		for (const path of paths) expect(await both(pair, path)).toEqual([410, 410]);
	});
});

test("what is made on one server opens the other, and what is ended on one is over on the other at once", async () => {
	await withPair(async (pair) => {
		const { one, other } = pair;
		const made = await fetch(await setupLinkOf(one), form({ username: "ada" }));
		const cookie = cookieOf(made);
		const key = /pk_f[0-9A-Za-z]{38}/.exec(await made.text())?.[0] ?? "";
		expect(await both(pair, "/", { headers: { cookie } })).toEqual([200, 200]);
		expect(await both(pair, "/api/machines", withKey(key))).toEqual([200, 200]);

		// A key.
		const ask = async <Reply>(serve: ServeProcess, path: string, init: RequestInit): Promise<Reply> => {
			const response = await fetch(`${serve.address}${path}`, init);
			expect(`${path} ${response.status}`).toBe(`${path} 200`);
			return (await response.json()) as Reply;
		};
		type Made = { id: string; key: string };
		const wanted = withKey(key, "POST", { name: "second", kind: "read" });
		const second = await ask<Made>(other, "/api/user/keys", wanted);
		expect(await both(pair, "/api/machines", withKey(second.key))).toEqual([200, 200]);

		// A session that was opened with it, by a link that the one server made and the other one took.
		const link = await ask<{ url: string }>(one, "/api/auth/link", withKey(key, "POST", {}));
		const { pathname } = new URL(link.url);
		const opened = await fetch(`${other.address}${pathname}`, { redirect: "manual" });
		expect(opened.status).toBe(303);
		expect(await both(pair, pathname)).toEqual([410, 410]);
		const session = { headers: { cookie: cookieOf(opened) } };
		expect(await both(pair, "/", session)).toEqual([200, 200]);

		// Each has answered both of them a moment ago.
		await ask(one, `/api/user/keys/${second.id}`, withKey(key, "DELETE"));
		expect(await statusOf(`${other.address}/api/machines`, withKey(second.key))).toBe(401);
		const sessions = await ask<{ id: string }[]>(one, "/api/user/sessions", withKey(key));
		for (const { id } of sessions) await ask(other, `/api/user/sessions/${id}`, withKey(key, "DELETE"));
		expect(await statusOf(`${one.address}/`, session)).toBe(303);
		expect(await both(pair, "/", { headers: { cookie } })).toEqual([303, 303]);
	});
});

test.each([
	["keys", (i: number) => ["/login", form({ key: mintKey("full"), next: `/${i}` })] as const, 401],
	["invites", (i: number) => [`/join/wrong-${i}`, {}] as const, 410],
])("wrong %s are counted over both servers together", async (_what, tryNumber, refused) => {
	await withPair(async ({ one, other }) => {
		const tried = Array.from({ length: 24 }, (_, i) => {
			const [path, init] = tryNumber(i);
			return statusOf(`${(i % 2 === 0 ? one : other).address}${path}`, init);
		});
		const statuses = await Promise.all(tried);
		expect(statuses.filter((status) => status === refused)).toHaveLength(10);
		expect(statuses.filter((status) => status === 429)).toHaveLength(14);
	});
});

test("a page that is open at one server is told of what comes to the other", async () => {
	await withPair(async ({ cloud, one, other }) => {
		const [uploader, stranger] = await makeUploaders(cloud, 2);
		if (!uploader || !stranger) throw new Error("nobody was made");
		const stream = new EventStream(await fetch(`${one.address}/events`, withKey(uploader.key)));
		const before = await stream.version();
		expect((await sendOnce(other.address, stranger, eventsFrom(stranger.user, 0, 3)))?.status).toBe(200);
		expect((await sendOnce(other.address, uploader, eventsFrom(uploader.user, 0, 3)))?.status).toBe(200);
		const after = await stream.version();
		expect(after).not.toBe(before);
		const elsewhere = new EventStream(await fetch(`${other.address}/events`, withKey(uploader.key)));
		expect(await elsewhere.version()).toBe(after);
		await Promise.all([stream.leave(), elsewhere.leave()]);
	});
});

test("commands beside both servers make people whom both know, and backup and restore say what to use", async () => {
	await withPair(async (pair) => {
		const { cloud, folder } = pair;
		const cli = (...words: string[]) => runCli(words, { home: folder, env: { DATABASE_URL: cloud.url() } });
		const told = async (...words: string[]) => {
			const { code, out, err } = await cli(...words);
			if (code !== 0) throw new Error(`${words.join(" ")} ended with ${code}: ${err}`);
			return out.trim();
		};
		const links = await Promise.all([setupLinkOf(pair.one), setupLinkOf(pair.other)]);
		const key = await told("user", "create", "ada");
		expect(await both(pair, "/api/machines", withKey(key))).toEqual([200, 200]);
		for (const link of links) expect(await both(pair, new URL(link).pathname)).toEqual([410, 410]);
		const code = await told("invite", "create");
		expect(await both(pair, `/join/${code}`)).toEqual([200, 200]);
		expect(await statusOf(`${pair.one.address}/join/${code}`, form({ username: "bob" }))).toBe(200);
		expect(await told("user", "list")).toMatch(/ada[\s\S]+bob/);
		const another = await told("user", "reset-key", "ada");
		expect(await both(pair, "/api/machines", withKey(key))).toEqual([401, 401]);
		expect(await both(pair, "/api/machines", withKey(another))).toEqual([200, 200]);

		for (const [command, instead] of [
			["backup", "promptpulse migrate --to copy.db"],
			["restore", "promptpulse migrate --from copy.db"],
		] as const) {
			const { code, out, err } = await cli(command, "copy.db");
			expect({ code, out }).toEqual({ code: 2, out: "" });
			expect(err).toStartWith(
				`The server's ledger is not a file, but on sqlitecloud://localhost:${cloud.port}/`,
			);
			expect(err).toContain(instead);
		}
	});
});

test("what servers do by the clock one of them does, once in its period", async () => {
	await using cloud = await CloudServer.start();
	const options = { maxConnections: 4, idleMs: 1_000, retry: { attempts: 3, delayMs: 50 }, note: () => {} };
	let now = NOW;
	const dbs = await Promise.all([1, 2].map(() => openCloudLedger(cloud.url(), options, now)));
	const done: LogFields[] = [];
	const errors: unknown[] = [];
	const log = {
		info: (_event: string, fields: LogFields = {}) => void done.push(fields),
		error: (event: string, fields: unknown) => void errors.push([event, fields]),
	};
	const clocks = dbs.map((db, i) => new Clock(db, SERVER_JOBS, `server ${i}`, () => now, log));
	const file = openSqlite(cloud.path);
	for (let hour = 0; hour < 3; hour++, now += HOUR) {
		await file.run("insert into attempts (subject, count, until) values ('somebody', 1, ?)", [now - 1]);
		await Promise.all([...clocks, ...clocks, ...clocks].map((clock) => clock.look()));
		const cleaned = done.filter(({ job }) => job === "clean-up");
		expect(cleaned).toHaveLength(hour + 1);
		expect(cleaned.at(-1)).toEqual({ job: "clean-up", sessions: 0, links: 0, mailLinks: 0, attempts: 1 });
		const period = Math.floor(now / HOUR);
		expect(await file.all("select period, done from jobs where name = 'clean-up'")).toEqual([
			{ period, done: 1 },
		]);
	}
	expect(errors).toEqual([]);
	for (const db of [...dbs, file]) await db.close();
	expect(cloud.violations).toEqual([]);
});

test("both servers look again and again whether it is time, and one of them does it", async () => {
	const hasty = { program: fromSourcesAfter("hasty-minutes.ts"), env: { LOG_LEVEL: "info" } };
	await withPair(async ({ cloud, one, other }) => {
		const looks = () => cloud.commands.filter((text) => /select 1 as free\b[\s\S]+\bfrom jobs\b/.test(text));
		const begun = Math.floor(Date.now() / HOUR);
		await until("many looks", () => looks().length > 20);
		const done = (one.said + other.said).match(/"job":"clean-up"/g) ?? [];
		const hours = Math.floor(Date.now() / HOUR) - begun + 1;
		expect([1, hours]).toContain(done.length);
	}, hasty);
});
