import { afterEach, describe, expect, test } from "bun:test";
import { saveRole } from "../../src/ledger/accounts.ts";
import { isForPrograms, type OpenApi } from "../../src/web/openapi/openapi.ts";
import type { Route } from "../../src/web/route.ts";
import { type Marked, makeWorld } from "../support/isolation.ts";
import { nameOf, pathWith } from "../support/route-calls.ts";
import { emptyLedger } from "../support/scan.ts";
import { watched } from "../support/watched-database.ts";

/** What happens when the gate has let somebody in, before anything is changed. */
let meanwhile: (() => Promise<unknown>) | undefined;

const db = await emptyLedger();
const { server, ada, grace, alice, bob } = await makeWorld(
	watched(db, {
		async begun() {
			const happens = meanwhile;
			meanwhile = undefined;
			await happens?.();
		},
	}),
);
const document = (await (await server.ask("/api/openapi.json")).json()) as OpenApi;

/** Routes that change nothing, end something of one's own, or name what is one's own. */
const HARMLESS = [
	"POST /api/upload-history/check",
	"POST /api/user/test-email",
	"DELETE /api/user/keys/:id",
	"DELETE /api/user/sessions/:id",
	"PATCH /api/projects/:id",
	"PATCH /api/machines/:id",
];

const changing = (await server.server.routes()).filter(
	(route) => isForPrograms(route) && /write|send/.test(route.access) && !HARMLESS.includes(nameOf(route)),
);
const ofAdmins = changing.filter(({ access }) => access === "admin write");
const ofPeople = changing.filter(({ access }) => access !== "admin write");

afterEach(async () => {
	meanwhile = undefined;
	await db.run("update accounts set disabled_at = null");
	await db.run("update accounts set role = 'admin' where user = ?", [grace.person.account.user]);
	expect(server.reported).toEqual([]);
});

/** Asks as the document shows it, about bob's account and alice's invite where something is named. */
async function call(route: Route, by: Marked): Promise<[number, string]> {
	const operation = document.paths[route.path.replace(/:(\w+)/g, "{$1}")]?.[route.method.toLowerCase()];
	const example = operation?.requestBody?.content["application/json"]?.example;
	const body = nameOf(route) === "DELETE /api/user" ? { confirm: by.person.account.username } : example;
	const invite = alice.ids.find(({ what }) => what === "invite")?.id ?? "";
	const path = pathWith(route, route.path.includes("invites") ? invite : bob.person.account.id);
	const init = body === undefined ? {} : { body: JSON.stringify(body) };
	const answer = await by.person.ask(path, {
		method: route.method,
		headers: { "content-type": "application/json" },
		...init,
	});
	const { code } = (await answer.json()) as { code: string };
	return [answer.status, code];
}

/** Everything that is kept, but roles, who is disabled, how often and when somebody asked, and marks of transactions. */
async function dumpAll(): Promise<string> {
	const tables = await db.all<{ name: string }>(
		"select name from sqlite_schema where type = 'table' and name not in ('attempts', 'commits') order by name",
	);
	const rows = await Promise.all(tables.map(({ name }) => db.all(`select * from "${name}"`)));
	return JSON.stringify(rows).replace(/"(last_used_at|seen_at|disabled_at|role)":[^,}]+/g, "");
}

describe("who was disabled after the gate had let them in changes nothing by", () => {
	test.each(ofPeople.map((route) => [nameOf(route), route] as const))("%s", async (_name, route) => {
		const before = await dumpAll();
		const { user } = alice.person.account;
		meanwhile = () => db.run("update accounts set disabled_at = 1 where user = ?", [user]);
		expect(await call(route, alice)).toEqual([401, "no_access"]);
		expect(meanwhile).toBeUndefined();
		expect(await dumpAll()).toBe(before);
	});
});

describe("who was made a member after the gate had let them in as an admin changes nothing by", () => {
	test.each(ofAdmins.map((route) => [nameOf(route), route] as const))("%s", async (_name, route) => {
		const before = await dumpAll();
		const { user } = grace.person.account;
		meanwhile = () => db.transaction((tx) => saveRole(tx, user, "member"));
		expect(await call(route, grace)).toEqual([403, "not_allowed"]);
		expect(meanwhile).toBeUndefined();
		expect(await dumpAll()).toBe(before);
	});
});

describe("who owned the server until after the gate", () => {
	const { user } = ada.person.account;

	afterEach(() => db.run("update accounts set role = 'owner' where user = ?", [user]));

	test.each([
		["makes no admin", "PATCH", `/api/admin/users/${bob.person.account.id}`, { role: "admin" }],
		["invites none", "POST", "/api/invites", { role: "admin" }],
		["opens nobody's usage", "PATCH", "/api/admin/settings", { admins_see_usage: true }],
	])("%s", async (_what, method, path, body) => {
		const before = await dumpAll();
		meanwhile = () => db.transaction((tx) => saveRole(tx, user, "admin"));
		const answer = await ada.person.send(method, path, body);
		expect([answer.status, await answer.json()]).toEqual([
			403,
			expect.objectContaining({ code: "owner_only" }),
		]);
		expect(await dumpAll()).toBe(before);
	});
});

describe("who is about to make a key", () => {
	const makeKey = (headers: Record<string, string>) =>
		server.ask("/api/user/keys", {
			method: "POST",
			headers: { ...headers, "content-type": "application/json" },
			body: JSON.stringify({ name: "another", kind: "read", expires_at: null }),
		});
	const { keys, browser, account } = alice.person;

	test("makes none by a key that is revoked meanwhile", async () => {
		meanwhile = () =>
			db.run("update api_keys set revoked_at = 1 where user = ? and kind = 'full'", [account.user]);
		expect((await makeKey({ "x-api-key": keys.full })).status).toBe(401);
		await db.run("update api_keys set revoked_at = null where revoked_at = 1");
		expect((await makeKey({ "x-api-key": keys.full })).status).toBe(200);
	});

	test("makes none in a browser that is logged out meanwhile", async () => {
		expect((await makeKey(browser)).status).toBe(200);
		meanwhile = () => db.run("delete from web_sessions where user = ?", [account.user]);
		expect((await makeKey(browser)).status).toBe(401);
	});
});
