import { beforeEach, expect, test } from "bun:test";
import type { Reader, Value } from "../../src/ledger/database.ts";
import { summarizeUnsent } from "../../src/ledger/push-targets.ts";
import { countUnsent, findMachine, listUnsent } from "../../src/ledger/unsent.ts";
import {
	addUser,
	DESKTOP,
	eventOf,
	ingestAll,
	LAPTOP,
	NOW,
	openTestLedger,
	type TestLedger,
} from "../support/ledger.ts";

let ledger: TestLedger;

beforeEach(async () => {
	ledger = await openTestLedger();
	await ingestAll(
		ledger,
		Array.from({ length: 6 }, (_, n) => eventOf({ id: `msg_${n}`, input: n })),
	);
	await ingestAll({ ...ledger, user: await addUser(ledger.db, { id: 2 }) }, [eventOf()]);
});

async function inputs(above: number, limit: number): Promise<number[]> {
	return (await listUnsent(ledger.db, 1, above, limit)).map(({ event }) => event.input);
}

test("events come in order of their change numbers, above one, so many, and of one user", async () => {
	await ingestAll(ledger, [eventOf({ id: "msg_1", input: 1, output: 500 })]);
	expect(await inputs(0, 100)).toEqual([0, 2, 3, 4, 5, 1]);
	expect(await inputs(1, 3)).toEqual([2, 3, 4]);
	expect(await inputs(7, 100)).toEqual([1]);
	expect(await inputs(8, 100)).toEqual([]);
	expect(await countUnsent(ledger.db, 1, 3)).toBe(4);
	expect(await countUnsent(ledger.db, 1, 8)).toBe(0);
});

test("a machine comes as it was seen last", async () => {
	expect(await findMachine(ledger.db, 1, LAPTOP.uuid)).toEqual(LAPTOP);
	expect(await findMachine(ledger.db, 1, DESKTOP.uuid)).toBeUndefined();
	const { uuid, label } = DESKTOP;
	await ingestAll(ledger, [eventOf({ id: "msg_9" })], { machine: { uuid, label } });
	expect(await findMachine(ledger.db, 1, uuid)).toEqual({ uuid, label });
});

test("what was sent is not looked at, however much it is", async () => {
	const questions = new Map<string, readonly Value[]>();
	const watched: Reader = {
		all: (sql, parameters = []) => {
			questions.set(sql, parameters);
			return ledger.db.all(sql, parameters);
		},
		get: (sql, parameters = []) => {
			questions.set(sql, parameters);
			return ledger.db.get(sql, parameters);
		},
	};
	await listUnsent(watched, 1, 3, 2);
	await countUnsent(watched, 1, 3);
	await summarizeUnsent(watched, 1, NOW);
	const searches: string[] = [];
	for (const [sql, parameters] of questions) {
		const plan = await ledger.db.all<{ detail: string }>(`explain query plan ${sql}`, parameters);
		searches.push(...plan.map(({ detail }) => detail).filter((detail) => /^\w+ (?:e|events)\b/.test(detail)));
	}
	expect(
		searches.filter((detail) => /^SEARCH .* USING INTEGER PRIMARY KEY \(rowid>\?\)$/.test(detail)),
	).toHaveLength(3);
	expect(searches.filter((detail) => !detail.includes("rowid>?"))).toEqual(["SCAN e"]);
});
