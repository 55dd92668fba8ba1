import { describe, expect, test } from "bun:test";
import {
	answering,
	changesAnswer,
	DO_NOT_USE,
	failing,
	forRequests,
	lookAt,
	OK_ANSWER,
	rowsAnswer,
	startChecked,
	testFailures,
} from "../../support/cloud-checking.ts";

const cloud = await startChecked();

describe("of SQL, a check fails on a server that", () => {
	testFailures(cloud, [
		[
			"SQLite version",
			"has an older one",
			() => answering(/sqlite_version/, rowsAnswer(["version"], ["3.37.2"])),
			/^3\.37\.2$/,
			/^Do not use this database: the ledger needs SQLite 3\.38 /,
		],
		[
			"SQLite version",
			"tells none",
			() => answering(/sqlite_version/, rowsAnswer(["version"])),
			/^undefined$/,
			DO_NOT_USE,
		],
		[
			"STRICT and WITHOUT ROWID",
			"does not know them",
			() => failing(/strict, without rowid/),
			/./,
			DO_NOT_USE,
		],
		[
			"STRICT and WITHOUT ROWID",
			"does not mean them",
			() => answering(/'no number'/, changesAnswer(1)),
			/^a text was put into a column of numbers$/,
			DO_NOT_USE,
		],
		["UPSERT", "does not know it", () => failing(/on conflict/), /^no such thing$/, DO_NOT_USE],
		["UPSERT", "does nothing", () => answering(/on conflict/, changesAnswer(3)), /came as \[\]/, DO_NOT_USE],
		[
			"RETURNING",
			"gives nothing back",
			() => answering(/returning k/, changesAnswer(2)),
			/as \[\]/,
			DO_NOT_USE,
		],
		[
			"window functions",
			"adds up all",
			() => answering(/over \(order/, rowsAnswer(["sum", "place"], [6n, 1n])),
			/^a sum over rows came as /,
			DO_NOT_USE,
		],
		["JSON operators", "does not know them", () => failing(/->>/), /^no such thing$/, DO_NOT_USE],
		[
			"JSON operators",
			"quotes the text",
			() => answering(/->>/, rowsAnswer(["path", "item", "part"], ['"ä"', 2n, "[true]"])),
			/^what was asked of JSON came as /,
			DO_NOT_USE,
		],
		[
			"recursive queries",
			"stops early",
			() => answering(/recursive n/, rowsAnswer(["count", "sum"], [100n, 5050n])),
			/^a sum of 1,000 numbers came as .*100/,
			DO_NOT_USE,
		],
		[
			"several statements in a request",
			"answers the first one",
			() => answering(/as last/, changesAnswer(1)),
			/^the answer of the last of three came as \[\]/,
			DO_NOT_USE,
		],
		[
			"error of a duplicate",
			"tells no extended code",
			() => failing(/_twice .*'b'/, { code: 19, message: "constraint" }),
			/^19:0, not 19:2067$/,
			DO_NOT_USE,
		],
		[
			"error of a duplicate",
			"takes it",
			() => answering(/_twice .*'b'/, changesAnswer(1)),
			/^a second row of the same value was taken$/,
			DO_NOT_USE,
		],
		[
			"error of a bad statement",
			"has another code",
			() => failing(/select from/, { code: 10_002, message: "Unable to find command" }),
			/^10002, not 1$/,
			DO_NOT_USE,
		],
		[
			"error of a bad statement",
			"takes it",
			() => answering(/select from/, OK_ANSWER),
			/^it was/,
			DO_NOT_USE,
		],
	]);
});

test.each(["3.38.0", "3.41.2", "4.0.0"])("SQLite %s is new enough", async (version) => {
	Object.assign(cloud.faults, answering(/sqlite_version/, rowsAnswer(["version"], [version])));
	expect(await lookAt(cloud, "SQLite version")).toMatchObject({ passed: true, detail: version });
});

test("a connection that is lost says nothing of what was looked at, and what to do is something else", async () => {
	cloud.faults.dropBefore = forRequests(/_upsert/, true);
	const finding = await lookAt(cloud, "UPSERT");
	expect(finding.detail).toStartWith("The connection to the database was lost before its answer came");
	expect(finding.hint).toBe("Try again in a moment.");
});
