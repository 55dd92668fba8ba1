import { describe, expect, test } from "bun:test";
import { notOpenError } from "../../../src/ledger/cloud/cloud-error.ts";
import { poolOf, settled, watch } from "../../support/held-connections.ts";
import { until } from "../../support/until.ts";

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
		const { pool, arrive } = poolOf({ acquireMs: 200, most: 1 });
		const first = pool.acquire();
		await arrive();
		const held = await first;
		const error: unknown = await pool.acquire().catch((error: unknown) => error);
		expect(error).toMatchObject({
			message: "The only connection to the database stayed in use for 0.2 s.",
			fate: "not executed",
			isRetryable: true,
		});
		pool.release(held);
		expect(await pool.acquire()).toBe(held);
	});
});
