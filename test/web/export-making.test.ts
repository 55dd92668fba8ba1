import { beforeEach, describe, expect, test } from "bun:test";
import type { Socket } from "bun";
import { findUser } from "../../src/ledger/users.ts";
import { streamOf } from "../../src/web/api/export/stream-of.ts";
import { listen } from "../../src/web/listen.ts";
import { exported } from "../support/exported.ts";
import { noLimits } from "../support/isolation.ts";
import { eventOf, ingestAll } from "../support/ledger.ts";
import { type Person, TestServer } from "../support/server.ts";
import { until } from "../support/until.ts";
import { unzipped } from "../support/unzipped.ts";

let server: TestServer;
let alice: Person;
let bob: Person;

beforeEach(async () => {
	server = await TestServer.start({ limits: noLimits() });
	({ alice, bob } = await server.joinAll());
});

/** Gives a person so many responses with names that do not pack well. */
async function give({ account }: Person, count: number): Promise<void> {
	const user = await findUser(server.db, account.user);
	if (!user) throw new Error("the account has no user");
	const events = Array.from({ length: count }, (_, i) =>
		eventOf({ id: `msg_${i}`, session: crypto.randomUUID(), project: `/home/${crypto.randomUUID()}` }),
	);
	await ingestAll({ db: server.db, user }, events, { now: server.now });
}

describe("an export is made", () => {
	test("for a key or a browser that may do everything, and for no other", async () => {
		for (const key of [alice.keys.read, alice.keys.ingest]) {
			expect((await server.ask("/api/user/export", { headers: { "x-api-key": key } })).status).toBe(403);
		}
		const byBrowser = await alice.visit("/api/user/export");
		expect(unzipped(new Uint8Array(await byBrowser.arrayBuffer())).size).toBe(9);
		const { cookie = "" } = alice.browser;
		const byLink = await server.ask("/api/user/export", { headers: { cookie } });
		expect(byLink.status).toBe(200);
		await byLink.body?.cancel();
	});

	test("one at a time for each person; one that is given up stands in nobody's way", async () => {
		const first = await alice.ask("/api/user/export");
		const reader = first.body?.getReader();
		await reader?.read();
		const second = await alice.ask("/api/user/export");
		expect([second.status, second.headers.get("retry-after")]).toEqual([429, "10"]);
		expect((await exported(bob)).size).toBe(9);
		await reader?.cancel();
		expect((await exported(alice)).size).toBe(9);
	});

	test("one for each person, and four in all, of those that are asked for in the same moment", async () => {
		const others = await Promise.all(["carol", "dan", "erin"].map((name) => server.join(name)));
		const people = [alice, alice, bob, alice, ...others];
		const answers = await Promise.all(people.map((who) => who.ask("/api/user/export")));
		expect(answers.map(({ status }) => status)).toEqual([200, 429, 200, 429, 200, 200, 429]);
		await Promise.all(answers.map(({ body }) => body?.cancel()));
		expect((await exported(alice)).size).toBe(9);
	});

	test("as fast as it is read, and breaks off when the account goes", async () => {
		await give(alice, 5_000);
		const answer = await alice.ask("/api/user/export");
		const reader = answer.body?.getReader();
		if (!reader) throw new Error("there is no body");
		for (let i = 0; i < 8; i++) expect((await reader.read()).done).toBe(false);
		await server.db.run("delete from accounts where user = ?", [alice.account.user]);
		const rest = async () => {
			while (!(await reader.read()).done);
		};
		await expect(rest()).rejects.toThrow("This account is not there any more.");
		expect(server.reported).toEqual([]);
	});

	test("without a body for who only asks what it would be", async () => {
		const answer = await alice.ask("/api/user/export", { method: "HEAD" });
		expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "application/zip"]);
		expect(await server.db.all("select 1 from audit_log where action = 'export'")).toEqual([]);
	});
});

