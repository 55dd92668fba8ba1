import { beforeEach, expect, test } from "bun:test";
import { uploadOf } from "../../src/collector/pack.ts";
import type { UsageEvent } from "../../src/usage/event.ts";
import { readReply, type UploadReply } from "../../src/usage/upload.ts";
import { eventOf, LAPTOP } from "../support/ledger.ts";
import { replyOf } from "../support/replies.ts";
import { type Person, TestServer } from "../support/server.ts";

const PATH = "/api/usage/events";

let server: TestServer;
let alice: Person;
let bob: Person;

async function upload(person: Person, events: readonly UsageEvent[], machine = LAPTOP): Promise<UploadReply> {
	const response = await person.send("POST", PATH, uploadOf(machine, events));
	return replyOf<UploadReply>(server, ["POST", PATH], response);
}

const LIMITED = { machines: 2, sessions: 3, projects: 2, models: 2 };

beforeEach(async () => {
	server = await TestServer.start({ quotas: LIMITED });
	({ alice, bob } = await server.joinAll());
});

const inSession = (id: number, part: Partial<UsageEvent> = {}) =>
	eventOf({ id: `msg_${id}`, session: `s${id}`, ...part });

test("only the events that bring too many names are refused", async () => {
	const events = [0, 1, 2, 3, 4].map((id) => inSession(id));
	expect(await upload(alice, [...events, inSession(9, { session: "s1" })])).toMatchObject({
		stored: 4,
		rejected: [
			{ index: 3, code: "too_many_names" },
			{ index: 4, code: "too_many_names" },
		],
	});
	expect(await upload(alice, [inSession(5), inSession(6, { session: "s2" })])).toMatchObject({
		stored: 1,
		rejected: [{ index: 0, code: "too_many_names" }],
	});
	expect(await upload(bob, [inSession(5)])).toMatchObject({ stored: 1, rejected: [] });
});

test("a refused event takes no room from others", async () => {
	const extra = { input: 1, output: 1, cacheWrite5m: 0, cacheWrite1h: 0, cacheRead: 0 };
	const reply = await upload(alice, [
		inSession(0, {
			model: "a",
			extra: [
				{ ...extra, model: "b" },
				{ ...extra, model: "c" },
			],
		}),
		inSession(1, { model: "a", extra: [{ ...extra, model: "b" }], project: "p1" }),
		inSession(1, { key: "0123456789abcdef", project: "p\u00012" }),
		inSession(1, { key: "0123456789abcdeg", project: "p2", model: "b" }),
		inSession(1, { key: "0123456789abcdeh", project: "p3", model: "b" }),
	]);
	// The third's model is a third one; the last one's project is.
	expect(reply).toMatchObject({
		stored: 2,
		rejected: [
			{ index: 0, code: "too_many_names" },
			{ index: 2, code: "too_many_names" },
			{ index: 4, code: "too_many_names" },
		],
	});
	expect(await server.db.all<object>("select name from projects order by name")).toEqual([
		{ name: "p1" },
		{ name: "p2" },
	]);
});

test("places are those of the upload, also beside events that are wrong", async () => {
	const bad = (id: number) => inSession(id, { output: -1 });
	const reply = await upload(alice, [bad(0), inSession(1), bad(2), inSession(3), inSession(4), inSession(5)]);
	const byPlace = reply.rejected.toSorted((a, b) => a.index - b.index);
	expect(byPlace).toEqual([
		{ index: 0, code: "bad_counter" },
		{ index: 2, code: "bad_counter" },
		{ index: 5, code: "too_many_names" },
	]);
	expect(readReply(reply, 6)).toEqual(reply);
});

test("a machine too many is refused with all that it sends, and is not kept", async () => {
	const machine = (i: number) => ({ ...LAPTOP, uuid: LAPTOP.uuid.replace(/1$/, String(i)) });
	for (const i of [1, 2, 1]) await upload(alice, [inSession(0)], machine(i));
	expect(await upload(alice, [inSession(1)], machine(3))).toMatchObject({
		stored: 0,
		rejected: [{ index: 0, code: "too_many_names" }],
	});
	expect(await server.db.all("select id from machines")).toHaveLength(2);
	expect(await upload(bob, [inSession(1)], machine(3))).toMatchObject({ stored: 1 });
});
