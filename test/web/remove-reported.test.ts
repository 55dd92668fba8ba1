import { beforeEach, describe, expect, test } from "bun:test";
import { type Person, TestServer } from "../support/server.ts";

const DAY = "2026-03-02";
const SESSION = "-home-ada-app";
const BLOCK = `${DAY}T08:00:00.000Z`;

let server: TestServer;
let alice: Person;
let bob: Person;

beforeEach(async () => {
	server = await TestServer.start();
	({ alice, bob } = await server.joinAll());
});

/** Sends a total of each kind, of ten tokens. */
async function send(person: Person): Promise<void> {
	const counted = {
		machine_id: "laptop",
		input_tokens: 10,
		output_tokens: 0,
		total_tokens: 10,
		total_cost: 0.01,
	};
	const times = { start_time: BLOCK, end_time: `${DAY}T13:00:00.000Z` };
	for (const [kind, record] of [
		["daily", { date: DAY }],
		["sessions", { session_id: SESSION, ...times }],
		["blocks", { block_id: BLOCK, ...times }],
	] as const) {
		const answer = await person.send("POST", `/api/usage/${kind}/batch`, {
			records: [{ ...counted, ...record }],
		});
		expect(await answer.json()).toMatchObject({ processed: 1 });
	}
}

describe("totals that are taken out again", () => {
	const told = (tokens: number, name: string) => ({
		machine_id: "laptop",
		name,
		total_tokens: tokens,
		total_cost: tokens / 1_000,
	});
	const remove = (person: Person, kind: string, ...records: object[]) =>
		person.send("POST", "/api/usage/reported/remove", { kind, records });

	const jsonOf = async (reply: Promise<Response>) => (await reply).json();

	test("go if they say what they said, and are noted", async () => {
		await send(alice);
		await send(bob);
		const others = [{ ...told(9, DAY), machines: [crypto.randomUUID()] }, told(10, "2026-03-03")];
		expect(await jsonOf(remove(alice, "daily", ...others))).toMatchObject({ removed: 0 });
		// Only what comes is noted under a name.
		expect(await server.db.all("select label from reported_senders")).toEqual([]);
		for (const [kind, name] of [
			["daily", DAY],
			["session", SESSION],
			["blocks", BLOCK],
		] as const) {
			expect(await jsonOf(remove(alice, kind, told(10, name)))).toMatchObject({ removed: 1 });
			expect(await jsonOf(remove(alice, kind, told(10, name)))).toMatchObject({ removed: 0 });
		}
		for (const table of ["reported_days", "reported_sessions", "reported_blocks"]) {
			expect(await server.db.all(`select distinct user from ${table}`)).toEqual([{ user: bob.account.user }]);
		}
		expect(
			await server.db.all(
				"select action, detail from audit_log where action = 'reported.removed' order by id",
			),
		).toHaveLength(3);
	});

	test("do not go by keys that only send, and not by what is no total", async () => {
		await send(alice);
		const body = JSON.stringify({ kind: "daily", records: [told(10, DAY)] });
		for (const key of [alice.keys.ingest, alice.keys.read]) {
			const headers = { "x-api-key": key, "content-type": "application/json" };
			const init = { method: "POST", headers, body };
			expect((await server.ask("/api/usage/reported/remove", init)).status).toBe(403);
		}
		expect((await remove(alice, "weekly", told(10, DAY))).status).toBe(422);
		expect((await remove(alice, "daily", { machine_id: "laptop" })).status).toBe(422);
		expect(await jsonOf(remove(alice, "daily", told(10, "some day")))).toMatchObject({ removed: 0 });
	});
});
