import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import type { SceneOptions } from "../../../src/ledger/cloud/check-scene.ts";
import { parseCloudUrl } from "../../../src/ledger/cloud/connection-string.ts";
import { changesAnswer, forRequests, lookAt, OK_ANSWER, rowsAnswer } from "../../support/cloud-checking.ts";
import type { Faults } from "../../support/sqlite-cloud/faults.ts";
import { CloudServer } from "../../support/sqlite-cloud/server.ts";

const KEY = "S3cret+Key/of=tests";

let cloud: CloudServer;

beforeAll(async () => {
	cloud = await CloudServer.start({ apiKey: KEY });
});
afterEach(() => {
	for (const fault of Object.keys(cloud.faults)) delete cloud.faults[fault as keyof Faults];
});
afterAll(() => cloud.stop());

/** A check, what the server does wrong, what is found then, and what to do. */
type Case = [check: string, wrong: string, faults: () => Faults, detail: RegExp, hint: RegExp];

const ERROR = { code: 1, message: "no such thing" };
const BUSY = { code: 5, message: "database is locked" };
const answering = (form: RegExp, answer: string, which = {}): Faults => ({
	garbage: forRequests(form, answer, which),
});
const failing = (form: RegExp, error = ERROR): Faults => ({ errorFor: forRequests(form, error) });
const rowsOfText = (...texts: string[]) => rowsAnswer(["v"], ...texts.map((text) => [text]));

const DO_NOT_USE = /^Do not use this database: /;

