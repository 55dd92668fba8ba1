import { describe, expect, test } from "bun:test";
import { CloudError } from "../../../src/ledger/cloud/cloud-error.ts";
import { Pool } from "../../../src/ledger/cloud/pool.ts";
import { Held, poolOf, settled, watch } from "../../support/held-connections.ts";

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
