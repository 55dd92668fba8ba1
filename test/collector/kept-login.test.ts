import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
	chmodSync,
	chownSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readFileSync,
	rmSync,
	statSync,
	symlinkSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Home, homeAt } from "../../src/collector/home.ts";
import { forgetLogin, type KeptLogin, readLogin, saveLogin } from "../../src/collector/kept-login.ts";
import { AppError } from "../../src/errors.ts";

/** Windows has no modes, and root alone may give a file away. */
const HAS_MODES = process.platform !== "win32";
const IS_ROOT = process.getuid?.() === 0;

let home: Home;

beforeEach(() => {
	home = homeAt(mkdtempSync(join(tmpdir(), "promptpulse-home-")));
});

afterEach(() => rmSync(home.path, { recursive: true }));

const LOGIN: KeptLogin = {
	apiKey: "pk_fsecret",
	userId: "2kFQ5vR9v2t0a1b2c3d4e5f6g7h",
	username: "ada",
	email: "ada@example.com",
	server: "https://usage.example.com",
	insecure: undefined,
	since: Date.UTC(2026, 2, 1),
};

function write(config: unknown, mode = 0o600): void {
	writeFileSync(home.config, typeof config === "string" ? config : JSON.stringify(config));
	chmodSync(home.config, mode);
}

function kept(): Record<string, unknown> {
	return JSON.parse(readFileSync(home.config, "utf8"));
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

describe("a login", () => {
	test("is none where there is no file", () => {
		expect(readLogin(home)).toEqual({ login: {}, exposed: "no", hasOldSession: false });
	});

	test("is read as it was saved, from a file and a folder for its owner alone", () => {
		rmSync(home.path, { recursive: true });
		saveLogin(home, LOGIN);
		expect(readLogin(home)).toEqual({ login: LOGIN, exposed: "no", hasOldSession: false });
		expect(kept()).toMatchObject({ since: "2026-03-01T00:00:00.000Z" });
		if (HAS_MODES) {
			expect(statSync(home.config).mode & 0o777).toBe(0o600);
			expect(statSync(home.path).mode & 0o777).toBe(0o700);
		}
	});

	test("of an earlier PromptPulse is read as it is, with its number as a text", () => {
		write({ apiKey: "pk_0123", userId: 7, username: "ada", email: null });
		expect(readLogin(home).login).toEqual({ apiKey: "pk_0123", userId: "7", username: "ada" });
	});

	test("replaces the one before as a whole, and leaves what else stands there", () => {
		write({ ...LOGIN, since: "2026-03-01T00:00:00.000Z", insecure: true, theme: { dark: true } });
		saveLogin(home, { apiKey: "pk_inew", server: "https://other.example.com" });
		expect(kept()).toEqual({
			apiKey: "pk_inew",
			server: "https://other.example.com",
			theme: { dark: true },
		});
	});

	test("is forgotten with its file, unless something else stands there", () => {
		saveLogin(home, LOGIN);
		expect(forgetLogin(home)).toBe(true);
		expect(existsSync(home.config)).toBe(false);
		expect(forgetLogin(home)).toBe(false);
		write({ ...LOGIN, since: undefined, theme: "dark" });
		expect(forgetLogin(home)).toBe(true);
		expect(kept()).toEqual({ theme: "dark" });
		expect(forgetLogin(home)).toBe(false);
		expect(kept()).toEqual({ theme: "dark" });
	});

	test("is not there without a key: then the server is a setting, and stays", () => {
		write({ server: LOGIN.server, insecure: true });
		expect(forgetLogin(home)).toBe(false);
		expect(kept()).toEqual({ server: LOGIN.server, insecure: true });
	});

	test.each([
		["a list", "[]"],
		["a text", '"pk_fsecret"'],
		["cut off", '{"apiKey": "pk_fsecr'],
		["a key that is none", '{"apiKey": {"secret": "pk_fsecret"}}'],
		["a moment that is none", '{"apiKey": "pk_fsecret", "since": "yesterday"}'],
		["a moment without its zone", '{"since": "2026-03-01T00:00:00"}'],
	])("that is %s is refused, left as it is, and not quoted", (_what, text) => {
		write(text);
		const { code, message, hint = "" } = refusalOf(() => readLogin(home));
		expect(code).toBe("invalid_config");
		expect(message).toContain(home.config);
		expect(message + hint).not.toContain("pk_fsecr");
		expect(readFileSync(home.config, "utf8")).toBe(text);
	});
});

if (HAS_MODES)
	describe("the file of a login", () => {
		test.each([0o640, 0o604, 0o620, 0o666])("of mode %o is made its owner's alone, once", (mode) => {
			write({ apiKey: "pk_fsecret" }, mode);
			expect(readLogin(home).exposed).toBe("repaired");
			expect(statSync(home.config).mode & 0o777).toBe(0o600);
			expect(readLogin(home).exposed).toBe("no");
		});

		test("without a key in it may be read by anyone", () => {
			write({ server: "https://usage.example.com" }, 0o644);
			expect(readLogin(home).exposed).toBe("no");
		});

		test.each([
			["another file", true],
			["nothing", false],
		])("is not followed where it is a link to %s, read or written", (_what, isThere) => {
			const target = join(home.path, "target.json");
			const text = JSON.stringify({ apiKey: "pk_fother", server: "https://evil.example.com" });
			if (isThere) writeFileSync(target, text);
			symlinkSync(target, home.config);
			for (const work of [() => readLogin(home), () => saveLogin(home, LOGIN), () => forgetLogin(home)]) {
				const { code, hint } = refusalOf(work);
				expect(code).toBe("invalid_config");
				expect(hint).toContain("promptpulse login");
			}
			expect(existsSync(target) && readFileSync(target, "utf8")).toBe(isThere && text);
		});

		test("is refused where it is a folder", () => {
			mkdirSync(home.config);
			expect(refusalOf(() => readLogin(home)).message).toContain("no ordinary file");
			expect(refusalOf(() => saveLogin(home, LOGIN)).code).toBe("invalid_config");
		});

		if (IS_ROOT)
			test("is refused where it is another user's", () => {
				write({ apiKey: "pk_fsecret", server: "https://evil.example.com" });
				chownSync(home.config, 12_345, 12_345);
				const { code, message } = refusalOf(() => readLogin(home));
				expect(code).toBe("invalid_config");
				expect(message).toContain("another user");
				expect(refusalOf(() => saveLogin(home, LOGIN)).code).toBe("invalid_config");
			});
	});
