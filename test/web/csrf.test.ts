import { describe, expect, test } from "bun:test";
import { listKeys } from "../../src/ledger/api-keys.ts";
import { parseProxies } from "../../src/web/gates/proxies.ts";
import { form } from "../support/forms.ts";
import { type Person, SERVER, TestServer } from "../support/server.ts";

const NEW_KEY = JSON.stringify({ name: "evil", kind: "full" });

/** What a browser sends with a change that another site's page asks for, cookie and all. */
const FOREIGN: Record<string, RequestInit> = {
	"a form": form({ csrf: "guess" }, { "sec-fetch-site": "cross-site", origin: "https://evil.example" }),
	"a form of a neighbour": form({}, { "sec-fetch-site": "same-site" }),
	"a form of a browser that tells only the origin": {
		method: "POST",
		headers: { "content-type": "application/x-www-form-urlencoded", origin: "https://evil.example" },
	},
	"a form of a page without an origin": {
		method: "POST",
		headers: { "content-type": "application/x-www-form-urlencoded", origin: "null" },
	},
	"JSON as plain text": {
		method: "POST",
		headers: { "content-type": "text/plain", "sec-fetch-site": "cross-site" },
		body: NEW_KEY,
	},
	"a script with credentials": {
		method: "POST",
		headers: {
			"content-type": "application/json",
			"sec-fetch-site": "cross-site",
			"sec-fetch-mode": "cors",
			origin: "https://evil.example",
		},
		body: NEW_KEY,
	},
	"a script that claims to be the page's own": {
		method: "POST",
		headers: {
			"content-type": "application/json",
			"hx-request": "true",
			"hx-current-url": `${SERVER}/`,
			"sec-fetch-site": "cross-site",
		},
		body: NEW_KEY,
	},
};

const PLACES = ["/theme", "/logout", "/api/user/keys", "/api/invites"];

async function expectUntouched(server: TestServer, { account, visit }: Person): Promise<void> {
	expect(await listKeys(server.db, account.user)).toHaveLength(3);
	expect((await visit("/")).status).toBe(200);
}

describe.each(Object.keys(FOREIGN))("%s", (name) => {
	test.each(PLACES)("sent from elsewhere changes nothing at %s", async (place) => {
		const server = await TestServer.start();
		const { ada } = await server.joinAll();
		const { headers, ...init } = FOREIGN[name] ?? {};
		const { cookie = "" } = ada.browser;
		const response = await server.ask(place, {
			...init,
			headers: { ...(headers as Record<string, string>), cookie },
		});
		expect(response.status).toBe(403);
		expect(response.headers.get("access-control-allow-origin")).toBeNull();
		await expectUntouched(server, ada);
	});
});

test("every route that changes something asks a session for its token", async () => {
	const server = await TestServer.start();
	const { ada } = await server.joinAll();
	const { cookie = "" } = ada.browser;
	const routes = (await server.server.routes()).filter(
		({ method, access }) => method !== "GET" && access !== "anyone" && access !== "send",
	);
	expect(routes.length).toBeGreaterThan(8);
	for (const { method, path } of routes) {
		const headers = { cookie, "sec-fetch-site": "same-origin" };
		const response = await server.ask(path, { method, headers });
		expect([path, response.status]).toEqual([path, 403]);
	}
	await expectUntouched(server, ada);
});

test("a token of another session, an empty one and none are refused, the session's own is taken", async () => {
	const server = await TestServer.start();
	const { ada, bob } = await server.joinAll();
	const { cookie = "", "x-csrf-token": own = "" } = ada.browser;
	const post = async (csrf: Record<string, string>) =>
		(await server.ask("/theme", form({ theme: "dark", ...csrf }, { cookie }))).status;
	const other = bob.browser["x-csrf-token"] ?? "";
	expect(await Promise.all([post({ csrf: other }), post({ csrf: "" }), post({})])).toEqual([403, 403, 403]);
	expect(await post({ csrf: own })).toBe(303);
});

test("the log-in and the set-up take no form of another site", async () => {
	const server = await TestServer.start();
	const { ada } = await server.joinAll();
	const cross = { "sec-fetch-site": "cross-site" };
	const login = await server.ask("/login", form({ key: ada.keys.full }, cross));
	expect([login.status, login.headers.getSetCookie()]).toEqual([403, []]);
	expect((await server.ask("/join/x", form({ username: "eve" }, cross))).status).toBe(403);
});

test("under plain http a form of the own page is known by its origin", async () => {
	const proxies = { publicUrl: "http://usage.lan:3000", trusted: parseProxies(undefined) };
	const server = await TestServer.start({ proxies });
	const { ada } = await server.joinAll();
	const login = (origin: string) =>
		server.ask("/login", {
			method: "POST",
			headers: { "content-type": "application/x-www-form-urlencoded", origin },
			body: new URLSearchParams({ key: ada.keys.full }).toString(),
		});
	expect((await login("http://usage.lan:3000")).headers.getSetCookie()[0]).toStartWith(
		"promptpulse-session=",
	);
	expect((await login("http://usage.lan")).status).toBe(403);
});
