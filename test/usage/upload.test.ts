import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { UsageEvent } from "../../src/usage/event.ts";
import { decodeEvent, encodeEvent, MOST_EVENTS, readReply, readUpload } from "../../src/usage/upload.ts";
import { eventOf } from "../support/ledger.ts";
import { runs } from "../support/runs.ts";

const rarely = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 1 });
const counter = fc.oneof(fc.nat(3), fc.constantFrom(0, 1e9));
const counters = {
	input: counter,
	output: counter,
	cacheWrite5m: counter,
	cacheWrite1h: counter,
	cacheRead: counter,
};
const name = fc.string({ unit: "grapheme", minLength: 1, maxLength: 40 });
const id = fc.stringMatching(/^[A-Za-z0-9_.:-]{1,40}$/);
const key = fc.stringMatching(/^[A-Za-z0-9_-]{16}$/);
const time = fc.oneof(fc.nat(3), fc.integer({ min: 0, max: Date.UTC(9999, 0) }));
const modifier = rarely(fc.constantFrom("fast", "us", "batch"));

/** Any event that a ledger can hold, without what never travels. */
const anyEvent: fc.Arbitrary<UsageEvent> = fc
	.record({
		...counters,
		key,
		message: rarely(fc.integer({ min: 0, max: 2 ** 48 - 1 })),
		at: time,
		later: fc.oneof(fc.constant(0), fc.nat(1e6)),
		session: id,
		project: rarely(name),
		branch: rarely(name),
		agent: rarely(id),
		model: name,
		version: rarely(name),
		fork: fc.boolean(),
		progress: fc.boolean(),
		sidechain: fc.boolean(),
		everywhere: fc.boolean(),
		webSearches: fc.nat(9),
		speed: modifier,
		geo: modifier,
		tier: modifier,
		// Beyond some two million dollars a JSON number does not tell nano-dollars apart.
		reportedNanoUsd: rarely(fc.oneof(fc.nat(3), fc.integer({ min: 0, max: 2 ** 51 }))),
		extra: rarely(fc.array(fc.record({ ...counters, model: name }), { minLength: 1, maxLength: 3 })),
	})
	.map(({ later, everywhere, ...event }) => ({
		...event,
		countedAt: event.at + later,
		sidechainOnly: event.sidechain && !everywhere,
	}));

function travel(value: unknown): unknown {
	return JSON.parse(JSON.stringify(value));
}

const MACHINE = { id: "00000000-0000-4000-8000-000000000001", label: "laptop" };

describe("an event on the wire", () => {
	test("comes out as it went in", () => {
		fc.assert(
			fc.property(anyEvent, (event) => {
				expect(decodeEvent(travel(encodeEvent(event)))).toEqual(event);
			}),
			runs(500),
		);
	});

	test("has nothing of what is ordinary", () => {
		expect(travel(encodeEvent(eventOf({ project: undefined, branch: undefined })))).toEqual({
			key: eventOf().key,
			message: eventOf().message ?? 0,
			at: eventOf().at,
			session: "s1",
			model: "cheap",
			input: 10,
			output: 20,
			cacheWrite5m: 30,
			cacheWrite1h: 40,
			cacheRead: 0,
		});
	});

	test("has everything else but folder and machine", () => {
		const event = eventOf({
			agent: "agent-1",
			version: "2.0.0",
			folder: "-home-ada-app",
			machine: MACHINE.id,
			sidechain: true,
			sidechainOnly: false,
			fork: true,
			progress: true,
			countedAt: eventOf().at + 1,
			webSearches: 2,
			speed: "fast",
			geo: "us",
			tier: "batch",
			reportedNanoUsd: 1_234_567_890,
			extra: [{ model: "dear", input: 1, output: 2, cacheWrite5m: 3, cacheWrite1h: 4, cacheRead: 5 }],
		});
		const { folder, machine, reportedNanoUsd, ...told } = event;
		expect(travel(encodeEvent(event))).toEqual({ ...told, costUsd: 1.23456789 });
	});
});

