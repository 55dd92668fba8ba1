import { describe, expect, test } from "bun:test";
import { isOldKey, KEY_KINDS, kindOfKey, mintKey } from "../../src/account/api-key.ts";
import { randomBase62, toBase62 } from "../../src/account/secret.ts";

describe.each(KEY_KINDS)("a %s key", (kind) => {
	test("tells its kind, and is one of a form that scanners can look for", () => {
		const key = mintKey(kind);
		expect(key).toMatch(/^pk_[fri][0-9A-Za-z]{38}$/);
		expect(kindOfKey(key)).toBe(kind);
	});

	test("with any one character typed wrong is none", () => {
		const key = mintKey(kind);
		for (let i = 0; i < key.length; i++) {
			for (const other of ["x", "0", "_"]) {
				if (key[i] !== other) expect(kindOfKey(key.slice(0, i) + other + key.slice(i + 1))).toBeUndefined();
			}
		}
	});

	test("with two neighbours swapped, one too many or one too few is none", () => {
		const key = mintKey(kind);
		for (let i = 4; i + 1 < key.length; i++) {
			const swapped = key.slice(0, i) + key[i + 1] + key[i] + key.slice(i + 2);
			if (swapped !== key) expect(kindOfKey(swapped)).toBeUndefined();
		}
		expect(kindOfKey(`${key}a`)).toBeUndefined();
		expect(kindOfKey(key.slice(0, -1))).toBeUndefined();
	});
});

test.each(["", "pk_", "pk_f", "PK_Fx", `pk_${"a".repeat(64)}`, "pk_f".padEnd(42, "é")])(
	"%j is no key",
	(text) => {
		expect(kindOfKey(text)).toBeUndefined();
	},
);

test("keys of the program before are known as such", () => {
	expect(isOldKey(`pk_${"0123456789abcdef".repeat(4)}`)).toBe(true);
	expect(isOldKey(mintKey("full"))).toBe(false);
});

test("a thousand keys are a thousand", () => {
	expect(new Set(Array.from({ length: 1_000 }, () => mintKey("full"))).size).toBe(1_000);
});

test("every character of 62 comes about as often as any other", () => {
	const counts = new Map<string, number>();
	for (const character of randomBase62(62_000)) counts.set(character, (counts.get(character) ?? 0) + 1);
	expect(counts.size).toBe(62);
	for (const count of counts.values()) expect(Math.abs(count - 1_000)).toBeLessThan(250);
});

test.each([
	[0, "000000"],
	[61, "00000z"],
	[62, "000010"],
	[2 ** 32 - 1, "4gfFC3"],
])("%d in base 62 is %s", (number, text) => {
	expect(toBase62(number, 6)).toBe(text);
});
