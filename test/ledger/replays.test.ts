import { beforeEach, describe, expect, test } from "bun:test";
import type { UsageEvent } from "../../src/usage/event.ts";
import {
	AT,
	type Dump,
	dumpLedger,
	type EventOptions,
	eventOf,
	ingestAll,
	openTestLedger,
	type TestLedger,
} from "../support/ledger.ts";
import { countRollups, rollupsOf } from "../support/naive-rollups.ts";

let ledger: TestLedger;

beforeEach(async () => {
	ledger = await openTestLedger();
});

/** One message under a key of its own, in the main line or in a side chain. */
function main(request: string, part: EventOptions = {}): UsageEvent {
	return eventOf({ request, ...part });
}

function side(request: string, part: EventOptions = {}): UsageEvent {
	return eventOf({ request, sidechain: true, at: AT + 1, agent: "agent-1", ...part });
}

async function dumpOf(uploads: UsageEvent[][]): Promise<Dump> {
	const one = await openTestLedger();
	for (const upload of uploads) await ingestAll(one, upload);
	return dumpLedger(one.db);
}

/** Keys of the events that are marked, and a look at whether the rollups leave them out. */
async function replays(of = ledger): Promise<unknown[]> {
	const dump = await dumpLedger(of.db);
	expect(rollupsOf(dump)).toEqual(countRollups(dump.events, "UTC"));
	return dump.events.filter((row) => row.replay === 1).map((row) => row.key);
}

describe("a message of a session that stands in side chains alone under one key", () => {
	test("is a replay beside a key of the main line, whatever the order", async () => {
		const [a, b] = [main("req_1"), side("req_2")];
		await ingestAll(ledger, [a, b]);
		expect(await replays()).toEqual([b.key]);
		const settled = await dumpLedger(ledger.db);
		for (const uploads of [[[b, a]], [[a], [b]], [[b], [a]], [[b], [a], [b, a]]]) {
			expect(await dumpOf(uploads)).toEqual(settled);
		}
	});

	test("is kept, but in no sum", async () => {
		await ingestAll(ledger, [main("req_1"), side("req_2", { model: "unheard-of", output: 500 })]);
		const { events, person_days, blocks, usage_slots } = await dumpLedger(ledger.db);
		expect(events).toHaveLength(2);
		for (const table of [person_days, blocks, usage_slots]) {
			expect(table).toMatchObject([{ responses: 1, output: 20, unpriced: 0 }]);
		}
	});

	test("is a replay each time, beside any number of main keys", async () => {
		const sides = [side("req_3"), side("req_4")];
		await ingestAll(ledger, [main("req_1"), main("req_2"), ...sides]);
		expect(await replays()).toEqual(sides.map((event) => event.key).toSorted());
	});

	test.each<[string, UsageEvent[]]>([
		["no key is the main line's", [side("req_1"), side("req_2")]],
		["every key is the main line's", [main("req_1"), main("req_2")]],
		["the main line is another session's", [main("req_1", { session: "s2" }), side("req_2")]],
		["the main line is another message's", [main("req_1", { id: "msg_2" }), side("req_2")]],
		[
			"neither names a message",
			[main("req_1", { message: undefined }), side("req_2", { message: undefined })],
		],
		["it has a main line too", [main("req_1"), side("req_2"), main("req_2", { at: AT + 9 })]],
	])("is none where %s", async (_why, events) => {
		await ingestAll(ledger, events);
		expect(await replays()).toEqual([]);
	});

	test("is none where the main line is another person's", async () => {
		await ledger.db.run("insert into users (id, zone) values (2, 'UTC')");
		await ingestAll({ ...ledger, user: { ...ledger.user, id: 2 } }, [main("req_1")]);
		await ingestAll(ledger, [side("req_2")]);
		expect(await replays()).toEqual([]);
	});
});

describe("a replay", () => {
	const [a, b] = [main("req_1"), side("req_2")];

	beforeEach(() => ingestAll(ledger, [a, b]));

	test("that counts more later is still in no sum", async () => {
		expect(await ingestAll(ledger, [{ ...b, output: 500 }])).toMatchObject({ raised: 1 });
		expect(await replays()).toEqual([b.key]);
		const { events } = await dumpLedger(ledger.db);
		expect(events.filter((row) => row.key === b.key)).toMatchObject([{ output: 500, replay: 1 }]);
	});

	test("counts from the moment at which a main line of it is seen", async () => {
		await ingestAll(ledger, [{ ...b, sidechain: false, sidechainOnly: false, at: AT + 99, output: 30 }]);
		expect(await replays()).toEqual([]);
	});

	test("counts from the moment at which the main line turns out to be another session's", async () => {
		await ingestAll(ledger, [{ ...a, session: "s0", at: AT - 1 }]);
		expect(await replays()).toEqual([]);
	});

	test("counts from the moment at which it turns out to be another session's itself", async () => {
		await ingestAll(ledger, [{ ...b, session: "s0", at: AT - 1 }]);
		expect(await replays()).toEqual([]);
	});

	test("goes along to another session with the main line", async () => {
		const move = { session: "s0", at: AT - 1 };
		await ingestAll(ledger, [{ ...a, ...move }]);
		await ingestAll(ledger, [{ ...b, ...move }]);
		expect(await replays()).toEqual([b.key]);
	});

	test("changes places with another when sessions change", async () => {
		const [c, d] = [main("req_3", { session: "s2" }), side("req_4", { session: "s2" })];
		await ingestAll(ledger, [c, d]);
		expect(await replays()).toEqual([b.key, d.key].toSorted());
		await ingestAll(ledger, [
			{ ...a, session: "s2", at: AT - 1 },
			{ ...c, session: "s0", at: AT - 1 },
		]);
		expect(await replays()).toEqual([d.key]);
	});

	test("keeps its change number when the mark alone changes: it does not travel", async () => {
		const changes = () => ledger.db.all<object>("select key, change from events order by change");
		await ingestAll(ledger, [{ ...a, session: "s0", at: AT - 1 }]);
		expect(await changes()).toEqual([
			{ key: b.key, change: 2 },
			{ key: a.key, change: 3 },
		]);
	});
});

test("a counted response becomes a replay when a main line comes into its session", async () => {
	const [a, b] = [main("req_1", { session: "s2" }), side("req_2")];
	await ingestAll(ledger, [a, b]);
	expect(await replays()).toEqual([]);
	await ingestAll(ledger, [{ ...a, session: "s1", at: AT - 1 }]);
	expect(await replays()).toEqual([b.key]);
});
