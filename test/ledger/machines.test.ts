import { beforeEach, describe, expect, test } from "bun:test";
import {
	AT,
	DAY,
	DESKTOP,
	dumpLedger,
	eventOf,
	HOUR,
	ingestAll,
	LAPTOP,
	machineNamed,
	openTestLedger,
	type Row,
	type TestLedger,
} from "../support/ledger.ts";
import { countRollups, rollupsOf } from "../support/naive-rollups.ts";

let ledger: TestLedger;

beforeEach(async () => {
	ledger = await openTestLedger();
});

/** The events, after a look at whether the rollups fit them. */
async function events(): Promise<Row[]> {
	const dump = await dumpLedger(ledger.db);
	expect(rollupsOf(dump)).toEqual(countRollups(dump.events, "UTC"));
	return dump.events;
}

function changeNumbers(): Promise<{ change: number }[]> {
	return ledger.db.all("select change from events order by change");
}

const OTHER_PLACE = { project: "/srv/other", branch: "dev", agent: "agent-1", version: "2.0.0" };

describe("two machines with the same responses", () => {
	const copies = [eventOf(), eventOf({ id: "msg_2", at: AT + HOUR })];

	test("have them counted once, for the one that came first", async () => {
		expect(await ingestAll(ledger, copies, { machine: LAPTOP })).toMatchObject({ stored: 2 });
		expect(await ingestAll(ledger, copies, { machine: DESKTOP })).toMatchObject({ stored: 0, duplicates: 2 });
		expect(await events()).toMatchObject([{ machine: "laptop" }, { machine: "laptop" }]);
	});

	test("come to the union where each has some of its own", async () => {
		await ingestAll(ledger, [...copies, eventOf({ id: "msg_3" })], { machine: LAPTOP });
		await ingestAll(ledger, [...copies, eventOf({ id: "msg_4" })], { machine: DESKTOP });
		const machines = (await events()).map((row) => row.machine);
		expect(machines.toSorted()).toEqual(["desktop", "laptop", "laptop", "laptop"]);
	});

	test("come to the same in either order but for the machine", async () => {
		const dumps = [];
		for (const [first, second] of [
			[LAPTOP, DESKTOP],
			[DESKTOP, LAPTOP],
		]) {
			const one = await openTestLedger();
			if (first) await ingestAll(one, copies, { machine: first });
			if (second) await ingestAll(one, copies, { machine: second });
			dumps.push(await dumpLedger(one.db));
		}
		const [a, b] = dumps.map((dump) => JSON.stringify(dump.events).replaceAll("desktop", "laptop"));
		expect(a).toBe(b as string);
	});

	test("both have the days", async () => {
		await ingestAll(ledger, copies, { machine: LAPTOP });
		await ingestAll(ledger, copies, { machine: DESKTOP });
		const day = Math.floor(AT / DAY);
		expect((await dumpLedger(ledger.db)).machine_days).toEqual([
			{ user: 1, machine: "desktop", day },
			{ user: 1, machine: "laptop", day },
		]);
	});
});

describe("another machine's line", () => {
	beforeEach(() => ingestAll(ledger, [eventOf()], { machine: LAPTOP }));

	test("of equal rank changes nothing, wherever it puts the response", async () => {
		const before = await events();
		const result = await ingestAll(ledger, [eventOf(OTHER_PLACE)], { machine: DESKTOP });
		expect(result).toMatchObject({ raised: 0, duplicates: 1 });
		expect(await events()).toEqual(before);
		expect(await changeNumbers()).toEqual([{ change: 1 }]);
	});

	test("that counted more raises the counters and leaves the rest", async () => {
		await ingestAll(ledger, [eventOf({ ...OTHER_PLACE, output: 500 })], { machine: DESKTOP });
		expect(await events()).toMatchObject([
			{ output: 500, machine: "laptop", project: "/home/ada/app", agent: null },
		]);
	});

	test("of an earlier time takes the response over, with all of its place", async () => {
		await ingestAll(ledger, [eventOf({ ...OTHER_PLACE, at: AT - 1, output: 1 })], { machine: DESKTOP });
		expect(await events()).toMatchObject([{ ...OTHER_PLACE, at: AT - 1, output: 20, machine: "desktop" }]);
	});

	test("of a later time changes nothing", async () => {
		await ingestAll(ledger, [eventOf({ ...OTHER_PLACE, at: AT + 1, countedAt: AT })], { machine: DESKTOP });
		expect(await events()).toMatchObject([{ at: AT, machine: "laptop", project: "/home/ada/app" }]);
	});
});

describe("the same machine's line of equal rank", () => {
	beforeEach(() => ingestAll(ledger, [eventOf()], { machine: LAPTOP }));

	test.each<[string, { project?: string; branch?: string | undefined }]>([
		["project", { project: "/srv/other" }],
		["branch", { branch: "dev" }],
		["absence of a branch", { branch: undefined }],
	])("corrects the %s, which gets a new change number", async (_what, correction) => {
		const result = await ingestAll(ledger, [eventOf(correction)], { machine: LAPTOP });
		expect(result).toMatchObject({ raised: 1, duplicates: 0 });
		const { project = "/home/ada/app", branch = "branch" in correction ? "" : "main" } = correction;
		expect(await events()).toMatchObject([{ project, branch }]);
		expect(await changeNumbers()).toEqual([{ change: 2 }]);
	});

	test("corrects it back again", async () => {
		await ingestAll(ledger, [eventOf({ project: "/srv/other" })], { machine: LAPTOP });
		await ingestAll(ledger, [eventOf()], { machine: LAPTOP });
		expect(await events()).toMatchObject([{ project: "/home/ada/app" }]);
	});

	test("corrects nothing once the response is another machine's", async () => {
		await ingestAll(ledger, [eventOf({ at: AT - 1 })], { machine: DESKTOP });
		await ingestAll(ledger, [eventOf({ at: AT - 1, project: "/srv/other" })], { machine: LAPTOP });
		expect(await events()).toMatchObject([{ project: "/home/ada/app", machine: "desktop" }]);
	});
});

describe("a machine", () => {
	test("is the same under another label, which is the one that is shown", async () => {
		await ingestAll(ledger, [eventOf()], { machine: LAPTOP });
		const renamed = { ...LAPTOP, label: "old laptop", os: "darwin", client: "1.1.0", zone: "Asia/Tokyo" };
		await ingestAll(ledger, [eventOf({ id: "msg_2" })], { machine: renamed });
		expect((await dumpLedger(ledger.db)).machines).toEqual([
			{ user: 1, ...renamed, alias: null, merged_into: null, archived_at: null },
		]);
		expect(await events()).toMatchObject([{ machine: "old laptop" }, { machine: "old laptop" }]);
	});

	test("is another one than one of the same label", async () => {
		await ingestAll(ledger, [eventOf()], { machine: LAPTOP });
		await ingestAll(ledger, [eventOf({ project: "/srv/other" })], { machine: machineNamed("laptop", 9) });
		expect(await events()).toMatchObject([{ project: "/home/ada/app" }]);
		expect((await dumpLedger(ledger.db)).machines).toHaveLength(2);
	});

	test("is known by its number where its label says nothing", async () => {
		await ingestAll(ledger, [eventOf()], { machine: { ...LAPTOP, label: "\n" } });
		expect((await dumpLedger(ledger.db)).machines).toMatchObject([{ label: LAPTOP.uuid }]);
	});
});
