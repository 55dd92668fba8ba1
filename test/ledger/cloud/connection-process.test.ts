import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CloudAddress, parseCloudUrl } from "../../../src/ledger/cloud/connection-string.ts";
import { type ClientTask, type Outcome, runClient } from "../../support/cloud-client.ts";
import { SELF_SIGNED } from "../../support/self-signed.ts";
import type { Faults } from "../../support/sqlite-cloud/faults.ts";
import { CloudServer } from "../../support/sqlite-cloud/server.ts";

const KEY = "S3cret+Key/of=tests";
const ENDED = "The database at localhost:PORT ended the connection before it was open.";
const LOST = "The connection to the database was lost before its answer came.";
/** The driver checks no certificate of a host whose name is `localhost` to the letter. */
const CHECKED_HOST = "LOCALHOST";

let cloud: CloudServer;
let address: CloudAddress;
/** Takes connections and says nothing on them. */
let mute: Bun.TCPSocketListener;

beforeAll(async () => {
	cloud = await CloudServer.start({ apiKey: KEY });
	address = parseCloudUrl(cloud.url());
	mute = Bun.listen({ hostname: "localhost", port: 0, socket: { data() {} } });
});
afterEach(() => {
	for (const fault of Object.keys(cloud.faults)) delete cloud.faults[fault as keyof Faults];
});
afterAll(async () => {
	mute.stop(true);
	await cloud.stop();
});

describe("a process with a connection prints nothing of its own, and ends well", () => {
	const quick = "select 1 as a";
	test.each<[string, Partial<ClientTask>, Faults, Outcome[]]>([
		[
			"a constraint",
			{
				steps: [
					{ send: "create table if not exists c (a unique)" },
					{ send: "insert into c values (1)" },
					{ send: "insert into c values (1)" },
				],
			},
			{},
			["open", 0, 1, "UNIQUE constraint failed: c.a", true],
		],
		[
			"a bad statement",
			{ steps: [{ send: "select absent" }, { send: quick }] },
			{},
			["open", "no such column: absent", [{ a: 1 }], true],
		],
		[
			"a command that is none",
			{ steps: [{ send: "fetch it" }] },
			{},
			["open", "Unable to find command FETCH.", true],
		],
		["a drop before it runs", { steps: [{ send: quick }] }, { dropBefore: isQuick }, ["open", LOST, false]],
		[
			"a drop within an answer",
			{ steps: [{ send: quick }] },
			{ dropMidReply: isQuick },
			["open", LOST, false],
		],
		[
			"a drop while nothing is asked",
			{ steps: [{ send: quick }, "until lost"] },
			{ dropAfter: 1 },
			["open", [{ a: 1 }], "lost", false],
		],
		[
			"an answer of another protocol",
			{ steps: [{ send: quick }] },
			{ garbage: (sql) => isQuick(sql) && "oh dear" },
			["open", "The database answered with what cannot be understood: no answer of the protocol.", false],
		],
		[
			"an answer that cannot be read",
			{ steps: [{ send: quick }] },
			{ garbage: (sql) => isQuick(sql) && "=10 2 :1 ?abc " },
			["open", "The database answered with what cannot be understood: no answer of the protocol.", false],
		],
		[
			"no answer",
			{ queryMs: 30, steps: [{ send: quick }] },
			{ silent: isQuick },
			["open", "The database did not answer within 0.03 s.", false],
		],
		[
			"closing",
			{ steps: ["close", "close", { send: quick }] },
			{},
			["open", "closed", "closed", "The connection to the database is no longer open.", false],
		],
		[
			"closing while an answer is waited for",
			{ steps: [{ closeDuring: quick }] },
			{ silent: isQuick },
			["open", LOST.replace(".", " (closed here)."), false],
		],
		[
			"a host that is not known",
			{ address: { host: "nowhere.invalid" } as CloudAddress },
			{},
			["The host of the database, nowhere.invalid, is not known (ENOTFOUND)."],
		],
		[
			"a wrong key",
			{ address: { credentials: { apiKey: "S3cretWrong" } } as CloudAddress },
			{},
			["The database at localhost does not accept the API key."],
		],
		["an end during the handshake", {}, { refuse: "handshake" }, [ENDED]],
		["an end before the log-in", {}, { refuse: "login" }, [ENDED]],
		["an end within the log-in", {}, { dropMidReply: true }, [ENDED]],
		[
			"giving up at the log-in",
			{ giveUpAfterMs: 30 },
			{ silent: true },
			["The connections to the database are being closed."],
		],
		[
			"giving up at once",
			{ giveUpAfterMs: 0 },
			{ silent: true },
			["The connections to the database are being closed."],
		],
		[
			"a certificate that nobody vouches for",
			{ address: { host: CHECKED_HOST } as CloudAddress },
			{},
			[
				"The certificate of LOCALHOST is not trusted (DEPTH_ZERO_SELF_SIGNED_CERT), so nothing was sent to it.",
			],
		],
	])("%s", async (_, task, faults, outcomes) => {
		Object.assign(cloud.faults, faults);
		const ran = await runClient({ ...task, address: { ...address, ...task.address } });
		const expected = outcomes.map((one) => (one === ENDED ? ENDED.replace("PORT", String(cloud.port)) : one));
		expect(ran).toEqual({ outcomes: expected, printed: "", exitCode: 0 });
	});

	test("a host that takes connections and says nothing", async () => {
		const ran = await runClient({ address: { ...address, port: mute.port }, connectMs: 50 });
		const outcomes = [`The database at localhost:${mute.port} could not be reached within 0.05 s.`];
		expect(ran).toEqual({ outcomes, printed: "", exitCode: 0 });
	});

	test("a certificate that the environment vouches for is trusted", async () => {
		const folder = mkdtempSync(join(tmpdir(), "certificate-"));
		try {
			const file = join(folder, "ca.pem");
			await Bun.write(file, SELF_SIGNED.cert);
			const task = { address: { ...address, host: CHECKED_HOST } };
			const ran = await runClient(task, { NODE_EXTRA_CA_CERTS: file });
			expect(ran).toEqual({ outcomes: ["open", true], printed: "", exitCode: 0 });
		} finally {
			rmSync(folder, { recursive: true });
		}
	});
});

function isQuick(sql: string): boolean {
	return sql.includes("select 1 as a");
}
