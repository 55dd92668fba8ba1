import { beforeEach, describe, expect, test } from "bun:test";
import { packEvents, uploadOf } from "../../src/collector/pack.ts";
import { findRevision, findUser } from "../../src/ledger/users.ts";
import type { UsageEvent } from "../../src/usage/event.ts";
import { MOST_BYTES_SENT, readReply, type UploadReply } from "../../src/usage/upload.ts";
import { AT, eventOf, LAPTOP } from "../support/ledger.ts";
import { replyOf } from "../support/replies.ts";
import { type Person, TestServer } from "../support/server.ts";

const PATH = "/api/usage/events";

let server: TestServer;
let alice: Person;
let bob: Person;

beforeEach(async () => {
	server = await TestServer.start();
	({ alice, bob } = await server.joinAll());
});

const numbered = (count: number, part: Partial<UsageEvent> = {}) =>
	Array.from({ length: count }, (_, i) => eventOf({ id: `msg_${i}`, at: AT + i, ...part }));

function post(person: Person, body: BodyInit, headers: Record<string, string> = {}): Promise<Response> {
	const all = { "content-type": "application/json", "x-api-key": person.keys.ingest, ...headers };
	return server.ask(PATH, { method: "POST", body, headers: all });
}

const send = (person: Person, upload: unknown) => post(person, JSON.stringify(upload));

async function upload(person: Person, events: readonly UsageEvent[], machine = LAPTOP): Promise<UploadReply> {
	const response = await send(person, uploadOf(machine, events));
	return replyOf<UploadReply>(server, ["POST", PATH], response);
}

/** Whose events there are, by username, and of which machines. */
async function kept(): Promise<object[]> {
	return server.db.all<object>(
		`select accounts.username, machines.uuid, machines.label, count(*) as events
		from events
		join accounts on accounts.user = events.user
		join machines on machines.id = events.machine
		group by accounts.username, machines.id
		order by accounts.username, machines.id`,
	);
}

describe("an upload", () => {
	test("is acknowledged with what became of it, in the form that clients take", async () => {
		const events = [...numbered(3), eventOf({ id: "msg_0", output: 99 }), eventOf({ id: "bad", output: -1 })];
		const reply = await upload(alice, events);
		expect(reply).toEqual({
			ledger: expect.stringMatching(/^[0-9a-f-]{36}$/),
			stored: 3,
			raised: 0,
			duplicates: 1,
			expired: 0,
			rejected: [{ index: 4, code: "bad_counter" }],
			time: server.now,
		});
		expect(readReply(reply, events.length)).toEqual(reply);
		expect(await upload(alice, events)).toMatchObject({ stored: 0, raised: 0, duplicates: 4 });
		expect(await upload(alice, [eventOf({ id: "msg_0", output: 100 })])).toMatchObject({ raised: 1 });
	});

	test("may be packed or plain, and is the same", async () => {
		const packed = packEvents(LAPTOP, numbered(5)) ?? "";
		expect(await (await post(alice, packed, { "content-encoding": "gzip" })).json()).toMatchObject({
			stored: 5,
		});
		expect(await (await post(alice, packed, { "content-encoding": "GZIP" })).json()).toMatchObject({
			duplicates: 5,
		});
		expect(await upload(alice, numbered(5))).toMatchObject({ stored: 0, duplicates: 5 });
	});

	test("of none tells that the machine is there", async () => {
		expect(await upload(alice, [])).toMatchObject({ stored: 0, duplicates: 0, rejected: [] });
		expect(await server.db.all<object>("select uuid, label from machines")).toEqual([
			{ uuid: LAPTOP.uuid, label: LAPTOP.label },
		]);
	});

	test("keeps of its machine names of a bounded length, without control characters", async () => {
		const long = `\u0000${"x".repeat(50_000)}`;
		await upload(alice, [], { ...LAPTOP, label: long, os: long, client: long, zone: long });
		const name = "x".repeat(256);
		expect(await server.db.all<object>("select label, os, client, zone from machines")).toEqual([
			{ label: name, os: name, client: name, zone: name },
		]);
	});

	test.each([
		["no gzip", "not gzip", { "content-encoding": "gzip" }, 400],
		[
			"half of a gzip",
			packEvents(LAPTOP, numbered(9))?.slice(0, 100) ?? "",
			{ "content-encoding": "gzip" },
			400,
		],
		[
			"a gzip of a thousand times its size",
			Bun.gzipSync(new Uint8Array(2e7)),
			{ "content-encoding": "gzip" },
			413,
		],
		["one byte too many", "x".repeat(MOST_BYTES_SENT + 1), {}, 413],
		[
			"too many bytes when unpacked",
			Bun.gzipSync(" ".repeat(2 ** 22 + 1)),
			{ "content-encoding": "gzip" },
			413,
		],
		["text", "{}", { "content-type": "text/plain" }, 415],
		["another packing", "{}", { "content-encoding": "br" }, 415],
		["two packings", "{}", { "content-encoding": "gzip, gzip" }, 415],
		["no JSON", "{", {}, 400],
		["nothing", "", {}, 400],
		["another version", JSON.stringify({ ...uploadOf(LAPTOP, []), v: 2 }), {}, 422],
		["no machine", JSON.stringify({ v: 1, events: [] }), {}, 422],
		["a list", "[]", {}, 422],
		[
			"a machine with a name for an id",
			JSON.stringify(uploadOf({ uuid: "laptop", label: "l" }, [])),
			{},
			422,
		],
		["too many events", JSON.stringify({ ...uploadOf(LAPTOP, []), events: Array(2_501).fill(0) }), {}, 422],
	] as [string, BodyInit, Record<string, string>, number][])(
		"of %s is refused in words, and nothing is kept",
		async (_, body, headers, status) => {
			const response = await post(alice, body, headers);
			expect(response.status).toBe(status);
			expect(await response.json()).toMatchObject({ error: expect.any(String), code: expect.any(String) });
			expect(await server.db.all("select id from machines")).toEqual([]);
			expect(server.reported).toEqual([]);
		},
	);

	test.each<[string, Record<string, unknown>]>([
		["bad_event", { key: 7 }],
		["bad_key", { key: "short" }],
		["bad_id", { session: "../x" }],
		["bad_time", { at: -1 }],
		["bad_time", { at: 1e300 }],
		["bad_time", { at: "2026-03-02" }],
		["bad_time", { at: AT + 0.5 }],
		["bad_counter", { input: -1 }],
		["bad_counter", { output: 0.5 }],
		["bad_counter", { cacheRead: 1e300 }],
		["bad_counter", { cacheWrite5m: null }],
		["bad_counter", { costUsd: -0.01 }],
		["bad_event", { speed: "very fast" }],
	])("loses by %s only the event that is wrong: %j", async (code, wrong) => {
		const { events, ...rest } = uploadOf(LAPTOP, numbered(3));
		const reply = await send(alice, {
			...rest,
			events: events.map((e, i) => (i === 1 ? { ...e, ...wrong } : e)),
		});
		expect(await reply.json()).toMatchObject({ stored: 2, rejected: [{ index: 1, code }] });
	});
});

