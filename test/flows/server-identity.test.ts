import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mintKey } from "../../src/account/api-key.ts";
import { answer, MAIN } from "../support/answers.ts";
import { fromSourcesAfter } from "../support/program.ts";
import { type CliHome, inHome } from "../support/run-cli.ts";
import { SELF_SIGNED } from "../support/self-signed.ts";

/** Processes start slowly on a busy machine. */
setDefaultTimeout(60_000);

const KEY = mintKey("full");
/** Nobody has this address. */
const FAR = "http://192.0.2.1:3000";

/** What a server answers to `whoami`. */
const ACCOUNT = { user: { id: "u1", username: "ada" } };

let imposter: Bun.Server<undefined>;
let asked: string[] = [];
let folder: string;
let certificate: string;

beforeAll(() => {
	folder = mkdtempSync(join(tmpdir(), "promptpulse-certificate-"));
	certificate = join(folder, "certificate.pem");
	writeFileSync(certificate, SELF_SIGNED.cert);
	imposter = Bun.serve({
		port: 0,
		hostname: "127.0.0.1",
		tls: SELF_SIGNED,
		fetch({ headers }) {
			asked.push(headers.get("x-api-key") ?? "");
			return Response.json(ACCOUNT);
		},
	});
});

afterAll(async () => {
	rmSync(folder, { recursive: true });
	await imposter.stop(true);
});

/** All that ask a server, whose address is kept or set. */
const TALKING = [
	["collect"],
	["verify"],
	["whoami"],
	["dashboard", "--no-open"],
	["login", "--username", "ada", "--yes"],
];

function keep({ kept }: CliHome, server: string): void {
	mkdirSync(kept, { recursive: true, mode: 0o700 });
	writeFileSync(join(kept, "config.json"), JSON.stringify({ apiKey: KEY, server }), { mode: 0o600 });
}

describe("a server whose connection others can read", () => {
	const sentence = `The server's address ${FAR} is not https: others in the network could read the key.`;

	test.each(TALKING)("is not asked without --insecure: %s", async (...words) => {
		await inHome({ [MAIN]: [answer(1)] }, async (it) => {
			const env = { PROMPTPULSE_SERVER: FAR, PROMPTPULSE_API_KEY: KEY };
			const set = await it.cli(words, { env });
			expect({ code: set.code, isTold: set.err.includes(sentence) }).toEqual({ code: 7, isTold: true });
			expect(set.err).toContain("Use https, or allow it with --insecure.");
			keep(it, FAR);
			const kept = await it.cli(words);
			expect({ code: kept.code, isTold: kept.err.includes(sentence) }).toEqual({ code: 7, isTold: true });
		});
	});

	test("is not kept either, unless that is allowed", async () => {
		await inHome({}, async ({ cli }) => {
			for (const words of [
				["login", KEY, "--server", FAR],
				["config", "set", "server", FAR],
			]) {
				const { code, err } = await cli(words);
				expect({ code, isTold: err.includes(sentence) }).toEqual({ code: 2, isTold: true });
			}
		});
	});

	test.each([
		"http://localhost.example.com",
		"http://127.0.0.1.example.com",
		"http://127.1.example.com",
		"http://0.0.0.0:3000",
		"http://[::]:3000",
		"http://10.0.0.1",
		"HTTP://usage.example.com",
		"http:usage.example.com",
		"http://2130706434",
		"ws://usage.example.com",
		"file:///etc/passwd",
	])("is not mistaken for this machine: %s", async (server) => {
		await inHome({}, async ({ cli }) => {
			const { code } = await cli(["config", "set", "server", server]);
			// 2130706434 is 127.0.0.2, which is this machine.
			expect(code).toBe(server.endsWith("2130706434") ? 0 : 2);
		});
	});
});

describe("a server that cannot prove who it is", () => {
	/** What turns checks off elsewhere, or is taken to. */
	const ENVIRONMENTS: Record<string, string>[] = [
		{},
		{ NODE_TLS_REJECT_UNAUTHORIZED: "0" },
		{ BUN_CONFIG_INSECURE: "1", BUN_TLS_REJECT_UNAUTHORIZED: "0", GIT_SSL_NO_VERIFY: "1" },
		{ npm_config_strict_ssl: "false", PYTHONHTTPSVERIFY: "0", NODE_OPTIONS: "--insecure-http-parser" },
	];
	const program = fromSourcesAfter("hasty-waits.ts");

	test.each(ENVIRONMENTS)("gets no key, whatever the environment says: %p", async (env) => {
		await inHome({ [MAIN]: [answer(1)] }, async (it) => {
			asked = [];
			keep(it, `https://localhost:${imposter.port}`);
			for (const words of TALKING.flatMap((words) => [words, [...words, "--insecure"]])) {
				const { code, out, err } = await it.cli(words, { env, program });
				expect(code).not.toBe(0);
				expect(out + err).toMatch(/could not prove who it is|SELF_SIGNED/);
			}
			expect(asked).toEqual([]);
		});
	});

	test("and has the certificate of another name gets none either, though its issuer is trusted", async () => {
		await inHome({}, async (it) => {
			asked = [];
			keep(it, `https://127.0.0.1:${imposter.port}`);
			const { code, err } = await it.cli(["whoami"], { env: { NODE_EXTRA_CA_CERTS: certificate } });
			expect(code).toBe(4);
			expect(err).toContain("could not prove who it is");
			expect(asked).toEqual([]);
		});
	});

	test("can, once its issuer is named as one to be trusted", async () => {
		await inHome({}, async (it) => {
			asked = [];
			keep(it, `https://localhost:${imposter.port}`);
			const { code, out } = await it.cli(["whoami"], { env: { NODE_EXTRA_CA_CERTS: certificate } });
			expect(code).toBe(0);
			expect(out).toContain("ada");
			expect(asked).toEqual([KEY]);
		});
	});
});
