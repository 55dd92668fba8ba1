import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import manifest from "../../../package.json";
import { asAppError, CloudError } from "../../../src/ledger/cloud/cloud-error.ts";
import { Connection } from "../../../src/ledger/cloud/connection.ts";
import { type CloudAddress, parseCloudUrl } from "../../../src/ledger/cloud/connection-string.ts";
import { DRIVER_VERSION, guardDriver } from "../../../src/ledger/cloud/driver.ts";
import { withoutReset } from "../../support/cloud-client.ts";
import type { Faults } from "../../support/sqlite-cloud/faults.ts";
import { CloudServer } from "../../support/sqlite-cloud/server.ts";

const KEY = "S3cret+Key/of=tests";
const ENDED = "The database at localhost:PORT ended the connection before it was open.";
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

/** Whatever it takes to be the address of a test. */
type Elsewhere = () => Partial<CloudAddress>;

describe("a connection that cannot be opened says why, and what to do", () => {
	test.each<[string, Elsewhere, Faults, Partial<CloudError>]>([
		[
			"a host that is not known",
			() => ({ host: "nowhere.invalid" }),
			{},
			{ message: "The host of the database, nowhere.invalid, is not known (ENOTFOUND).", isRetryable: true },
		],
		[
			"a port where nothing answers",
			() => ({ port: 1 }),
			{},
			{
				message: "Nothing answers at port 1 of the database's host, localhost (ECONNREFUSED).",
				isRetryable: true,
			},
		],
		[
			"a certificate that nobody vouches for",
			() => ({ host: CHECKED_HOST }),
			{},
			{
				message:
					"The certificate of LOCALHOST is not trusted (DEPTH_ZERO_SELF_SIGNED_CERT), so nothing was sent to it.",
				isRetryable: false,
			},
		],
		["one that is closed during the handshake", () => ({}), { refuse: "handshake" }, { message: ENDED }],
		["one that is closed before the log-in", () => ({}), { refuse: "login" }, { message: ENDED }],
		["one that is closed at the log-in", () => ({}), { dropBefore: true }, { message: ENDED }],
		["one that is closed within its answer", () => ({}), { dropMidReply: true }, { message: ENDED }],
		[
			"too many of them",
			() => ({}),
			{ mostConnections: 0 },
			{
				message: "The database at localhost takes no log-in: There are too many connections.",
				isRetryable: true,
				code: 10_005,
			},
		],
		[
			"servers without a leader",
			() => ({}),
			{ errorFor: { code: 10_006, message: `no leader for ${KEY}` } },
			{
				message: "The servers of the database have no leader at the moment.",
				isRetryable: true,
				code: 10_006,
			},
		],
		[
			"an error that repeats the key",
			() => ({}),
			{ errorFor: { code: 10_002, message: `Unable to find command AUTH APIKEY ${KEY}` } },
			{
				message: "The database at localhost takes no log-in: Unable to find command AUTH APIKEY ***.",
				isRetryable: false,
				code: 10_002,
			},
		],
		[
			"another protocol",
			() => ({}),
			{ garbage: "HTTP/1.1 400 Bad Request\r\n" },
			{ message: "What answers at localhost:PORT is no database of SQLite Cloud." },
		],
	])("%s", async (_, elsewhere, faults, expected) => {
		Object.assign(cloud.faults, faults);
		const error = await failureOf(connect({ ...address, ...elsewhere() }));
		const { message = "", ...rest } = expected;
		expect(withoutReset(error.message)).toBe(message.replace("PORT", String(cloud.port)));
		expect(error).toMatchObject({ fate: "not executed", ...rest });
		expectToBeTold(error, "database_unreachable");
	});

	test.each<[string, Elsewhere, string, number]>([
		[
			"a wrong key",
			() => ({ credentials: { apiKey: "S3cretWrong" } }),
			"The database at localhost does not accept the API key.",
			10_004,
		],
		[
			"a wrong token",
			() => ({ credentials: { token: "S3cretWrong" } }),
			"The database at localhost does not accept the token.",
			10_004,
		],
		[
			"a wrong password",
			() => ({ credentials: { user: "ann", password: "S3cretWrong" } }),
			"The database at localhost does not accept the user and password.",
			10_004,
		],
		[
			"a database that is not there",
			() => ({ database: "absent.sqlite" }),
			"There is no database absent.sqlite at localhost.",
			10_001,
		],
	])("%s", async (_, elsewhere, message, code) => {
		const error = await failureOf(connect({ ...address, ...elsewhere() }));
		expect(error).toMatchObject({ fate: "refused", isRetryable: false, message, code });
		expectToBeTold(error, "database_refused");
	});

	test("one that says nothing", async () => {
		const { port } = mute;
		const error = await failureOf(connect({ ...address, port }, { connectMs: 30 }));
		expect(error).toMatchObject({
			message: `The database at localhost:${port} could not be reached within 0.03 s.`,
			fate: "not executed",
			isRetryable: true,
		});
		expectToBeTold(error, "database_unreachable");
	});

	test("one that says nothing to the log-in", async () => {
		cloud.faults.silent = true;
		const error = await failureOf(connect(address, { connectMs: 60 }));
		expect(error.message).toBe(`The database at localhost:${cloud.port} could not be reached within 0.06 s.`);
	});

	test("one that is not wanted any more", async () => {
		const unwanted = new AbortController();
		const opening = failureOf(connect({ ...address, port: mute.port }, { signal: unwanted.signal }));
		unwanted.abort();
		expect(await opening).toMatchObject({ fate: "not executed", isRetryable: false });
		const never = failureOf(connect(address, { signal: unwanted.signal }));
		expect(await never).toMatchObject({ fate: "not executed", isRetryable: false });
	});
});