describe("reading an upload", () => {
	const sound = () => travel(encodeEvent(eventOf())) as Record<string, unknown>;

	test.each<[string, Record<string, unknown>]>([
		["bad_key", { key: "short" }],
		["bad_key", { key: undefined }],
		["bad_key", { message: 2 ** 48 }],
		["bad_key", { message: 2 ** 48 }],
		["bad_id", { session: "a b" }],
		["bad_id", { session: undefined }],
		["bad_id", { agent: "" }],
		["bad_time", { at: "1772445600000" }],
		["bad_time", { at: -1 }],
		["bad_time", { at: undefined }],
		["bad_time", { countedAt: 1.5 }],
		["bad_counter", { input: "5" }],
		["bad_counter", { output: -1 }],
		["bad_counter", { cacheRead: 1e9 + 1 }],
		["bad_counter", { cacheWrite5m: null }],
		["bad_counter", { cacheWrite1h: undefined }],
		["bad_counter", { webSearches: 1e7 }],
		["bad_counter", { webSearches: null }],
		["bad_counter", { costUsd: -0.1 }],
		["bad_counter", { costUsd: "1" }],
		["bad_counter", { costUsd: 1e300 }],
		["bad_counter", { extra: [{ model: "dear", input: 1 }] }],
		["bad_event", { extra: {} }],
		["bad_event", { extra: [1] }],
		["bad_event", { extra: [{ model: 1 }] }],
		["bad_event", { key: 1 }],
		["bad_event", { project: 1 }],
		["bad_event", { branch: null }],
		["bad_event", { model: ["cheap"] }],
		["bad_event", { sidechain: 1 }],
		["bad_event", { sidechainOnly: "false" }],
		["bad_event", { fork: "yes" }],
		["bad_event", { speed: "Very Fast" }],
		["bad_event", { geo: "" }],
	])("refuses with %s an event with %j, and that one alone", (code, fault) => {
		const events = [sound(), { ...sound(), ...fault }, sound()];
		const upload = readUpload({ v: 1, machine: MACHINE, events });
		expect(upload?.rejected).toEqual([{ index: 1, code }] as never);
		expect(upload?.places).toEqual([0, 2]);
		expect(upload?.events).toEqual([eventOf(), eventOf()]);
	});

	test.each([[null], [undefined], ["x"], [1], [[]]])("refuses an event that is %j", (event) => {
		expect(readUpload({ v: 1, machine: MACHINE, events: [event] })?.rejected).toEqual([
			{ index: 0, code: "bad_event" },
		]);
	});

	test("drops what it does not know, and nothing comes in by names that objects have", () => {
		const event = JSON.parse(
			`{"__proto__": {"fork": true}, "user": 7, "machine": "other", "folder": "-x", "replay": 1, ${JSON.stringify(sound()).slice(1)}`,
		);
		expect(decodeEvent(event)).toEqual(eventOf());
		expect(({} as Record<string, unknown>).fork).toBeUndefined();
	});

	test.each<[string, unknown]>([
		["null", null],
		["a list", []],
		["of another version", { v: 2, machine: MACHINE, events: [] }],
		["without events", { v: 1, machine: MACHINE }],
		["without a machine", { v: 1, events: [] }],
		["of a machine without a label", { v: 1, machine: { id: MACHINE.id }, events: [] }],
		["of a machine whose zone is no text", { v: 1, machine: { ...MACHINE, zone: 1 }, events: [] }],
		["with too many events", { v: 1, machine: MACHINE, events: Array(MOST_EVENTS + 1).fill({}) }],
	])("refuses one as a whole that is %s", (_what, body) => {
		expect(readUpload(body)).toBeUndefined();
	});

	test("never throws, and gives only sound events", () => {
		fc.assert(
			fc.property(
				fc.array(
					fc.oneof(
						fc.jsonValue(),
						fc.tuple(anyEvent, fc.jsonValue()).map(([event, value]) => ({
							...encodeEvent(event),
							...(typeof value === "object" ? value : { at: value }),
						})),
					),
				),
				(events) => {
					const upload = readUpload({ v: 1, machine: MACHINE, events: travel(events) });
					const all = [...(upload?.places ?? []), ...(upload?.rejected ?? []).map(({ index }) => index)];
					expect(all.toSorted((a, b) => a - b)).toEqual(events.map((_, index) => index));
				},
			),
			runs(100),
		);
	});
});

test("an answer is read only if it is one, whatever a server says", () => {
	const reply = {
		ledger: MACHINE.id,
		stored: 1,
		raised: 0,
		duplicates: 1,
		expired: 0,
		rejected: [],
		time: 5,
	};
	expect(readReply({ ...reply, more: "of it" }, 2)).toEqual(reply);
	fc.assert(
		fc.property(fc.jsonValue(), (body) => {
			expect(readReply(body, 2)).toBeUndefined();
		}),
		runs(200),
	);
	for (const field of Object.keys(reply)) {
		expect(readReply({ ...reply, [field]: undefined }, 2)).toBeUndefined();
		expect(readReply({ ...reply, [field]: "1" }, 2)).toBeUndefined();
	}
});
