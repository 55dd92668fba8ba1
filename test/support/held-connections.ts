import { Pool, type PoolOptions } from "../../src/ledger/cloud/pool.ts";

/** A connection that is there by itself. */
export class Held {
	isOpen = true;
	closings = 0;

	constructor(readonly number: number) {}

	close(): void {
		this.isOpen = false;
		this.closings++;
	}
}

/** A pool over what a test opens when it likes: `arrive` for the one that was asked for first. */
export function poolOf(options: Partial<PoolOptions<Held>> = {}) {
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
export async function settled(): Promise<void> {
	await new Promise((resolve) => setImmediate(resolve));
}

/** What became of a promise up to now. */
export function watch<Result>(promise: Promise<Result>) {
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
