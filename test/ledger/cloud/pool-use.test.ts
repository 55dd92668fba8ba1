import { describe, expect, test } from "bun:test";
import { lostError } from "../../../src/ledger/cloud/cloud-error.ts";
import { Connection } from "../../../src/ledger/cloud/connection.ts";
import { parseCloudUrl } from "../../../src/ledger/cloud/connection-string.ts";
import { Pool } from "../../../src/ledger/cloud/pool.ts";
import { retrying } from "../../../src/ledger/cloud/retry.ts";
import { Held } from "../../support/held-connections.ts";
import { Random } from "../../support/random.ts";
import { CloudServer } from "../../support/sqlite-cloud/server.ts";
import { until } from "../../support/until.ts";

test("whatever happens, no connection has two takers, none is lost, and all who wait are served", async () => {
	const seeded = new Random(7);
	const random = () => seeded.next();
	const most = 4;
	const taken = new Set<Held>();
	let made = 0;
	let alive = 0;
	let isTwiceTaken = false;
	let mostAlive = 0;
	const pool = new Pool<Held>({
		open: async () => {
			alive++;
			mostAlive = Math.max(mostAlive, alive);
			await Bun.sleep(random() * 2);
			if (random() < 0.2) {
				alive--;
				throw lostError(undefined);
			}
			const held = new Held(made++);
			const close = held.close.bind(held);
			held.close = () => {
				if (held.closings === 0) alive--;
				close();
			};
			return held;
		},
		most,
		idleMs: 1,
		acquireMs: 60_000,
	});
	let served = 0;
	const work = async () => {
		for (let i = 0; i < 100; i++) {
			const held = await pool.acquire().catch((error: unknown) => error);
			served++;
			if (!(held instanceof Held)) continue;
			isTwiceTaken ||= taken.has(held);
			taken.add(held);
			await Bun.sleep(random() < 0.3 ? random() * 3 : 0);
			taken.delete(held);
			if (random() < 0.1) held.isOpen = false;
			if (random() < 0.1) pool.discard(held);
			else pool.release(held);
		}
	};
	await Promise.all(Array.from({ length: 10 }, work));
	expect({ served, isTwiceTaken }).toEqual({ served: 1_000, isTwiceTaken: false });
	expect(mostAlive).toBeLessThanOrEqual(most);
	await pool.close();
	expect({ alive, figures: pool.figures }).toMatchObject({
		alive: 0,
		figures: { open: 0, opening: 0, waiting: 0 },
	});
});

describe("over a server", () => {
	test("it comes back after everything was dropped, and keeps to its bound", async () => {
		await using cloud = await CloudServer.start();
		const address = parseCloudUrl(cloud.url());
		const pool = new Pool({
			open: (signal) =>
				Connection.open(address, { connectMs: 10_000, queryMs: 10_000, note: () => {}, signal }),
			most: 3,
			idleMs: 60_000,
			acquireMs: 10_000,
		});
		const ask = async () => {
			const connection = await pool.acquire();
			try {
				return (await connection.send("select 1 as one")).rows;
			} finally {
				pool.release(connection);
			}
		};
		// It may be known only by asking that a connection was dropped.
		const patiently = () => retrying({ attempts: 5, delayMs: 1 }, ask, () => true);
		const askMany = () => Promise.all(Array.from({ length: 20 }, patiently));
		expect(await askMany()).toEqual(Array.from({ length: 20 }, () => [{ one: 1 }]));
		expect(cloud.connections).toBe(3);
		cloud.dropAll();
		await until("the server has none", () => cloud.connections === 0);
		expect((await askMany()).flat()).toHaveLength(20);
		expect(cloud.connections).toBe(3);
		await pool.close();
		await until("the server has none", () => cloud.connections === 0);
		expect(cloud.violations).toEqual([]);
	});
});
