import { describe, expect, test } from "bun:test";
import { parseLine } from "../../src/transcripts/parse.ts";
import { eventKey, messageHash } from "../../src/usage/event.ts";
import { encodeCwd } from "../../src/usage/project.ts";
import {
	asLine,
	assistantLine,
	FILE,
	type LineOptions,
	progressLine,
	SESSION,
} from "../support/transcript.ts";

function parse(options: LineOptions, file = FILE, offset = 0) {
	return parseLine(asLine(assistantLine(options), { offset }), file);
}

function keyOf(options: LineOptions, file = FILE, offset = 0): string {
	const [sighting] = parse(options, file, offset);
	if (sighting === undefined || !("event" in sighting)) throw new Error("no event");
	return sighting.event.key;
}

const PATH = FILE.relative;

describe("the identity of an answer", () => {
	test("is its message id and request id, whatever the session, uuid, time and file", () => {
		const key = eventKey({ messageId: "msg_1", requestId: "req_1", session: "", path: "", offset: 0 });
		const elsewhere = { ...FILE, relative: "-srv-b/x.jsonl" };
		const copy = { session: "s2", uuid: "uuid-2", timestamp: "2026-03-03T00:00:00.000Z", model: "other" };
		expect(keyOf({})).toBe(key);
		expect(keyOf({ ...copy, line: { forkedFrom: { sessionId: SESSION } } }, elsewhere, 77)).toBe(key);
		expect(keyOf({ requestId: "req_2" })).not.toBe(key);
		expect(keyOf({ id: "msg_2" })).not.toBe(key);
	});

	test.each([undefined, "", null, 5])(
		"without a request id (%p) is its message id in its session",
		(requestId) => {
			const ids = { messageId: "msg_1", session: SESSION, path: "", offset: 0 };
			expect(keyOf({ requestId, uuid: "uuid-2" }, FILE, 9)).toBe(eventKey(ids));
			expect(keyOf({ requestId, session: "s2" })).toBe(eventKey({ ...ids, session: "s2" }));
		},
	);

	test.each([undefined, "", null, 5])("without a message id (%p) is its uuid", (id) => {
		const key = eventKey({ uuid: "uuid-1", session: "", path: "", offset: 0 });
		expect(keyOf({ id }, FILE, 9)).toBe(key);
		expect(keyOf({ id, session: "s2", requestId: undefined })).toBe(key);
		expect(parse({ id })).toMatchObject([{ event: { message: undefined } }]);
	});

	test.each([undefined, "", null])("without message id and uuid (%p) is its place in its file", (uuid) => {
		expect(keyOf({ id: "", uuid }, FILE, 512)).toBe(eventKey({ session: "", path: PATH, offset: 512 }));
	});

	test("in an agent_progress line is that of the sub-agent's own line", () => {
		const options = [{}, { requestId: undefined }, { id: undefined }];
		for (const option of options) {
			expect(parseLine(asLine(progressLine(option)), FILE)).toMatchObject([
				{ event: { key: keyOf(option) } },
			]);
		}
	});

	test("carries the message id alone beside it", () => {
		expect(parse({})).toMatchObject([{ event: { message: messageHash("msg_1") } }]);
	});
});

describe("the place of an answer", () => {
	test.each([undefined, "", null, 5])("is the file's session when the line says %p", (session) => {
		const file = { ...FILE, session: "from-the-file" };
		expect(parse({ session }, file)).toMatchObject([{ event: { session: "from-the-file" } }]);
		const line = asLine(progressLine({ session }));
		expect(parseLine(line, file)).toMatchObject([{ event: { session: "from-the-file" } }]);
	});

	test("is refused where session or agent is no id", () => {
		expect(parse({ session: "a b" })).toEqual([{ skip: "bad_id" }]);
		expect(parse({ session: "s".repeat(129) })).toEqual([{ skip: "bad_id" }]);
		expect(parse({ agent: "../a" })).toEqual([{ skip: "bad_id" }]);
		expect(parse({ session: undefined }, { ...FILE, session: "my notes" })).toEqual([{ skip: "bad_id" }]);
	});

	test("names the agent, the side chain and the folder", () => {
		const file = { ...FILE, folder: "-srv-b" };
		const place = { agent: "a7", sidechain: true, sidechainOnly: true, folder: "-srv-b" };
		expect(parse({ agent: "a7", sidechain: true }, file)).toMatchObject([{ event: place }]);
		expect(parse({ agent: "", sidechain: "true" })).toMatchObject([
			{ event: { agent: undefined, sidechain: false } },
		]);
	});

	test("is a fork where the line was copied from another session", () => {
		const forkedFrom = { sessionId: "s0", messageUuid: "u0" };
		expect(parse({ line: { forkedFrom } })).toMatchObject([{ event: { fork: true } }]);
		expect(parseLine(asLine(progressLine({ line: { forkedFrom } })), FILE)).toMatchObject([
			{ event: { fork: true } },
		]);
		for (const other of [null, "s0", undefined]) {
			expect(parse({ line: { forkedFrom: other } })).toMatchObject([{ event: { fork: false } }]);
		}
	});

	test("has a branch without control characters, or none", () => {
		expect(parse({ branch: "fix/\u0007é" })).toMatchObject([{ event: { branch: "fix/é" } }]);
		for (const branch of ["", "\u0000", null, 5, undefined]) {
			expect(parse({ branch })).toMatchObject([{ event: { branch: undefined } }]);
		}
	});

	test("has a version, if it is a short one", () => {
		expect(parse({ version: "2.1.39\n" })).toMatchObject([{ event: { version: "2.1.39" } }]);
		for (const version of ["", null, 2.1, "1".repeat(33)]) {
			expect(parse({ version })).toMatchObject([{ event: { version: undefined } }]);
		}
	});

	test("has the working directory as it is written, or none", () => {
		expect(parse({ cwd: "C:\\git\\ä b" })).toMatchObject([{ cwd: "C:\\git\\ä b" }]);
		for (const cwd of ["", null, 5, undefined]) expect(parse({ cwd })).toMatchObject([{ cwd: undefined }]);
	});
});

describe("the model", () => {
	test("is cleaned, and unknown when missing", () => {
		expect(parse({ model: "claude-\u0000x" })).toMatchObject([{ event: { model: "claude-x" } }]);
		expect(parse({ model: "m".repeat(300) })).toMatchObject([{ event: { model: "m".repeat(256) } }]);
		for (const model of [undefined, null, "", 5, {}]) {
			expect(parse({ model })).toMatchObject([{ event: { model: "unknown" } }]);
		}
	});
});

describe("a folder's name", () => {
	test.each([
		["/home/u/.x/my_app", "-home-u--x-my-app"],
		["C:\\git\\a", "C--git-a"],
		["/srv/ä/日本", "-srv-----"],
		["/a/😀", "-a---"],
		["", ""],
	])("of %p is %p", (cwd, folder) => {
		expect(encodeCwd(cwd)).toBe(folder);
	});
});
