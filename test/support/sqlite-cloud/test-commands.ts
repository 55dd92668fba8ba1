import { makeError, type Reply } from "./replies.ts";

const UNKNOWN_TEST = 10_002;

/** What the server's `TEST …` commands answer, as far as clients need them. */
export function answerTest(what: string): Reply {
	switch (what) {
		case "STRING":
			return { type: "text", text: "Hello World, this is a test string." };
		case "STRING0":
			return { type: "text", text: "" };
		case "INTEGER":
			return { type: "value", value: 123_456n };
		case "FLOAT":
			return { type: "value", value: 2.5 };
		case "NULL":
			return { type: "value", value: null };
		case "BLOB":
			return { type: "value", value: new Uint8Array(1000) };
		case "BLOB0":
			return { type: "value", value: new Uint8Array(0) };
		case "ERROR":
			return makeError(66_666, "This is a test error message with a devil error code.");
		case "EXTERROR":
			return makeError(66_666, "This is a test error message with an extcode and a devil error code.", 333);
		case "ROWSET_CHUNK":
			return { type: "rowset", columns: [{ name: "key", declared: "TEXT" }], rows: makeRows(), maxRows: 1 };
		default:
			return makeError(UNKNOWN_TEST, `Unable to find command TEST ${what}.`);
	}
}

/** As many as the real server has words here. */
function makeRows(): string[][] {
	return Array.from({ length: 147 }, (_, index) => [`WORD${index + 1}`]);
}
