import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import {
	cleanName,
	eventKey,
	isCounter,
	messageHash,
	rejectCode,
	type UsageEvent,
} from "../../src/usage/event.ts";

describe("the key of a response", () => {
	const ids = {
		messageId: "msg_01A",
		requestId: "req_01B",
		session: "session-1",
		uuid: "b0c4f1de-0000-4000-8000-000000000001",
		path: "-home-ada-app/session-1.jsonl",
		offset: 4096,
	};
	const noRequest = { ...ids, requestId: undefined };
	const noMessage = { ...ids, messageId: undefined };
	const noIds = { ...noMessage, uuid: undefined };

	// Every ledger holds keys like these: a change here would count all history twice.
	test("is the same in every version of the program", () => {
		expect(eventKey(ids)).toBe("6iN5BXNGYJvBPzwu");
		expect(eventKey(noRequest)).toBe("c00kUOhhCqPN2teu");
		expect(eventKey(noMessage)).toBe("WgilK4qYa-RIhG_I");
		expect(eventKey(noIds)).toBe("0VuD3xu5dImgJN4s");
		expect(messageHash("msg_01A")).toBe(65_400_188_863_913);
	});

	const elsewhere = { session: "session-2", uuid: "another", path: "other.jsonl", offset: 0 };

	test("with message and request is the same in every session, line and file", () => {
		expect(eventKey({ ...ids, ...elsewhere })).toBe(eventKey(ids));
		expect(eventKey({ ...ids, requestId: "req_02" })).not.toBe(eventKey(ids));
		expect(eventKey({ ...ids, messageId: "msg_02" })).not.toBe(eventKey(ids));
	});

	test("without a request is the message's in its session", () => {
		expect(eventKey({ ...noRequest, ...elsewhere, session: ids.session })).toBe(eventKey(noRequest));
		expect(eventKey({ ...noRequest, session: "session-2" })).not.toBe(eventKey(noRequest));
	});

	test("without a message is the line's uuid, whatever the request", () => {
		expect(eventKey({ ...noMessage, ...elsewhere, uuid: ids.uuid, requestId: "req_02" })).toBe(
			eventKey(noMessage),
		);
		expect(eventKey({ ...noMessage, uuid: "another" })).not.toBe(eventKey(noMessage));
	});

	test("without any id is the line's place", () => {
		expect(eventKey({ ...noIds, session: "session-2" })).toBe(eventKey(noIds));
		expect(eventKey({ ...noIds, offset: 4097 })).not.toBe(eventKey(noIds));
		expect(eventKey({ ...noIds, path: "other.jsonl" })).not.toBe(eventKey(noIds));
	});

	test("takes an empty id as none", () => {
		expect(eventKey({ ...ids, requestId: "" })).toBe(eventKey(noRequest));
		expect(eventKey({ ...ids, messageId: "" })).toBe(eventKey(noMessage));
		expect(eventKey({ ...ids, messageId: "", uuid: "" })).toBe(eventKey(noIds));
	});

	test("has 16 base64url characters, whatever the ids", () => {
		fc.assert(
			fc.property(fc.string(), fc.string(), (messageId, requestId) => {
				expect(eventKey({ ...ids, messageId, requestId })).toMatch(/^[A-Za-z0-9_-]{16}$/);
			}),
		);
	});
});