const CASES: Case[] = [
	[
		"reached and logged in",
		"takes no log-in",
		() => ({ mostConnections: 0 }),
		/^The database at localhost takes no log-in: There are too many connections\.$/,
		/^Try again in a moment\. /,
	],
	[
		"tables made and dropped",
		"has no right to it",
		() => failing(/create table \w+_made/, { code: 10_004, message: "not allowed" }),
		/^The database does not allow it: not allowed$/,
		/^In the console of SQLite Cloud, give the key .* right /,
	],
	[
		"tables made and dropped",
		"cannot drop",
		() => failing(/drop table/),
		/^no such thing$/,
		/make and drop tables/,
	],
	[
		"round trip",
		"answers something else",
		() => answering(/select 1/, rowsAnswer(["one"], [2n])),
		/^select 1 did not answer 1$/,
		DO_NOT_USE,
	],
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
	["STRICT and WITHOUT ROWID", "does not know them", () => failing(/strict, without rowid/), /./, DO_NOT_USE],
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
	["error of a bad statement", "takes it", () => answering(/select from/, OK_ANSWER), /^it was/, DO_NOT_USE],
	[
		"transaction in one request",
		"runs the first statement alone",
		() => answering(/begin immediate; .*commit/, OK_ANSWER),
		/^what was written in it is not there$/,
		DO_NOT_USE,
	],
	[
		"transaction in one request",
		"leaves it open",
		() => answering(/rollback/, OK_ANSWER),
		/^it was still open after its commit$/,
		DO_NOT_USE,
	],
	[
		"transaction after an error",
		"takes the duplicate",
		() => answering(/_error .*commit/, OK_ANSWER),
		/^a second row of the same key was taken$/,
		DO_NOT_USE,
	],
	[
		"transaction after an error",
		"has none open",
		() => failing(/_error .*commit/),
		/^it was ended by the error$/,
		DO_NOT_USE,
	],
	[
		"transaction after an error",
		"keeps what came before",
		() => answering(/count\(\*\)/, rowsAnswer(["count"], [1n])),
		/^what came before the error was kept$/,
		DO_NOT_USE,
	],
	[
		"rollback of a lost connection",
		"commits",
		() => answering(/count\(\*\)/, rowsAnswer(["count"], [1n]), { from: 2 }),
		/^what was not committed was kept$/,
		/^Do not use this database: changes could stay half done in it\.$/,
	],
	[
		"rollback of a lost connection",
		"shows others what is not committed",
		() => answering(/count\(\*\)/, rowsAnswer(["count"], [1n])),
		/^another connection saw what was not committed$/,
		DO_NOT_USE,
	],
	[
		"rollback of a lost connection",
		"holds its lock for ever",
		() => failing(/^begin immediate$/, BUSY),
		/^its lock was still held after \d+ ms$/,
		DO_NOT_USE,
	],
	[
		"a change is seen at once",
		"shows an older state once",
		() => answering(/_seen where n = /, rowsAnswer(["k"]), { from: 7, to: 7 }),
		/^not seen on another connection 1 of 20 times$/,
		/^Pages may show an older state for a moment/,
	],
	[
		"one writer at a time",
		"lets both in",
		() => answering(/^begin immediate$/, OK_ANSWER),
		/^two writers were let in at once$/,
		DO_NOT_USE,
	],
	[
		"integers",
		"rounds them",
		() =>
			answering(/^select v/, rowsAnswer(["v"], [0n], [-1n], [2n ** 53n], [2n ** 63n - 1n], [-(2n ** 63n)])),
		/^a value came as 9007199254740992n? and not as 9007199254740993n$/,
		DO_NOT_USE,
	],
	[
		"integers",
		"keeps none",
		() => answering(/^select v/, rowsAnswer(["v"])),
		/came as undefined/,
		DO_NOT_USE,
	],
	[
		"fractions",
		"writes 15 digits",
		() => answering(/^select v/, rowsAnswer(["v"], [0.1], [0.333333333333333])),
		/^a value came as 0\.333333333333333 and not as 0\.3333333333333333$/,
		/^It can be used, /,
	],
	[
		"texts",
		"ends them at a zero byte",
		() => answering(/^select v/, rowsOfText("", "a")),
		/^a value came as "a" and not as "a\\u0000b"$/,
		DO_NOT_USE,
	],
	[
		"a request of 512 KB",
		"ends the connection",
		() => ({ dropBefore: forRequests(/json_each/, true) }),
		/^The connection to the database was lost before its answer came/,
		/^Large uploads fail in this database\. /,
	],
	[
		"a request of 512 KB",
		"cuts it",
		() => answering(/sum\(length/, rowsAnswer(["count", "sum", "length"], [2_500n, 3_123_750n, 7n])),
		/^what was written came as /,
		/^Large uploads fail/,
	],
	[
		"a request of 512 KB",
		"says nothing more",
		() => ({ silent: forRequests(/json_each/, true) }),
		/^The database did not answer within 0\.3 s\.$/,
		/^Large uploads fail/,
	],
	[
		"10,000 rows",
		"has a limit",
		() =>
			failing(/order by id/, { code: 10_003, message: "RowSet too big to be sent (limit set to 9 bytes)." }),
		/^RowSet too big to be sent/,
		/^Long lists fail with this database\. .*MAXROWSET/,
	],
	[
		"10,000 rows",
		"sends some of them",
		() => answering(/order by id/, rowsAnswer(["id", "f"], [1n, "x"])),
		/^all came as .*count: 1/,
		/^Long lists fail/,
	],
	[
		"10,000 rows as one value",
		"cuts it",
		() => answering(/json_group_array/, rowsAnswer(["list"], ["[[1,2,3,4,5,6,"])),
		/JSON/,
		/^Long lists fail with this database\. .*MAXDATA/,
	],
	[
		"10,000 rows as one value",
		"leaves rows out",
		() => answering(/json_group_array/, rowsAnswer(["list"], ["[[1,2,3,4,5,6,7]]"])),
		/^all came as .*count: 1/,
		/^Long lists fail/,
	],
	[
		"connections at once",
		"takes two of three",
		() => ({ mostConnections: 2 }),
		/^2 of 3: The database at localhost takes no log-in: There are too many connections\.$/,
		/^Set DB_MAX_CONNECTIONS to 2 or less, /,
	],
	[
		"unused connection",
		"ends it",
		() => ({ dropAfter: 1 }),
		/^not usable after 0\.02 s: The connection to the database is no longer open\.$/,
		/^Lower DB_IDLE_TIMEOUT, /,
	],
	[
		"unused connection",
		"has forgotten it",
		() => ({ silent: forRequests(/select 1/, true, { from: 2 }) }),
		/^not usable after 0\.02 s: The database did not answer within 0\.3 s\.$/,
		/^Lower DB_IDLE_TIMEOUT, /,
	],
];

describe("a check fails on a server that", () => {
	test.each(CASES)("%s: %s", async (check, _, faults, detail, hint) => {
		// Without the fault it passes, so it is the fault that it fails of.
		expect(await look(check)).toMatchObject({ check, passed: true });
		Object.assign(cloud.faults, faults());
		const silent = cloud.faults.silent === undefined ? {} : { queryMs: 300 };
		const finding = await look(check, silent);
		expect(finding).toMatchObject({ check, passed: false });
		expect(finding.detail).toMatch(detail);
		expect(finding.hint).toMatch(hint);
		expect(finding.hint).toEndWith(".");
		expect(cloud.violations).toEqual([]);
	});

	test("fails it for another reason: then it says what to do about that", async () => {
		cloud.faults.dropBefore = forRequests(/_upsert/, true);
		const finding = await look("UPSERT");
		expect(finding.detail).toStartWith("The connection to the database was lost before its answer came");
		expect(finding.hint).toBe("Try again in a moment.");
	});
});

function look(check: string, options: Partial<SceneOptions> = {}) {
	return lookAt(cloud, check, options);
}

describe("what cannot be reached is told without the key:", () => {
	test.each([
		["a wrong key", () => cloud.url({ apiKey: "S3cretWrong" }), /does not accept the API key\.$/],
		[
			"no such database",
			() => cloud.url({ database: "absent.sqlite" }),
			/^There is no database absent\.sqlite at/,
		],
		[
			"no such host",
			() => cloud.url({ host: "nowhere.invalid" }),
			/^The host of the database, nowhere\.invalid, is/,
		],
	])("%s", async (_, url, detail) => {
		const finding = await lookAt(cloud, "reached and logged in", {}, parseCloudUrl(url()));
		expect(finding).toMatchObject({ passed: false });
		expect(finding.detail).toMatch(detail);
		expect(finding.hint).toEndWith(".");
		expect(Bun.inspect(finding)).not.toContain("S3cret");
	});

	test("an error that repeats it", async () => {
		cloud.faults.errorFor = forRequests(/_upsert/, {
			code: 1,
			message: `near ${KEY}: ${encodeURIComponent(KEY)}`,
		});
		expect((await look("UPSERT")).detail).toBe("near ***: ***");
	});
});
