import { describe, expect, test } from "bun:test";
import { createAccount, parseServer, Server } from "../../src/collector/server.ts";
import { AppError } from "../../src/errors.ts";

function refusalOf(address: string, insecure = false): AppError {
	try {
		parseServer(address, insecure);
	} catch (error) {
		if (error instanceof AppError) return error;
	}
	throw new Error(`${address} was not refused`);
}

describe("a server's address", () => {
	test.each([
		["https://usage.example.com", "https://usage.example.com"],
		["https://usage.example.com/", "https://usage.example.com"],
		["HTTPS://Usage.Example.com:443/pulse//", "https://usage.example.com/pulse"],
		["http://localhost:3000", "http://localhost:3000"],
		["http://127.0.0.1:3000/", "http://127.0.0.1:3000"],
		["http://127.1:3000", "http://127.0.0.1:3000"],
		["http://[::1]:3000", "http://[::1]:3000"],
	])("%s is taken as %s", (text, address) => {
		expect(parseServer(text, false)).toBe(address);
	});

	test.each([
		"http://usage.example.com",
		"http://192.168.1.2:3000",
		"http://0.0.0.0:3000",
		"http://127.0.0.1.example.com",
		"http://localhost.example.com",
		"http://[::2]:3000",
	])("%s is taken only where http is allowed everywhere", (text) => {
		expect(refusalOf(text)).toMatchObject({
			code: "invalid_config",
			hint: "Use https, or allow it with --insecure.",
		});
		expect(parseServer(text, true)).toBe(text);
	});

	test.each([
		"usage.example.com",
		"ftp://usage.example.com",
		"file:///etc/passwd",
		"https://",
		"https://usage.example.com?key=hush",
		"https://usage.example.com#hush",
		"https://ada:hush@usage.example.com",
		"https://hush@usage.example.com",
	])("%s is refused without being repeated", (text) => {
		for (const insecure of [false, true]) {
			const { code, message, hint } = refusalOf(text, insecure);
			expect(code).toBe("invalid_config");
			expect(`${message} ${hint}`).not.toContain("hush");
		}
	});
});

test("a request carries the key as X-API-Key, follows nothing, and looks at certificates", async () => {
	const seen: [string, BunFetchRequestInit][] = [];
	const network = {
		deadline: 1_000,
		fetch: async (url: string, request: BunFetchRequestInit) => {
			seen.push([url, request]);
			return Response.json({ user: { id: "account-1" } });
		},
	};
	const server = new Server({ address: "https://usage.example.com/pulse", key: "hush" }, network);
	expect(await server.findAccount()).toEqual({
		kind: "ok",
		body: { id: "account-1", username: "", email: undefined },
	});
	const [[url, request] = []] = seen;
	expect(url).toBe("https://usage.example.com/pulse/api/auth/validate");
	expect(request).toMatchObject({
		method: "GET",
		redirect: "error",
		tls: { rejectUnauthorized: true },
		headers: { "x-api-key": "hush" },
	});
});

test.each([
	["an error that quotes it", Object.assign(new Error("bad header hush"), { code: "ERR_INVALID" })],
	["an error without a code", new TypeError("hush")],
])("the key is in nothing that comes of %s", async (_what, error) => {
	const network = { deadline: 1_000, fetch: () => Promise.reject(error) };
	const answer = await new Server(
		{ address: "https://usage.example.com", key: "hush" },
		network,
	).findAccount();
	expect(answer.kind).toBe("unfit");
	expect(JSON.stringify(answer)).not.toContain("hush");
});

test.each([
	[{}],
	[{ user: null }],
	[{ user: { id: 7 } }],
	[{ user: { id: "" } }],
	[{ user: { id: "a b" } }],
	[[]],
])("%j says of nobody whose key it is", async (body) => {
	const network = { deadline: 1_000, fetch: async () => Response.json(body) };
	const server = new Server({ address: "https://usage.example.com", key: "hush" }, network);
	expect((await server.findAccount()).kind).toBe("unfit");
});

test("keys are told apart by what does not tell them", () => {
	const digestOf = (key: string) => new Server({ address: "https://usage.example.com", key }).keyDigest;
	expect(digestOf("hush")).toBe(digestOf("hush"));
	expect(digestOf("hush")).not.toBe(digestOf("hash"));
	expect(digestOf("hush")).not.toContain("hush");
});

describe("what a server makes", () => {
	const address = "https://usage.example.com";
	const wanted = { username: "ada", zone: "UTC" };
	const answering = (body: unknown, status = 200) => ({
		deadline: 1_000,
		fetch: async () => Response.json(body, { status }),
	});

	test("is an account and its key, asked for without one", async () => {
		const seen: BunFetchRequestInit[] = [];
		const user = { id: "account-1", ksuid: "account-1", username: "ada", email: null, apiKey: "pk_f1" };
		const network = {
			deadline: 1_000,
			fetch: async (_url: string, request: BunFetchRequestInit) => {
				seen.push(request);
				return Response.json({ message: "Made.", user });
			},
		};
		expect(await createAccount(address, wanted, network)).toEqual({
			kind: "ok",
			body: { account: { id: "account-1", username: "ada", email: undefined }, key: "pk_f1" },
		});
		expect(seen).toMatchObject([{ method: "POST", redirect: "error", body: JSON.stringify(wanted) }]);
		expect(seen[0]?.headers).not.toHaveProperty("x-api-key");
	});

	test("is refused by a word, if it is one", async () => {
		const refused = (body: unknown) => createAccount(address, wanted, answering(body, 403));
		expect(await refused({ error: "No.", code: "registration_closed" })).toMatchObject({
			kind: "refused_key",
			code: "registration_closed",
		});
		for (const body of [{ code: "\x1b[2J" }, { code: 7 }, [], null, "x"]) {
			expect((await refused(body)).kind).toBe("refused_key");
			expect(await refused(body)).toMatchObject({ code: undefined });
		}
	});

	test.each([{ user: {} }, { user: { id: "account-1" } }, { user: { id: "account-1", apiKey: "a\nb" } }, 7])(
		"is no account if it is %j",
		async (body) => {
			expect((await createAccount(address, wanted, answering(body))).kind).toBe("unfit");
		},
	);

	test.each([{}, { key: "" }, { key: "two words" }, { key: ["pk_i1"] }, null])(
		"is no key if it is %j",
		async (body) => {
			const server = new Server({ address, key: "hush" }, answering(body));
			expect((await server.createIngestKey("laptop")).kind).toBe("unfit");
		},
	);

	test.each([
		"javascript:alert(1)",
		"file:///etc/passwd",
		"https://ada:hush@evil.example.com/",
		"/login/code",
		`https://usage.example.com/${"x".repeat(2_000)}`,
		7,
	])("is no link if it is %j", async (url) => {
		const server = new Server({ address, key: "hush" }, answering({ url }));
		expect((await server.createLink()).kind).toBe("unfit");
	});
});
