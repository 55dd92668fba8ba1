import { describe, expect, test } from "bun:test";
import { CloudError, lostError, notOpenError } from "../../../src/ledger/cloud/cloud-error.ts";
import { Connection } from "../../../src/ledger/cloud/connection.ts";
import { parseCloudUrl } from "../../../src/ledger/cloud/connection-string.ts";
import { Pool, type PoolOptions } from "../../../src/ledger/cloud/pool.ts";
import { retrying } from "../../../src/ledger/cloud/retry.ts";
import { Random } from "../../support/random.ts";
import { CloudServer } from "../../support/sqlite-cloud/server.ts";
import { until } from "../../support/until.ts";

/** A connection that is there by itself. */
class Held {
	isOpen = true;
	closings = 0;

	constructor(readonly number: number) {}

	close(): void {
		this.isOpen = false;
		this.closings++;
	}
}

/** A pool over what a test opens when it likes: `arrive` for the one that was asked for first. */
function poolOf(options: Partial<PoolOptions<Held>> = {}) {
	const asked: PromiseWithResolvers<Held>[] = [];
	const all: Held[] = [];
	const pool = new Pool<Held>({
		open: () => {
			const opening = Promise.withResolvers<Held>();
			asked.push(opening);
			return opening.promise;
		},
		most: 3,
		idleMs: 60_000,
		acquireMs: 60_000,
		...options,
	});
	const arrive = async () => {
		const held = new Held(all.length);
		all.push(held);
		asked.shift()?.resolve(held);
		await settled();
		return held;
	};
	const fail = async (error: Error) => {
		asked.shift()?.reject(error);
		await settled();
	};
	return { pool, asked, all, arrive, fail };
}

/** Whatever waits for promises alone has gone on. */
async function settled(): Promise<void> {
	await new Promise((resolve) => setImmediate(resolve));
}

/** What became of a promise up to now. */
function watch<Result>(promise: Promise<Result>) {
	const seen: { value?: Result; error?: unknown } = {};
	promise.then(
		(value) => {
			seen.value = value;
		},
		(error: unknown) => {
			seen.error = error;
		},
	);
	return seen;
}

describe("a pool", () => {
	test("opens none before somebody wants one, and one for each who does, up to its bound", async () => {
		const { pool, asked, arrive } = poolOf();
		expect(asked).toHaveLength(0);
		const takers = Array.from({ length: 5 }, () => watch(pool.acquire()));
		await settled();
		expect(asked).toHaveLength(3);
		expect(pool.figures).toMatchObject({ open: 0, opening: 3, waiting: 5 });
		for (let i = 0; i < 3; i++) await arrive();
		expect(takers.map(({ value }) => value?.number)).toEqual([0, 1, 2, undefined, undefined]);
		expect(pool.figures).toMatchObject({ open: 3, idle: 0, opening: 0, waiting: 2, opened: 3 });
	});

	test("gives what comes back to who has waited longest", async () => {
		const { pool, arrive } = poolOf({ most: 1 });
		const takers = Array.from({ length: 3 }, () => watch(pool.acquire()));
		const only = await arrive();
		for (const [i, taker] of takers.entries()) {
			expect(taker.value).toBe(only);
			expect(pool.figures.waiting).toBe(2 - i);
			pool.release(only);
			await settled();
		}
		expect(pool.figures).toMatchObject({ open: 1, idle: 1, opened: 1 });
	});

	test("gives what comes back also to who waits for another to open", async () => {
		const { pool, arrive } = poolOf();
		const first = pool.acquire();
		const held = await arrive();
		const second = watch(pool.acquire());
		pool.release(await first);
		await settled();
		expect(second.value).toBe(held);
		await arrive();
		expect(pool.figures).toMatchObject({ open: 2, idle: 1, waiting: 0 });
	});

	test("takes the one that was used last", async () => {
		const { pool, arrive } = poolOf();
		const [a, b] = [pool.acquire(), pool.acquire()];
		await arrive();
		await arrive();
		pool.release(await b);
		pool.release(await a);
		expect(await pool.acquire()).toBe(await a);
	});

	test("closes what lies unused, and only that", async () => {
		const { pool, all, arrive } = poolOf({ idleMs: 5 });
		const [a, b] = [pool.acquire(), pool.acquire()];
		await arrive();
		await arrive();
		pool.release(await a);
		await until("the unused one is closed", () => pool.figures.open === 1);
		expect(all.map(({ isOpen }) => isOpen)).toEqual([false, true]);
		expect(pool.figures).toMatchObject({ open: 1, idle: 0, discarded: 0 });
		pool.release(await b);
		await until("none is left", () => pool.figures.open === 0);
	});

	test("finds out at the next use what was lost while it lay there", async () => {
		const { pool, arrive } = poolOf();
		const first = pool.acquire();
		const lost = await arrive();
		pool.release(await first);
		lost.isOpen = false;
		const next = pool.acquire();
		const fresh = await arrive();
		expect(await next).toBe(fresh);
		expect(pool.figures).toMatchObject({ open: 1, discarded: 1, opened: 2 });
	});

	test.each(["release", "discard"] as const)(
		"opens another for who waits when one is lost: %s",
		async (how) => {
			const { pool, asked, arrive } = poolOf({ most: 1 });
			const first = pool.acquire();
			const lost = await arrive();
			const second = watch(pool.acquire());
			await settled();
			expect(asked).toHaveLength(0);
			if (how === "release") lost.isOpen = false;
			pool[how](await first);
			expect(lost.closings).toBe(1);
			const fresh = await arrive();
			expect(second.value).toBe(fresh);
			expect(pool.figures).toMatchObject({ open: 1, discarded: 1 });
		},
	);

	test("takes one back once", async () => {
		const { pool, arrive } = poolOf();
		const first = pool.acquire();
		const held = await arrive();
		await first;
		pool.release(held);
		pool.release(held);
		pool.discard(held);
		expect(pool.figures).toMatchObject({ open: 1, idle: 1, discarded: 0 });
		expect(held.isOpen).toBe(true);
	});
});

