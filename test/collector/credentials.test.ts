import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findServer, type GivenAccess, readCredentials } from "../../src/collector/credentials.ts";
import { type Home, homeAt } from "../../src/collector/home.ts";
import { readPrivacy } from "../../src/collector/project-privacy.ts";
import { AppError } from "../../src/errors.ts";

let home: Home;

beforeEach(() => {
	home = homeAt(mkdtempSync(join(tmpdir(), "promptpulse-home-")));
});

afterEach(() => rmSync(home.path, { recursive: true }));

function keep(config: unknown, mode = 0o600): void {
	writeFileSync(home.config, typeof config === "string" ? config : JSON.stringify(config));
	chmodSync(home.config, mode);
}

function read(given: GivenAccess = {}, insecure = false) {
	return readCredentials(home, given, insecure);
}

function refusalOf(work: () => unknown): AppError {
	try {
		work();
	} catch (error) {
		if (error instanceof AppError) return error;
		throw error;
	}
	throw new Error("nothing was refused");
}

const ONE = "https://one.example.com";
const TWO = "https://two.example.com";

describe("server and key", () => {
	test("are absent where none is set", () => {
		expect(read()).toEqual({});
		expect(read({ server: ONE })).toEqual({ server: ONE });
		expect(read({ apiKey: "key" })).toEqual({});
	});

	test("come from the environment, or from what config.json keeps", () => {
		expect(read({ server: `${ONE}/`, apiKey: "key" }).access).toEqual({ address: ONE, key: "key" });
		keep({ server: ONE, apiKey: "kept", userId: "u", username: "ada", email: null });
		expect(read().access).toEqual({ address: ONE, key: "kept" });
		expect(read({ apiKey: "key" }).access).toEqual({ address: ONE, key: "key" });
		expect(read({ server: TWO, apiKey: "key" }).access).toEqual({ address: TWO, key: "key" });
	});

	test("of a file that names no server wait for one", () => {
		keep({ apiKey: "old", userId: "u", username: "ada", email: "ada@example.com" });
		expect(read()).toEqual({});
		expect(read({ server: ONE }).access).toEqual({ address: ONE, key: "old" });
	});

	test("stay together: a kept key goes to no other server", () => {
		keep({ server: ONE, apiKey: "kept" });
		expect(read({ server: `${ONE}/` }).access).toEqual({ address: ONE, key: "kept" });
		expect(read({ server: TWO })).toEqual({ server: TWO });
	});

	test.each([0o640, 0o604, 0o620, 0o666])("in a file of mode %o are told to be exposed, once", (mode) => {
		if (process.platform === "win32") return;
		keep({ server: ONE, apiKey: "kept" }, mode);
		expect(read().exposed).toEqual({ path: home.config, isRepaired: true });
		expect(statSync(home.config).mode & 0o777).toBe(0o600);
		expect(read().exposed).toBeUndefined();
		keep({ server: ONE, apiKey: "kept" }, mode);
		expect(read({ apiKey: "key" }).exposed).toBeUndefined();
	});

	test("of an earlier PromptPulse are told, and go nowhere", () => {
		const apiKey = `pk_${"0123456789abcdef".repeat(4)}`;
		keep({ apiKey, userId: 7, username: "ada" });
		expect(read()).toEqual({ hasOldLogin: true });
		const { code, message, hint } = refusalOf(() => read({ server: ONE }));
		expect(code).toBe("no_key");
		expect(hint).toBe(`Log in anew: promptpulse login --server ${ONE}`);
		expect(message).not.toContain(apiKey);
		expect(findServer(home, { server: ONE }).server).toBe(ONE);
		expect(findServer(home, {})).toEqual({});
	});

	test("keep what was chosen at the login, for that server alone", () => {
		const since = "2026-03-02T00:00:00.000Z";
		const http = "http://one.example.com";
		keep({ server: http, apiKey: "kept", insecure: true, since });
		expect(read()).toMatchObject({ access: { address: http, key: "kept" }, since: Date.parse(since) });
		expect(refusalOf(() => read({ server: "http://two.example.com" })).code).toBe("invalid_config");
		expect(read({ server: TWO, apiKey: "key" }).since).toBeUndefined();
		expect(findServer(home, {}).server).toBe(http);
	});

	test.each<[string, unknown]>([
		["is no JSON", "{"],
		["has a server that is a number", { server: 5, apiKey: "kept" }],
		["has a key that is a list", { server: ONE, apiKey: ["kept"] }],
		["has an address that is none", { server: "one", apiKey: "kept" }],
		["has an address without TLS", { server: "http://one.example.com", apiKey: "kept" }],
	])("in a file that %s are refused", (_what, config) => {
		keep(config);
		expect(refusalOf(() => read()).code).toBe("invalid_config");
	});

	test.each(["two words", "line\nbreak", "schlüssel", "x".repeat(257)])(
		"with the key %j are refused without it",
		(apiKey) => {
			const { code, message, hint } = refusalOf(() => read({ server: ONE, apiKey }));
			expect(code).toBe("invalid_config");
			expect(`${message}${hint}`).not.toContain(apiKey);
		},
	);
});

describe("the privacy of projects", () => {
	test("is one of four", () => {
		for (const setting of ["basename", "full", "none"] as const) {
			expect(readPrivacy(home, setting, "/home/ada")).toMatchObject({ setting, userHome: "/home/ada" });
		}
		expect(refusalOf(() => readPrivacy(home, "Hash", "/home/ada"))).toMatchObject({
			code: "invalid_config",
			message: 'PROJECT_PATH_PRIVACY is "Hash", which is no setting of it.',
			hint: "Set it to one of basename, full, hash, none, there or with promptpulse config set projectPrivacy.",
		});
	});

	test("with hash has a secret that is made once and is its owner's alone", () => {
		const secret = () => {
			const privacy = readPrivacy(home, "hash", "/home/ada");
			return privacy.setting === "hash" ? privacy.secret : undefined;
		};
		const first = secret();
		expect(first).toMatch(/^[\w-]{43}$/);
		expect(secret()).toBe(first as string);
		if (process.platform !== "win32") expect(statSync(home.secret).mode & 0o777).toBe(0o600);
		rmSync(home.secret);
		expect(secret()).not.toBe(first as string);
	});

	test.each(["{}", '{"secret": "short"}', "", "null"])(
		"with a secret's file that says %j is refused, and the file is left",
		(text) => {
			writeFileSync(home.secret, text);
			expect(refusalOf(() => readPrivacy(home, "hash", "/home/ada")).code).toBe("invalid_config");
			expect(readFileSync(home.secret, "utf8")).toBe(text);
		},
	);
});
