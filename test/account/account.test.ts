import { describe, expect, test } from "bun:test";
import { isEmail, isUsername, newAccountId } from "../../src/account/account.ts";

describe("a user name", () => {
	test.each(["a", "ada", "Ada.Lovelace", "user-1a2b3c4d", "x_1", "7", "a".repeat(64)])(
		"may be %s",
		(name) => {
			expect(isUsername(name)).toBe(true);
		},
	);

	test.each(["", ".", "-a", "_a", "a b", "ä", "a/b", "a\n", "<b>", "a".repeat(65), "a@b.c"])(
		"may not be %j",
		(name) => {
			expect(isUsername(name)).toBe(false);
		},
	);
});

describe("an e-mail address", () => {
	test.each(["ada@example.com", "a.b+c@sub.example.co", "ä@example.com"])("may be %s", (text) => {
		expect(isEmail(text)).toBe(true);
	});

	test.each([
		"",
		"ada",
		"@example.com",
		"ada@",
		"ada@host",
		"a b@example.com",
		"ada@example.com\nBcc: x@example.com",
		"<ada@example.com>",
		"ada\u0000@example.com",
		"\u202eada@example.com",
		"a\u200bda@example.com",
		"a\u{e0041}da@example.com",
		`${"a".repeat(65)}@example.com`,
		`a@${"b.".repeat(130)}com`,
	])("may not be %j", (text) => {
		expect(isEmail(text)).toBe(false);
	});

	test("of a million characters is refused as well", () => {
		expect(isEmail(`${"a.".repeat(500_000)}@`)).toBe(false);
	});
});

test("ids of accounts sort by the second in which they were made, and never come twice", () => {
	const at = Date.UTC(2026, 10, 24);
	const ids = [newAccountId(at), newAccountId(at + 1_000), newAccountId(at + 2_000)];
	expect(ids.toSorted()).toEqual(ids);
	expect(ids.every((id) => /^[0-9A-Za-z]{27}$/.test(id))).toBe(true);
	expect(newAccountId(at)).not.toBe(newAccountId(at));
});