function connect(at: CloudAddress, options: { connectMs?: number; signal?: AbortSignal } = {}) {
	return Connection.open(at, { connectMs: 10_000, queryMs: 10_000, note: () => {}, ...options });
}

async function failureOf(opening: Promise<Connection>): Promise<CloudError> {
	const outcome = await opening.catch((error: unknown) => error);
	if (outcome instanceof CloudError) return outcome;
	throw outcome;
}

/** In whole sentences, and without a secret. */
function expectToBeTold(error: CloudError, code: string): void {
	const told = asAppError(error);
	expect(told).toMatchObject({ code, message: error.message });
	expect(error.message).toMatch(/(?:\.|: .*)$/);
	expect(error.hint).toEndWith(".");
	expect(Bun.inspect(told)).not.toContain("S3cret");
}

describe("the driver", () => {
	test("is not loaded before a connection is opened", async () => {
		const module = Bun.resolveSync("../../../src/ledger/cloud/connection.ts", import.meta.dir);
		const code = `
			const { Connection } = await import(${JSON.stringify(module)});
			const count = () => Object.keys(require.cache).filter((path) => path.includes("@sqlitecloud")).length;
			const before = count();
			const never = { connectMs: 0, queryMs: 0, note() {} };
			await Connection.open(${JSON.stringify({ ...address, port: mute.port })}, never).catch(() => {});
			console.log(before, count() > 0);`;
		const child = Bun.spawn([process.execPath, "-e", code], { stdin: "ignore", stdout: "pipe" });
		expect(await child.stdout.text()).toBe("0 true\n");
	});

	test("is of the version whose inside is known", () => {
		expect(manifest.dependencies["@sqlitecloud/drivers"]).toBe(DRIVER_VERSION);
	});

	test("is refused where it has another inside, naming the version that is needed", () => {
		class Other {
			close(): void {}
		}
		expect(() => guardDriver(Other, Array)).toThrow(
			`has no connect, connectTransport, transportCommands, processCommandsData, processCommandsFinish: @sqlitecloud/drivers ${DRIVER_VERSION} is needed`,
		);
	});
});