describe("the check of an event", () => {
	const counters = { input: 1, output: 2, cacheWrite5m: 3, cacheWrite1h: 4, cacheRead: 5 };
	const sound: UsageEvent = {
		...counters,
		key: "6iN5BXNGYJvBPzwu",
		model: "claude-opus-4-5",
		webSearches: 0,
		countedAt: 1_700_000_000_000,
		at: 1_700_000_000_000,
		session: "b0c4f1de-0000-4000-8000-000000000001",
		fork: false,
		progress: false,
		sidechain: false,
		sidechainOnly: false,
	};

	test.each<[string, Partial<UsageEvent>]>([
		["plain", {}],
		[
			"with all its options",
			{ message: 65_400_188_863_913, agent: "a1b2.C:d_e-f", reportedNanoUsd: 12, extra: [] },
		],
		[
			"with the largest counters",
			{ input: 1e9, webSearches: 1e6, extra: [{ ...counters, output: 1e9, model: "m" }] },
		],
		["at the first and the last time", { at: 0, countedAt: Date.UTC(9999, 11, 31, 23, 59, 59, 999) }],
		["with the longest id", { session: "s".repeat(128) }],
	])("finds an event %s sound", (_name, part) => {
		expect(rejectCode({ ...sound, ...part })).toBeUndefined();
	});

	test.each<[string, Partial<UsageEvent>]>([
		["bad_key", { key: "6iN5BXNGYJvBPzw" }],
		["bad_key", { key: "6iN5BXNGYJvBPzwu\n" }],
		["bad_key", { key: "6iN5BXNGYJvBPzw=" }],
		["bad_key", { message: -1 }],
		["bad_key", { message: 2 ** 48 }],
		["bad_key", { message: 0.5 }],
		["bad_id", { session: "" }],
		["bad_id", { session: "s".repeat(129) }],
		["bad_id", { session: "../etc" }],
		["bad_id", { session: "a b" }],
		["bad_id", { session: "session-1\n" }],
		["bad_id", { agent: "" }],
		["bad_time", { at: -1 }],
		["bad_time", { at: 0.5 }],
		["bad_time", { at: Number.NaN }],
		["bad_time", { at: Date.UTC(10_000, 0) }],
		["bad_time", { countedAt: Number.POSITIVE_INFINITY }],
		["bad_counter", { input: -1 }],
		["bad_counter", { output: 1.5 }],
		["bad_counter", { cacheWrite5m: 1e9 + 1 }],
		["bad_counter", { cacheWrite1h: Number.NaN }],
		["bad_counter", { cacheRead: "5" as unknown as number }],
		["bad_counter", { webSearches: -1 }],
		["bad_counter", { reportedNanoUsd: -1 }],
		["bad_counter", { reportedNanoUsd: 2 ** 53 }],
		["bad_counter", { extra: [{ ...counters, model: "m", cacheRead: -1 }] }],
	])("says %s of %j", (code, part) => {
		expect(rejectCode({ ...sound, ...part })).toBe(code as ReturnType<typeof rejectCode>);
	});

	test("takes nothing but whole numbers from 0 to 10⁹ as counters", () => {
		expect([0, 1, 1e9].every(isCounter)).toBe(true);
		expect([-1, 0.5, 1e9 + 1, Number.NaN, "1", true, null, undefined, 1n].some(isCounter)).toBe(false);
	});
});

describe("a name as it is stored", () => {
	test.each<[string, string | undefined, string | undefined]>([
		["stays as it is", "café – 日本 😀", "café – 日本 😀"],
		[
			"loses control characters and line separators",
			"a\u0000b\u001b[31m\u007f\u0085\u009f\u2028\u2029\r\nc",
			"ab[31mc",
		],
		["is cut at 256 characters", "x".repeat(300), "x".repeat(256)],
		["is cut after its control characters are gone", `\n${"x".repeat(256)}`, "x".repeat(256)],
		["has no half characters", "a\ud800b", "a\ufffdb"],
		["has no half character where it was cut", `${"x".repeat(255)}😀`, `${"x".repeat(255)}\ufffd`],
		["is absent when nothing is left", "\u0000\n", undefined],
		["is absent when empty", "", undefined],
		["is absent when absent", undefined, undefined],
	])("%s", (_rule, name, stored) => {
		expect(cleanName(name)).toBe(stored);
	});

	test("is not changed by cleaning it again", () => {
		const unit = fc.constantFrom("x", "é", "😀", "\ud83d", "\ude00", "\u0000", "\u2028");
		fc.assert(
			fc.property(fc.nat(256), fc.string({ unit }), (length, end) => {
				const name = "x".repeat(length) + end;
				expect(cleanName(cleanName(name))).toBe(cleanName(name));
			}),
		);
	});
});
