import { type } from "arktype";
import { MOST_EVENTS } from "../../usage/upload.ts";

const Count = type("0 <= number.integer <= 1000000000");
const Id = type("1 <= string <= 128");
const Name = type("string <= 256");

const Counters = type({
	input: Count,
	output: Count,
	cacheWrite5m: Count,
	cacheWrite1h: Count,
	cacheRead: Count,
});

/**
 * What is said of an upload of events in the API's document. It is read by `usage/upload`, which takes in what is sound
 * and names the rest; to a schema, one bad event would spoil all of them.
 */
export const UploadBody = type({
	v: "1",
	machine: { id: "string.uuid", label: Name, "os?": Name, "client?": Name, "zone?": Name },
	events: Counters.and({
		key: "string == 16",
		"message?": "number.integer >= 0",
		at: "number.integer >= 0",
		"countedAt?": "number.integer >= 0",
		session: Id,
		model: Name,
		"project?": Name,
		"branch?": Name,
		"agent?": Id,
		"version?": Name,
		"sidechain?": "true",
		"sidechainOnly?": "false",
		"fork?": "true",
		"progress?": "true",
		"webSearches?": Count,
		"speed?": Name,
		"geo?": Name,
		"tier?": Name,
		"costUsd?": "number >= 0",
		"extra?": Counters.and({ model: Name }).array(),
	})
		.array()
		.atMostLength(MOST_EVENTS),
});
