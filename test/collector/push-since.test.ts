import { beforeEach, expect, test } from "bun:test";
import { summarizeUnsent } from "../../src/ledger/push-targets.ts";
import { LOCAL_USER } from "../../src/ledger/users.ts";
import type { UsageEvent } from "../../src/usage/event.ts";
import { DAY, eventOf, ingestAll, openTestLedger, type TestLedger } from "../support/ledger.ts";
import { pushTo } from "../support/pushing.ts";
import { NOW } from "../support/scan.ts";
import { type UsageServer, withServer } from "../support/usage-server.ts";

const FIRST = NOW - 10 * DAY;

let ledger: TestLedger;

beforeEach(async () => {
	ledger = await openTestLedger();
});

/** A response of each day, the first ten days ago, told apart by how many tokens went in. */
function days(count: number, from = 0): UsageEvent[] {
	return Array.from({ length: count }, (_, n) => {
		const day = from + n;
		return eventOf({ id: `msg_${day}`, input: 100 + day, at: FIRST + day * DAY });
	});
}

/** The days that a server has. */
async function daysAt(server: UsageServer): Promise<number[]> {
	const rows = await server.db.all<{ input: number }>("select input from events order by input");
	return rows.map(({ input }) => input - 100);
}

test("what is older than the moment that is given stays here, and nothing waits for it", async () => {
	await withServer(async (server) => {
		await ingestAll(ledger, days(6));
		const since = FIRST + 3 * DAY;
		expect(await pushTo(ledger.db, server.address, { since })).toMatchObject({ sent: 3, unsent: 0 });
		expect(await daysAt(server)).toEqual([3, 4, 5]);
		const waiting = async (moment?: number) =>
			(await summarizeUnsent(ledger.db, LOCAL_USER, NOW, { since: moment })).events;
		expect(await waiting(since)).toBe(0);
		expect(await waiting(since + DAY)).toBe(0);
		expect(await waiting(FIRST + 2 * DAY)).toBe(4);
		expect(await waiting()).toBe(6);
		const asked = server.asked.length;
		expect(await pushTo(ledger.db, server.address, { since })).toMatchObject({ sent: 0, known: 0 });
		expect(server.asked).toHaveLength(asked);
	});
});

test("older usage that is found later stays here, too, and newer is sent alone", async () => {
	await withServer(async (server) => {
		const since = FIRST + 3 * DAY;
		await ingestAll(ledger, days(2, 3));
		await pushTo(ledger.db, server.address, { since });
		await ingestAll(ledger, [...days(2), ...days(1, 5)]);
		expect(await pushTo(ledger.db, server.address, { since })).toMatchObject({
			sent: 1,
			known: 0,
			unsent: 0,
		});
		expect(await daysAt(server)).toEqual([3, 4, 5]);
	});
});

test("an earlier moment sends what was held back, whatever the key, and a later one nothing twice", async () => {
	await withServer(async (server) => {
		await ingestAll(ledger, days(6));
		await pushTo(ledger.db, server.address, { since: FIRST + 4 * DAY });
		await pushTo(ledger.db, server.address, { since: FIRST + 2 * DAY, key: "new-key-of-ada" });
		expect(await daysAt(server)).toEqual([2, 3, 4, 5]);
		const uploads = server.received.length;
		await pushTo(ledger.db, server.address, { since: FIRST + 5 * DAY, key: "new-key-of-ada" });
		expect(server.received).toHaveLength(uploads);
		expect(await pushTo(ledger.db, server.address)).toMatchObject({ sent: 2, unsent: 0 });
		expect(await daysAt(server)).toEqual([0, 1, 2, 3, 4, 5]);
	});
});

test("holding back stands above sending everything once more, and above a server that lost its ledger", async () => {
	await withServer(async (server) => {
		await ingestAll(ledger, days(4));
		const since = FIRST + 2 * DAY;
		await pushTo(ledger.db, server.address, { since });
		expect(await pushTo(ledger.db, server.address, { since, resend: true })).toMatchObject({ known: 2 });
		await server.restore();
		await ingestAll(ledger, days(1, 4));
		await pushTo(ledger.db, server.address, { since });
		expect(await daysAt(server)).toEqual([2, 3, 4]);
	});
});