describe("usage", () => {
	test("is the key's owner's, whoever an upload says that it is of", async () => {
		await upload(bob, numbered(1));
		const claims = { user_id: bob.account.user, user: bob.account.id, role: "owner", account: "bob" };
		const { events, machine, ...rest } = uploadOf(LAPTOP, numbered(3));
		const claimed = { ...rest, ...claims, machine: { ...machine, ...claims, label: "mine" } };
		await send(alice, { ...claimed, events: events.map((event) => ({ ...event, ...claims, machine: "x" })) });
		expect(await kept()).toEqual([
			{ username: "alice", uuid: LAPTOP.uuid, label: "mine", events: 3 },
			{ username: "bob", uuid: LAPTOP.uuid, label: LAPTOP.label, events: 1 },
		]);
		const roles = await server.db.all<object>("select username, role from accounts where username = 'alice'");
		expect(roles).toEqual([{ username: "alice", role: "member" }]);
	});

	test("of the same key is each person's own, and no reply tells whether another has it", async () => {
		const hers = await upload(alice, numbered(3));
		const his = await upload(bob, numbered(3));
		expect(his).toEqual(hers);
		const larger = [eventOf({ id: "msg_0", output: 1_000 })];
		expect(await upload(alice, larger)).toMatchObject({ raised: 1 });
		expect(await upload(bob, numbered(1))).toMatchObject({ raised: 0, duplicates: 1 });
		expect(
			await server.db.all<object>("select sum(output) as output from events group by user order by user"),
		).toEqual([{ output: 1_040 }, { output: 60 }]);
	});

	test("comes in from several people at once, and each has all of it", async () => {
		const replies = await Promise.all(
			Array.from({ length: 20 }, (_, i) =>
				upload(i % 2 === 0 ? alice : bob, numbered(40).slice(Math.floor(i / 4) * 5, 40), {
					...LAPTOP,
					label: `host-${i}`,
				}),
			),
		);
		expect(replies.reduce((sum, { stored }) => sum + stored, 0)).toBe(80);
		expect(await kept()).toMatchObject([
			{ username: "alice", events: 40 },
			{ username: "bob", events: 40 },
		]);
	});

	test("is another one to open pages only when something changed", async () => {
		const revisions = () =>
			Promise.all([alice, bob].map(({ account }) => findRevision(server.db, account.user)));
		const [hers = 0, his = 0] = await revisions();
		await upload(alice, numbered(2));
		expect(await revisions()).toEqual([hers + 1, his]);
		await upload(alice, numbered(2));
		await upload(alice, [eventOf({ id: "bad", output: -1 })]);
		expect(await revisions()).toEqual([hers + 1, his]);
		await upload(alice, [eventOf({ id: "msg_1", output: 21 })]);
		expect(await revisions()).toEqual([hers + 2, his]);
	});
});

describe("the days of a person", () => {
	const zoneOf = async ({ account }: Person) => (await findUser(server.db, account.user))?.zone;

	test("are those of the first machine's zone, and of no later one's", async () => {
		await upload(alice, numbered(1), { ...LAPTOP, zone: "Asia/Tokyo" });
		expect(await zoneOf(alice)).toBe("Asia/Tokyo");
		await upload(alice, numbered(2), { ...LAPTOP, zone: "Pacific/Chatham" });
		expect([await zoneOf(alice), await zoneOf(bob)]).toEqual(["Asia/Tokyo", "UTC"]);
	});

	test("wait for a machine that knows its zone", async () => {
		await upload(alice, numbered(1), { ...LAPTOP, zone: "Mars/Olympus" });
		await upload(alice, numbered(1), { ...LAPTOP, zone: undefined });
		expect(await zoneOf(alice)).toBe("UTC");
		await upload(alice, numbered(1), { ...LAPTOP, zone: "Asia/Tokyo" });
		expect(await zoneOf(alice)).toBe("Asia/Tokyo");
	});
});
