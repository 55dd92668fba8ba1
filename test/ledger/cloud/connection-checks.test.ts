import { describe, expect, test } from "bun:test";
import { parseCloudUrl } from "../../../src/ledger/cloud/connection-string.ts";
import {
	answering,
	DO_NOT_USE,
	failing,
	forRequests,
	lookAt,
	rowsAnswer,
	startChecked,
	testFailures,
} from "../../support/cloud-checking.ts";
import type { Faults } from "../../support/sqlite-cloud/faults.ts";
import { CloudServer } from "../../support/sqlite-cloud/server.ts";
import { until } from "../../support/until.ts";

const cloud = await startChecked();

describe("of connections, a check fails on a server that", () => {
	testFailures(cloud, [
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
			/^The database does not allow it: not allowed\.$/,
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
	]);
});

describe("the version of the server", () => {
	test("is told where it tells it", async () => {
		expect(await lookAt(cloud, "server version")).toMatchObject({ passed: true, detail: "0.0.0-test" });
	});

	test.each<[string, Faults]>([
		["with an error", failing(/LIST INFO/)],
		["by ending the connection", { dropBefore: forRequests(/LIST INFO/, true) }],
		["with something else", answering(/LIST INFO/, rowsAnswer(["key", "value"], ["os", "none"]))],
		["with no rows", answering(/LIST INFO/, "+9 something")],
	])("is not told, and that is all right: %s", async (_, faults) => {
		Object.assign(cloud.faults, faults);
		expect(await lookAt(cloud, "server version")).toMatchObject({ passed: true, detail: "not told" });
	});
});

test("as many connections are opened as there are to be, one included", async () => {
	for (const maxConnections of [1, 7]) {
		const finding = await lookAt(cloud, "connections at once", { maxConnections });
		expect(finding).toMatchObject({ passed: true, detail: `${maxConnections} of ${maxConnections}` });
	}
	await until("all are closed", () => cloud.connections === 0);
});

describe("what cannot be reached is told without the key:", () => {
	test.each([
		["a wrong key", { apiKey: "S3cretWrong" }, /does not accept the API key\.$/, "database_refused"],
		[
			"no such database",
			{ database: "absent" },
			/^There is no database absent at localhost\.$/,
			"database_refused",
		],
		[
			"no such host",
			{ host: "nowhere.invalid" },
			/^The host of the database, nowhere\.inv/,
			"database_unreachable",
		],
	])("%s", async (_, wrong, detail, code) => {
		const address = parseCloudUrl(cloud.url(wrong));
		const finding = await lookAt(cloud, "reached and logged in", {}, address);
		expect(finding).toMatchObject({ passed: false, error: { code } });
		expect(finding.detail).toMatch(detail);
		expect(finding.hint).toEndWith(".");
		expect(Bun.inspect(finding)).not.toContain("S3cret");
	});

	test("an error of a statement that repeats it", async () => {
		const key = "S3cret+Key/of=tests";
		await using other = await CloudServer.start({ apiKey: key });
		other.faults.errorFor = forRequests(/select 1/, {
			code: 1,
			message: `near ${key}, ${encodeURIComponent(key)}`,
		});
		expect((await lookAt(other, "round trip")).detail).toBe("near ***, ***");
	});
});
