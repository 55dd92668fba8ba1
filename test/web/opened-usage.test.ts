import { beforeEach, describe, expect, test } from "bun:test";
import { eraseAccount } from "../../src/ledger/erase.ts";
import { findInstanceSettings } from "../../src/ledger/instance-settings.ts";
import { findUser } from "../../src/ledger/users.ts";
import { NOT_FOUND } from "../../src/web/errors.ts";
import { findOpenedUsage, OWNER_OPENS, openUsage } from "../../src/web/people/opened-usage.ts";
import type { ServerOptions } from "../../src/web/server.ts";
import type { UsageSource } from "../../src/web/source.ts";
import { exported } from "../support/exported.ts";
import { form } from "../support/forms.ts";
import { noLimits } from "../support/isolation.ts";
import { eventOf, HOUR, ingestAll } from "../support/ledger.ts";
import { byClass, byId, elementsOf, plain } from "../support/markup.ts";
import { type Person, TestServer } from "../support/server.ts";
import { watched } from "../support/watched-database.ts";

let server: TestServer;
let ada: Person;
let grace: Person;
let alice: Person;

beforeEach(async () => {
	server = await TestServer.start({ limits: noLimits() });
	({ ada, grace, alice } = await server.joinAll());
	for (const [number, who] of [ada, grace, alice].entries()) {
		const user = await findUser(server.db, who.account.user);
		if (!user) throw new Error("somebody is not in the ledger");
		const event = eventOf({ id: `msg_${number}`, at: server.now - HOUR, project: `/home/dev/app${number}` });
		await ingestAll({ db: server.db, user }, [event], { now: server.now });
	}
});

const turn = (who: Person, isOpen: boolean) =>
	who.send("PATCH", "/api/admin/settings", { admins_see_usage: isOpen });
const submit = (who: Person, path: string, fields: Record<string, string> = {}) =>
	who.visit(path, form(fields, who.browser));
const textOf = async (who: Person, path: string) => (await who.visit(path)).text();
const isTold = async (who: Person) => (await textOf(who, "/")).includes("admins of this server may see");

