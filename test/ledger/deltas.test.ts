import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { SUMMED } from "../../src/ledger/contributions.ts";
import { Deltas, type Key } from "../../src/ledger/deltas.ts";

const NOTHING = SUMMED.map(() => 0);

function sumsOf(first: number): number[] {
	return [first, ...NOTHING.slice(1)];
}

/** What all differences of one key come to, exactly. */
function totals(deltas: Deltas): Map<string, bigint> {
	const sums = new Map<string, bigint>();
	for (const {
		key,
		sums: [first = 0],
	} of deltas.changed()) {
		sums.set(key.join(), (sums.get(key.join()) ?? 0n) + BigInt(first));
	}
	return sums;
}

describe("differences", () => {
	test("are what a plain map of sums holds, however many keys there are", () => {
		const part = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.maxSafeInteger());
		const change = fc.record({ key: fc.tuple(part, part, part, part), by: fc.nat(9), isTaken: fc.boolean() });
		fc.assert(
			fc.property(fc.array(change, { maxLength: 300, size: "max" }), (changes) => {
				const deltas = new Deltas();
				const expected = new Map<string, bigint>();
				for (const { key, by, isTaken } of changes) {
					deltas.add(...key, sumsOf(by), isTaken ? -1 : 1);
					const text = key.map((one) => one + 0).join();
					expected.set(text, (expected.get(text) ?? 0n) + BigInt(isTaken ? -by : by));
				}
				expect(totals(deltas)).toEqual(new Map([...expected].filter(([, sum]) => sum !== 0n)));
				const taken = changes
					.filter(({ isTaken }) => isTaken)
					.map(({ key }) => key.map((one) => one + 0).join());
				expect(
					deltas
						.lessened()
						.map((key) => key.join())
						.toSorted(),
				).toEqual([...new Set(taken)].toSorted());
			}),
		);
	});

	test("of thousands of keys come in the order of the keys", () => {
		const deltas = new Deltas();
		const keys = Array.from({ length: 5_000 }, (_, i): Key => [(i * 7_919) % 5_000, i % 3, 0, -i]);
		for (const [i, key] of keys.entries()) expect(deltas.add(...key, sumsOf(i + 1), 1)).toBe(i);
		const changed = deltas.changed();
		expect(changed.map(({ key }) => key[0])).toEqual(Array.from({ length: 5_000 }, (_, i) => i));
		for (const [i, key] of keys.entries()) expect(deltas.find(key)).toBe(i);
		expect(deltas.find([-1, 0, 0, 0])).toBeUndefined();
	});

	test("stay exact where their sum is no safe integer", () => {
		const deltas = new Deltas();
		const most = Number.MAX_SAFE_INTEGER;
		for (const by of [most, most, 5, most]) deltas.add(1, 2, 3, 4, sumsOf(by), 1);
		deltas.add(1, 2, 3, 4, sumsOf(7), -1);
		expect(totals(deltas)).toEqual(new Map([["1,2,3,4", 3n * BigInt(most) - 2n]]));
	});

	test("that cancel out leave nothing to write, but a row that may be empty", () => {
		const deltas = new Deltas();
		deltas.add(1, 0, 0, 0, sumsOf(5), 1);
		deltas.add(1, 0, 0, 0, sumsOf(5), -1);
		expect(deltas.changed()).toEqual([]);
		expect(deltas.lessened()).toEqual([[1, 0, 0, 0]]);
	});
});