describe("where none can be opened", () => {
	test("each who waits is told of a failure of their own, in order, and the next one tries anew", async () => {
		const { pool, asked, fail, arrive } = poolOf({ most: 1 });
		const takers = Array.from({ length: 3 }, () => watch(pool.acquire()));
		const errors = [notOpenError(), notOpenError()];
		for (const error of errors) await fail(error);
		expect(takers.map(({ error }) => error)).toEqual([...errors, undefined]);
		expect(asked).toHaveLength(1);
		const held = await arrive();
		expect(takers[2]?.value).toBe(held);
		expect(pool.figures).toMatchObject({ open: 1, failed: 2, waiting: 0 });
	});

	test("also one that fails before it began is told", async () => {
		const { pool } = poolOf({
			open: () => {
				throw new TypeError("no driver");
			},
		});
		await expect(pool.acquire()).rejects.toThrow("no driver");
	});

	test("nobody waits longer than they may: none is opened", async () => {
		const { pool, arrive } = poolOf({ acquireMs: 5 });
		const error: unknown = await pool.acquire().catch((error: unknown) => error);
		expect(error).toMatchObject({
			message: "No connection to the database could be opened within 0.005 s.",
			fate: "not executed",
			isRetryable: true,
		});
		expect(pool.figures).toMatchObject({ waiting: 0, opening: 1 });
		expect(pool.figures.longestWaitMs).toBeGreaterThan(0);
		await arrive();
		expect(pool.figures).toMatchObject({ idle: 1, opening: 0 });
	});

	test("nobody waits longer than they may: all are in use", async () => {
		const { pool, arrive } = poolOf({ acquireMs: 20, most: 1 });
		const first = pool.acquire();
		await arrive();
		const held = await first;
		const error: unknown = await pool.acquire().catch((error: unknown) => error);
		expect(error).toMatchObject({
			message: "The only connection to the database stayed in use for 0.02 s.",
			fate: "not executed",
			isRetryable: true,
		});
		pool.release(held);
		expect(await pool.acquire()).toBe(held);
	});
});

describe("a pool that is closed", () => {
	test("closes what lies there, takes nobody any more, and can be closed again", async () => {
		const { pool, arrive } = poolOf();
		const first = pool.acquire();
		const held = await arrive();
		pool.release(await first);
		await Promise.all([pool.close(), pool.close()]);
		expect(held.closings).toBe(1);
		const error: unknown = await pool.acquire().catch((error: unknown) => error);
		expect(error).toMatchObject({ fate: "not executed", isRetryable: false });
	});

	test("waits for what is in use, and serves who waits already", async () => {
		const { pool, arrive } = poolOf({ most: 1 });
		const first = pool.acquire();
		const held = await arrive();
		const second = watch(pool.acquire());
		let isClosed = false;
		const closing = pool.close().then(() => {
			isClosed = true;
		});
		await settled();
		expect(held.isOpen).toBe(true);
		pool.release(await first);
		await settled();
		expect({ second: second.value, isClosed }).toEqual({ second: held, isClosed: false });
		pool.release(held);
		await closing;
		expect(held.closings).toBe(1);
		expect(pool.figures).toMatchObject({ open: 0, idle: 0, waiting: 0 });
	});

	test("does not wait for ever", async () => {
		const { pool, all, arrive } = poolOf({ most: 1, closeMs: 5 });
		const first = pool.acquire();
		await arrive();
		const held = await first;
		const second = watch(pool.acquire());
		await pool.close();
		expect(all.map(({ closings }) => closings)).toEqual([1]);
		expect(second.error).toBeInstanceOf(CloudError);
		pool.release(held);
		pool.discard(held);
		expect(pool.figures).toMatchObject({ open: 0, discarded: 0 });
	});

	test("tells those that are being opened that they are not wanted, and closes what comes nevertheless", async () => {
		let signal: AbortSignal | undefined;
		const opening = Promise.withResolvers<Held>();
		const pool = new Pool<Held>({
			open: (unwanted) => {
				signal = unwanted;
				return opening.promise;
			},
			most: 1,
			idleMs: 60_000,
			acquireMs: 5,
		});
		expect(await pool.acquire().catch((error: unknown) => error)).toBeInstanceOf(CloudError);
		expect(signal?.aborted).toBe(false);
		const closing = pool.close();
		await settled();
		expect(signal?.aborted).toBe(true);
		const late = new Held(0);
		opening.resolve(late);
		await closing;
		expect(late.closings).toBe(1);
	});
});

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
