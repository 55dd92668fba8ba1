import { beforeEach, describe, expect, test } from "bun:test";
import { findUser } from "../../src/ledger/users.ts";
import { eventKey, type UsageEvent } from "../../src/usage/event.ts";
import { AT, DAY, DESKTOP, eventOf, ingestAll, LAPTOP } from "../support/ledger.ts";
import { replyOf } from "../support/replies.ts";
import { type Person, TestServer } from "../support/server.ts";

let server: TestServer;
let alice: Person;
let bob: Person;

beforeEach(async () => {
	server = await TestServer.start();
	({ alice, bob } = await server.joinAll());
});

async function give({ account }: Person, events: readonly UsageEvent[], machine = LAPTOP): Promise<void> {
	const user = await findUser(server.db, account.user);
	if (!user) throw new Error("the account has no user");
	await ingestAll({ db: server.db, user }, events, { machine });
}

type Digest = {
	horizon: number;
	whole: boolean;
	days: { day: string; responses: number; hash: string; output: number }[];
	next: string | null;
};

async function digest(person: Person, query = ""): Promise<Digest> {
	return replyOf<Digest>(server, ["GET", "/api/usage/digest"], await person.ask(`/api/usage/digest${query}`));
}

const days = (reply: Digest) => reply.days.map(({ day, responses }) => [day, responses]);

describe("the digest", () => {
	test("has each UTC day's responses and sums, those of the days that are asked for", async () => {
		await give(alice, [
			eventOf({ id: "a" }),
			eventOf({ id: "b", output: 1_000 }),
			eventOf({ id: "c", at: AT + DAY }),
			eventOf({ id: "d", at: AT + 3 * DAY }),
		]);
		const all = await digest(alice);
		expect(all).toMatchObject({ horizon: 0, whole: true, next: null });
		expect(days(all)).toEqual([
			["2026-03-02", 2],
			["2026-03-03", 1],
			["2026-03-05", 1],
		]);
		expect(all.days[0]).toEqual({
			day: "2026-03-02",
			responses: 2,
			input: 20,
			output: 1_020,
			cacheWrite5m: 60,
			cacheWrite1h: 80,
			cacheRead: 0,
			webSearches: 0,
			hash: expect.stringMatching(/^[\w-]{16}$/),
		} as never);
		expect(days(await digest(alice, "?since=2026-03-03&until=2026-03-04"))).toEqual([["2026-03-03", 1]]);
	});

	test("is the same for the same responses in any order and from any machine, and another for others", async () => {
		const events = [eventOf({ id: "a" }), eventOf({ id: "b", model: "dear" })];
		await give(alice, events);
		await give(bob, events.toReversed(), DESKTOP);
		const [hers] = (await digest(alice)).days;
		expect((await digest(bob)).days).toEqual([hers as never]);
		await give(bob, [eventOf({ id: "a", output: 21 })], DESKTOP);
		expect((await digest(bob)).days[0]?.hash).not.toBe(hers?.hash);
	});

	test("is about some machines alone where they are named, and says whether there are others", async () => {
		await give(alice, [eventOf({ id: "a" })]);
		expect(await digest(alice, `?machine=${LAPTOP.uuid}`)).toMatchObject({ whole: true });
		await give(alice, [eventOf({ id: "b" }), eventOf({ id: "c" })], DESKTOP);
		expect(await digest(alice, `?machine=${LAPTOP.uuid}`)).toMatchObject({
			whole: false,
			days: [{ responses: 1 }],
		});
		expect(await digest(alice, `?machine=${LAPTOP.uuid},${DESKTOP.uuid}`)).toMatchObject({
			whole: true,
			days: [{ responses: 3 }],
		});
		expect(await digest(bob, `?machine=${LAPTOP.uuid}`)).toMatchObject({ whole: true, days: [] });
	});

	test("leaves out replays, and what is older than the person's horizon", async () => {
		await give(alice, [
			eventOf({ id: "a" }),
			eventOf({ id: "a", request: "again", sidechain: true }),
			eventOf({ id: "b", at: AT - DAY }),
		]);
		await server.db.run("update users set horizon = ? where id = ?", [AT, alice.account.user]);
		const reply = await digest(alice);
		expect(reply.horizon).toBe(AT);
		expect(days(reply)).toEqual([["2026-03-02", 1]]);
	});

	test.each(["since=yesterday", "until=2026-02-30", "machine=laptop", `machine=${LAPTOP.uuid},`])(
		"is not made of %s",
		async (query) => {
			expect((await alice.ask(`/api/usage/digest?${query}`)).status).toBe(422);
		},
	);
});

describe("responses by their keys", () => {
	const keyOf = (id: string) =>
		eventKey({ messageId: id, requestId: "req_1", session: "", path: "", offset: 0 });
	const responses = async (person: Person, ids: readonly string[]) => {
		const keys = ids.map(keyOf).join(",");
		const answer = await person.ask(`/api/usage/digest/responses?keys=${keys}`);
		const reply = await replyOf<{ responses: object[] }>(
			server,
			["GET", "/api/usage/digest/responses"],
			answer,
		);
		return reply.responses;
	};

	test("are told as far as they are known, without names", async () => {
		const part = { model: "dear", input: 1, output: 2, cacheWrite5m: 3, cacheWrite1h: 4, cacheRead: 5 };
		await give(alice, [
			eventOf({ id: "a", extra: [part], speed: "fast", reportedNanoUsd: 7, webSearches: 2 }),
			eventOf({ id: "b" }),
		]);
		expect(await responses(alice, ["a", "c", "a"])).toEqual([
			{
				key: keyOf("a"),
				at: AT,
				countedAt: AT,
				replay: false,
				model: "cheap",
				input: 10,
				output: 20,
				cacheWrite5m: 30,
				cacheWrite1h: 40,
				cacheRead: 0,
				webSearches: 2,
				speed: "fast",
				reportedNanoUsd: 7,
				extra: [part],
			},
		]);
		expect(await responses(bob, ["a", "b"])).toEqual([]);
	});

	test.each([
		["no key", ""],
		["what is no key", "short"],
		["too many keys", new Array(301).fill(keyOf("a")).join(",")],
	])("are not told for %s", async (_, keys) => {
		expect((await alice.ask(`/api/usage/digest/responses?keys=${keys}`)).status).toBe(422);
	});
});

test("a key that only sends may ask too", async () => {
	await give(alice, [eventOf()]);
	const headers = { "x-api-key": alice.keys.ingest };
	expect((await server.ask("/api/usage/digest", { headers })).status).toBe(200);
});