test("a reader who takes nothing holds no place, however long the connection stays", async () => {
	const patient = await TestServer.start({ db: server.db, limits: noLimits(), readerPatience: 300 });
	// More than buffers on the way hold, or it would come to its end.
	const noise = () => crypto.getRandomValues(new Uint8Array(60_000)).toHex();
	for (let i = 0; i < 150; i++) {
		await server.db.run("insert into audit_log (at, user, action, detail) values (?, ?, 'login', ?)", [
			server.now,
			alice.account.user,
			JSON.stringify({ session: noise() }),
		]);
	}
	const listening = listen(patient.server, { host: "127.0.0.1", port: 0 });
	const held: Socket<undefined>[] = [];
	const headers = { "x-api-key": alice.keys.full };
	const ask = () => fetch(`http://127.0.0.1:${listening.port}/api/user/export`, { headers });
	try {
		const begun = Promise.withResolvers<void>();
		const stalled = await Bun.connect({
			hostname: "127.0.0.1",
			port: listening.port,
			socket: {
				data(socket) {
					// Nothing more is read from here on.
					socket.pause();
					begun.resolve();
				},
			},
		});
		held.push(stalled);
		stalled.write(`GET /api/user/export HTTP/1.1\r\nhost: x\r\nx-api-key: ${alice.keys.full}\r\n\r\n`);
		await begun.promise;
		expect((await ask()).status).toBe(429);
		await until("the place is free", async () => {
			const answer = await ask();
			await answer.body?.cancel();
			return answer.status === 200;
		});
	} finally {
		for (const socket of held) socket.end();
		await listening.stop();
	}
	expect(patient.reported).toEqual([]);
});

test("a reader who takes a little again and again holds no place", async () => {
	async function* crumbs(): AsyncGenerator<Uint8Array, void> {
		for (let i = 0; i < 100; i++) yield new Uint8Array(1);
	}
	let ends = 0;
	const body = streamOf(crumbs(), {
		end: () => ends++,
		fail: (error) => expect(error).toBeUndefined(),
		patience: 60,
	});
	const reader = body.getReader();
	const readSlowly = async () => {
		while (!(await reader.read()).done) await Bun.sleep(5);
	};
	await expect(readSlowly()).rejects.toThrow("the reader was too slow for too long");
	expect(ends).toBe(1);
});

describe("over the network an export", () => {
	async function overNetwork(use: (ask: () => Promise<Response>) => Promise<void>): Promise<void> {
		const listening = listen(server.server, { host: "127.0.0.1", port: 0 });
		try {
			const headers = { "x-api-key": alice.keys.full };
			await use(() => fetch(`http://127.0.0.1:${listening.port}/api/user/export`, { headers }));
		} finally {
			await listening.stop();
		}
	}

	test("comes whole, however much it is", async () => {
		await give(alice, 5_000);
		await overNetwork(async (ask) => {
			const answer = await ask();
			const files = unzipped(new Uint8Array(await answer.arrayBuffer()));
			expect(files.get("events.ndjson")?.toString().split("\n")).toHaveLength(5_001);
		});
	});

	test("is seen not to be whole where it broke off", async () => {
		await give(alice, 5_000);
		await overNetwork(async (ask) => {
			const answer = await ask();
			const reader = answer.body?.getReader();
			if (!reader) throw new Error("there is no body");
			const pieces: Uint8Array[] = [];
			const first = await reader.read();
			if (first.value) pieces.push(first.value);
			await server.db.run("delete from accounts where user = ?", [alice.account.user]);
			let isCut = false;
			try {
				for (let next = await reader.read(); !next.done; next = await reader.read()) pieces.push(next.value);
			} catch {
				isCut = true;
			}
			expect(isCut || isBroken(Buffer.concat(pieces))).toBe(true);
		});
	});
});

/** Whether an archive lacks its end, as every reader of one sees. */
function isBroken(archive: Uint8Array): boolean {
	try {
		unzipped(archive);
		return false;
	} catch {
		return true;
	}
}
