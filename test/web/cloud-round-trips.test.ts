import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { packEvents } from "../../src/collector/pack.ts";
import { openCloudLedger } from "../../src/ledger/cloud-ledger.ts";
import type { UsageEvent } from "../../src/usage/event.ts";
import { DAY, DESKTOP, eventOf, HOUR, LAPTOP, MINUTE, NOW } from "../support/ledger.ts";
import { Random } from "../support/random.ts";
import { type Person, TestServer } from "../support/server.ts";
import { CloudServer } from "../support/sqlite-cloud/server.ts";

/** Far away a request is the cost, whatever it holds: so many an upload makes at most, and a page. */
const MOST = { upload: 5, page: 4 };

let cloud: CloudServer;
let server: TestServer;
let alice: Person;

beforeEach(async () => {
	cloud = await CloudServer.start();
	const options = {
		maxConnections: 4,
		idleMs: 60_000,
		retry: { attempts: 0, delayMs: 0 },
		note: () => undefined,
	};
	server = await TestServer.start({ db: await openCloudLedger(cloud.url(), options, 0) });
	alice = await server.join("alice");
	// The columns of each question are learned when it is asked for the first time.
	await upload(eventsOf(1, 300));
	await upload(eventsOf(1, 300));
	await alice.visit("/");
	await alice.visit("/");
});

afterEach(async () => {
	await server.server.close();
	await server.db.close();
	await cloud.stop();
	expect(cloud.violations).toEqual([]);
});

/** Responses of the last weeks, as a person has them: sessions with side chains, several models, days that overlap. */
function eventsOf(seed: number, count: number): UsageEvent[] {
	const random = new Random(seed);
	const events: UsageEvent[] = [];
	for (let session = 0; events.length < count; session++) {
		let at = NOW - random.integer(0, 30) * DAY - random.integer(1, 12) * HOUR;
		const place = {
			session: `s-${seed}-${session}`,
			project: `/srv/app-${random.integer(1, 8)}`,
			branch: "main",
		};
		for (let i = 0; i < 30 && events.length < count; i++) {
			at += random.integer(1_000, 2 * MINUTE);
			const model = random.pick(["cheap", "cheap", "dear", "unheard-of"]);
			const id = `m-${seed}-${events.length}`;
			events.push(
				eventOf({ id, request: `r-${id}`, at, countedAt: at, model, sidechain: i % 7 === 6, ...place }),
			);
		}
	}
	return events;
}

async function upload(events: readonly UsageEvent[], machine = LAPTOP): Promise<unknown> {
	const response = await alice.ask("/api/usage/events", {
		method: "POST",
		headers: {
			"x-api-key": alice.keys.ingest,
			"content-type": "application/json",
			"content-encoding": "gzip",
		},
		body: packEvents(machine, events) ?? null,
	});
	expect(response.status).toBe(200);
	return response.json();
}

/** How many requests it takes; noting that a key or a session is used, once a minute and beside the answer, apart. */
async function countTrips(what: () => Promise<unknown>): Promise<number> {
	await Bun.sleep(20);
	cloud.resetCounts();
	await what();
	const noting = cloud.commands.filter((sql) => /update (?:api_keys|web_sessions) set/.test(sql)).length;
	expect(noting).toBe(0);
	return cloud.roundTrips;
}

describe("an upload of 2,500 responses takes at most five requests, the look-up of its key among them,", () => {
	test.each<[string, () => Promise<unknown>]>([
		["where all are new, of new sessions", () => upload(eventsOf(2, 2_500))],
		["where all are known", () => upload([...eventsOf(1, 300), ...eventsOf(1, 300)])],
		["where all count more", () => upload(eventsOf(1, 300).map((event) => ({ ...event, output: 500 })))],
		["where they come from a machine that is new", () => upload(eventsOf(3, 2_500), DESKTOP)],
		["where some are replays", () => upload(withReplays(eventsOf(4, 2_000)))],
		["where there is nothing", () => upload([])],
	])("%s", async (_what, send) => {
		const trips = await countTrips(send);
		expect(trips).toBeGreaterThan(0);
		expect(trips).toBeLessThanOrEqual(MOST.upload);
	});

	function withReplays(events: readonly UsageEvent[]): UsageEvent[] {
		const repeated = events.slice(0, 500).map((event, i) => ({
			...eventOf({ id: `m-4-${i}`, request: `again-${i}`, at: event.at + 1, sidechain: true }),
			session: event.session,
		}));
		return [...events, ...repeated];
	}
});

describe("the overview takes at most four requests, the look-up of the session among them,", () => {
	test.each([
		"/",
		"/?range=today",
		"/?range=7d",
		"/?range=12m",
		"/?range=all",
		"/?project=%2Fsrv%2Fapp-1",
		"/?model=dear&by=machine",
		"/?compare=year",
		"/api/views/overview/models",
	])("at %s", async (address) => {
		expect((await alice.visit(address)).status).toBe(200);
		await (await alice.visit(address)).text();
		const trips = await countTrips(async () => (await alice.visit(address)).text());
		expect(trips).toBeGreaterThan(0);
		expect(trips).toBeLessThanOrEqual(MOST.page);
	});
});