describe("that admins see sessions and projects", () => {
	test("is off, is turned on by the owner alone, and ended by any admin", async () => {
		expect(await (await grace.ask("/api/admin/settings")).json()).toMatchObject({
			admins_see_usage: false,
			admins_see_usage_since: null,
		});
		const refused = await turn(grace, true);
		expect([refused.status, (await refused.json()).code]).toEqual([403, "owner_only"]);
		expect((await submit(grace, "/admin/usage", { turn: "on" })).status).toBe(403);
		expect((await turn(alice, true)).status).toBe(403);
		const done = await submit(ada, "/admin/usage", { turn: "on" });
		expect([done.status, done.headers.get("location")]).toEqual([303, "/admin#usage"]);
		expect(await (await ada.ask("/api/admin/settings")).json()).toMatchObject({
			admins_see_usage: true,
			admins_see_usage_since: new Date(server.now).toISOString(),
		});
		expect(await textOf(grace, "/admin")).toContain("Show admins totals alone");
		expect((await turn(grace, false)).status).toBe(200);
		expect(await textOf(grace, "/admin")).not.toContain("Show admins sessions");
		expect(await textOf(ada, "/admin")).toContain("Show admins sessions and projects");
		const log = await server.db.all<{ detail: string }>(
			"select detail from audit_log where action = 'settings.changed' order by id",
		);
		expect(log.map(({ detail }) => JSON.parse(detail))).toMatchObject([
			{ by: ada.account.id, value: "on" },
			{ by: grace.account.id, value: "off" },
		]);
	});

	test("is turned on by who owns the server in that moment, whoever that was when asked", async () => {
		const by = { now: server.now, address: "192.0.2.1", admin: { ...grace.account, role: "owner" as const } };
		await expect(openUsage(server.db, true, by)).rejects.toThrow(OWNER_OPENS.sentence);
		expect((await findInstanceSettings(server.db)).usageOpenedAt).toBeNull();
	});

	test("tells nothing where it cannot be noted that it was looked at", async () => {
		await turn(ada, true);
		await server.db.run(
			"create trigger broken before insert on audit_log when new.action = 'person.read' begin select raise(abort, 'no room'); end",
		);
		const { id } = alice.account;
		for (const path of [`/api/admin/users/${id}/projects`, `/admin/people/${id}`]) {
			const response = await grace.visit(path);
			expect(response.status).toBe(500);
			expect(await response.text()).not.toContain("app2");
		}
		expect(server.reported.splice(0)).toHaveLength(2);
	});

	test("tells nothing of who is erased while it is noted, for nothing was noted of them", async () => {
		await turn(ada, true);
		const { account } = alice;
		const asked = async (sql: string) => {
			if (!sql.includes("from audit_log")) return;
			await server.db.transaction((tx) => eraseAccount(tx, account, { by: "self" }, server.now));
		};
		const viewer = { account: grace.account, source: {} as UsageSource };
		const ledger = {} as ServerOptions["ledger"];
		const looked = findOpenedUsage({ db: watched(server.db, { asked }), ledger }, account.id, viewer, {
			now: server.now,
			address: "192.0.2.1",
		});
		await expect(looked).rejects.toThrow(NOT_FOUND.sentence);
	});

	test("is told to everyone on the overview until they have read it, and in the settings as long as it is so", async () => {
		for (const who of [ada, grace, alice]) expect(await isTold(who)).toBe(false);
		expect(await textOf(alice, "/settings")).toContain("They see no session, no project and no machine");
		await turn(ada, true);
		for (const who of [ada, grace, alice]) {
			expect(await isTold(who)).toBe(true);
			expect(await isTold(who)).toBe(true);
			expect(await textOf(who, "/settings")).toMatch(
				/Since [^<]+ they may also see your sessions and projects/,
			);
			const read = await submit(who, "/settings/opened");
			expect([read.status, read.headers.get("location")]).toEqual([303, "/"]);
			expect(await isTold(who)).toBe(false);
		}
		expect(await textOf(alice, "/settings")).toContain("they may also see");
		server.now += HOUR;
		await turn(ada, false);
		expect(await isTold(alice)).toBe(false);
		expect(await textOf(alice, "/settings")).not.toContain("they may also see");
		await turn(ada, true);
		expect(await isTold(alice)).toBe(true);
	});

	test("makes open pages ask anew at once", async () => {
		const revision = async () =>
			(await server.db.get<{ r: number }>("select sum(revision) as r from users"))?.r;
		const before = await revision();
		await turn(ada, true);
		expect(await revision()).toBe(Number(before) + 4);
		await turn(ada, true);
		expect(await revision()).toBe(Number(before) + 4);
	});

	test("is in what a person exports", async () => {
		const settings = async () => JSON.parse(String((await exported(alice)).get("settings.json")));
		expect((await settings()).adminsSeeUsageSince).toBeNull();
		await turn(ada, true);
		expect((await settings()).adminsSeeUsageSince).toBe(new Date(server.now).toISOString());
	});

	test("is noted for the person whenever an admin looks, once an hour, and in the admins' log with the name", async () => {
		await turn(ada, true);
		const path = `/api/admin/users/${alice.account.id}/sessions`;
		await grace.ask(path);
		await grace.ask(path);
		await grace.visit(`/admin/people/${alice.account.id}`);
		await ada.ask(path);
		const reads = async () =>
			((await (await alice.ask("/api/user/audit")).json()) as { action: string }[]).filter(
				({ action }) => action === "person.read",
			);
		expect(await reads()).toMatchObject([
			{ detail: { by: ada.account.id }, address: null },
			{ detail: { by: grace.account.id }, address: null },
		]);
		expect(await textOf(alice, "/settings")).toContain("Sessions and projects were looked at, by an admin");
		const all = (await (await ada.ask("/api/admin/audit")).json()) as { action: string }[];
		expect(all.filter(({ action }) => action === "person.read")).toMatchObject([
			{ username: "alice", detail: { by: ada.account.id } },
			{ username: "alice", detail: { by: grace.account.id } },
		]);
		server.now += HOUR;
		await grace.ask(path);
		expect(await reads()).toHaveLength(3);
	});

	test("leads from each person's name to their projects and sessions, which can be looked at and not changed", async () => {
		const link = `/admin/people/${alice.account.id}`;
		expect(await textOf(grace, "/admin")).not.toContain(`href="${link}"`);
		await turn(ada, true);
		expect(await textOf(grace, "/admin")).toContain(`href="${link}"`);
		const page = await elementsOf(await textOf(grace, `${link}?range=7d`));
		expect(plain(byId(page, "projects")?.text)).toContain("app2");
		expect(plain(byId(page, "sessions")?.text)).toContain("app2");
		expect(page.filter(({ tag }) => tag === "h1").map(({ text }) => text)).toEqual(["alice"]);
		const posts = page.filter(({ attributes }) => attributes.get("method") === "post");
		const actions = new Set(posts.map(({ attributes }) => attributes.get("action")));
		expect([...actions].sort()).toEqual(["/keys", "/logout", "/theme"]);
		expect(byClass(page, "looked-at-table")).toHaveLength(2);
		expect((await grace.visit(`${link}?range=never`)).status).toBe(422);
	});
});
