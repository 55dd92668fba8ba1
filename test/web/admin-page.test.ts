import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { tmpdir } from "node:os";
import { queueMail } from "../../src/ledger/mails.ts";
import { saveBackupTime } from "../../src/ledger/settings.ts";
import { findUser } from "../../src/ledger/users.ts";
import { HealthCheck } from "../../src/web/health.ts";
import { mailingOf } from "../../src/web/people/mailing.ts";
import type { ServerOptions } from "../../src/web/server.ts";
import { form } from "../support/forms.ts";
import { eventOf, HOUR, ingestAll, PRICES } from "../support/ledger.ts";
import { byClass, byId, type Element, elementsOf, plain } from "../support/markup.ts";
import { ResendServer } from "../support/resend.ts";
import { type Person, SERVER, TestServer } from "../support/server.ts";

let server: TestServer;
let ada: Person;
let grace: Person;
let alice: Person;
let bob: Person;

const start = async (options: Partial<ServerOptions> = {}) => {
	server = await TestServer.start(options);
	({ ada, grace, alice, bob } = await server.joinAll());
};

beforeEach(() => start());
afterEach(() => expect(server.reported).toEqual([]));

const submit = (who: Person, path: string, fields: Record<string, string> = {}) =>
	who.visit(`/admin/${path}`, form(fields, who.browser));

async function show(who: Person, query = ""): Promise<Element[]> {
	const answer = await who.visit(`/admin${query}`);
	expect(answer.status).toBe(200);
	return elementsOf(await answer.text());
}

const card = async (who: Person, id: string) => plain(byId(await show(who), id)?.text);
const typedIn = (elements: readonly Element[], id: string) => byId(elements, id)?.attributes.get("value");
const namesIn = (elements: readonly Element[]) => byClass(elements, "admin-username").map(({ text }) => text);

/** The cells of each person's row, by name. */
async function rows(who: Person, query = ""): Promise<Record<string, string>> {
	const page = await show(who, query);
	const found = page.filter(({ tag }) => tag === "tr").slice(1);
	return Object.fromEntries(found.map((row, i) => [namesIn(page)[i] ?? "", plain(row.text)]));
}

async function use(person: Person, count: number, daysAgo = 0): Promise<void> {
	const user = await findUser(server.db, person.account.user);
	if (!user) throw new Error("nobody is there");
	const events = Array.from({ length: count }, (_, i) =>
		eventOf({ id: `${daysAgo}-${i}`, at: server.now - HOUR - daysAgo * 24 * HOUR, cacheRead: 9_000_000 }),
	);
	await ingestAll({ db: server.db, user }, events, { now: server.now, prices: PRICES });
}

describe("S28: the page for admins", () => {
	test("is shown to the owner and to admins, led to from their navigation, and to nobody else", async () => {
		for (const who of [ada, grace]) {
			const page = await elementsOf(await (await who.visit("/")).text());
			expect(page.filter(({ attributes }) => attributes.get("href") === "/admin")).toHaveLength(2);
			expect(plain(byId(await show(who), "people-title")?.text)).toBe("4 people");
		}
		const page = await elementsOf(await (await alice.visit("/")).text());
		expect(page.some(({ attributes }) => attributes.get("href") === "/admin")).toBe(false);
		const refused = await alice.visit("/admin");
		expect([refused.status, (await refused.text()).includes("grace")]).toEqual([403, false]);
		expect((await server.ask("/admin")).headers.get("location")).toBe("/login?next=%2Fadmin");
		// A key opens no page.
		expect((await ada.ask("/admin")).status).toBe(303);
	});

	test("has no form that does something for members", async () => {
		const forms: [string, Record<string, string>][] = [
			[`people/${bob.account.id}`, { act: "disable" }],
			["invites", { role: "member", hours: "72" }],
			["invites/x/withdraw", {}],
			["leaderboard", { turn: "on" }],
			["retention", { usual: "1", most: "1" }],
		];
		for (const [path, fields] of forms) expect((await submit(alice, path, fields)).status).toBe(403);
		expect(await server.db.all("select name from settings where name <> 'ledger'")).toEqual([]);
		expect(await server.db.all("select id from invites")).toEqual([]);
		expect((await bob.visit("/")).status).toBe(200);
	});

	test("is noted in the audit log when it is read, by its own address and by what its forms lead to", async () => {
		const read = () =>
			server.db.all<{ detail: string }>("select detail from audit_log where action = 'admin.read'");
		await show(grace);
		await show(grace, "?q=alice");
		expect(await read()).toEqual([{ detail: '{"path":"/admin"}' }]);
		server.now += HOUR;
		expect((await submit(grace, "invites", { role: "member", hours: "0" })).status).toBe(422);
		expect(await read()).toHaveLength(2);
	});
});

describe("people", () => {
	test("are listed with what they used in 30 days and ever, and nothing else of their usage", async () => {
		await use(alice, 3);
		await use(alice, 2, 40);
		await use(bob, 1, 40);
		const listed = await rows(grace);
		expect(Object.keys(listed)).toEqual(["alice", "ada", "bob", "grace"]);
		expect(listed.alice).toContain("27.0 M");
		expect(listed.alice).toContain("45.0 M");
		expect(listed.bob).toMatch(/–.*9\.00 M/);
		const text = await (await grace.visit("/admin")).text();
		for (const word of ["/home/ada/app", "laptop", "cheap"]) expect(text).not.toContain(word);
	});

	test("are put in order by each head, and found by a part of their name or address", async () => {
		await use(bob, 3);
		await use(alice, 5, 40);
		await alice.send("PUT", "/api/user/email", { email: "queen@mail.example" });
		const queries = ["", "?sort=total", "?sort=name", "?sort=name&order=desc"];
		expect(await Promise.all(queries.map(async (query) => namesIn(await show(ada, query))))).toEqual([
			["bob", "ada", "alice", "grace"],
			["alice", "bob", "ada", "grace"],
			["ada", "alice", "bob", "grace"],
			["grace", "bob", "alice", "ada"],
		]);
		expect(namesIn(await show(ada, "?q=QUEEN%40"))).toEqual(["alice"]);
		expect(plain(byId(await show(ada, "?q=%25"), "people")?.text)).toContain("Nobody's name or address");
		expect((await ada.visit("/admin?sort=size")).status).toBe(422);
		const forms = (await show(ada, "?q=ali&sort=name")).filter(({ attributes }) =>
			attributes.get("action")?.startsWith("/admin/people/"),
		);
		expect(forms.map(({ attributes }) => attributes.get("action"))).toEqual([
			`/admin/people/${alice.account.id}?sort=name&q=ali`,
		]);
	});

	test("are disabled and let in again, and the form leads back to where it stood", async () => {
		const done = await submit(grace, `people/${alice.account.id}?q=ali`, { act: "disable" });
		expect([done.status, done.headers.get("location")]).toEqual([303, "/admin?q=ali#people"]);
		expect((await alice.visit("/")).status).toBe(303);
		expect((await rows(grace)).alice).toContain("disabled");
		await submit(grace, `people/${alice.account.id}`, { act: "enable" });
		expect((await rows(grace)).alice).not.toContain("disabled");
		expect((await alice.ask("/api/auth/validate")).status).toBe(200);
	});

	test("become admins and members by the owner alone, who stays the owner", async () => {
		expect((await rows(grace)).alice).not.toContain("Make an admin");
		expect((await submit(grace, `people/${alice.account.id}`, { act: "admin" })).status).toBe(403);
		expect((await submit(ada, `people/${alice.account.id}`, { act: "admin" })).status).toBe(303);
		expect((await rows(ada)).alice).toContain("Make a member (alice)");
		expect((await rows(grace)).alice).not.toContain("Disable");
		expect((await submit(ada, `people/${grace.account.id}`, { act: "member" })).status).toBe(303);
		expect((await submit(ada, `people/${ada.account.id}`, { act: "disable" })).status).toBe(403);
		expect((await rows(ada)).ada).not.toContain("Change");
		for (const [id, act, status] of [
			["nobody", "disable", 404],
			[alice.account.id, "erase", 422],
			[alice.account.id, "__proto__", 422],
		] as const)
			expect((await submit(ada, `people/${id}`, { act })).status).toBe(status);
	});

	test("who take part in the leaderboard are left out of it and let in again", async () => {
		await ada.send("PATCH", "/api/admin/settings", { leaderboard: true });
		expect((await rows(ada)).alice).not.toContain("Leave out");
		await alice.send("PUT", "/api/user/leaderboard-settings", {
			leaderboard_enabled: true,
			display_name: "Queen",
		});
		expect((await rows(ada)).alice).toContain("Leave out of the leaderboard");
		await submit(ada, `people/${alice.account.id}`, { act: "exclude" });
		expect((await rows(ada)).alice).toContain("not on the leaderboard");
		await submit(ada, `people/${alice.account.id}`, { act: "include" });
		expect((await rows(ada)).alice).not.toContain("not on the leaderboard");
	});
});

describe("invites", () => {
	test("are made, their link shown once, listed without it, and withdrawn", async () => {
		const made = await submit(grace, "invites", { role: "member", hours: "5" });
		expect(made.status).toBe(200);
		const link = byClass(await elementsOf(await made.text()), "command-text")[0]?.text ?? "";
		expect(link).toStartWith(`${SERVER}/join/`);
		expect((await server.ask(link.slice(SERVER.length))).status).toBe(200);
		const page = await show(ada);
		expect(plain(byId(page, "invites")?.text)).toContain("1 open");
		expect(plain(byId(page, "invites")?.text)).toContain("A new memberby grace, good until");
		expect(page.some(({ text }) => text.includes(link))).toBe(false);
		const [invite] = await server.db.all<{ id: string }>("select id from invites");
		const gone = await submit(ada, `invites/${invite?.id}/withdraw`);
		expect(gone.headers.get("location")).toBe("/admin#invites");
		expect((await server.ask(link.slice(SERVER.length))).status).toBe(410);
		expect((await submit(ada, `invites/${invite?.id}/withdraw`)).status).toBe(404);
		expect(await card(ada, "invites")).toContain("none is open");
	});

	test("for no number of hours are refused, and keep what was typed", async () => {
		for (const hours of ["0", "721", "-1", "1.5", "soon", ""]) {
			const refused = await submit(ada, "invites", { role: "admin", hours });
			expect(refused.status).toBe(422);
			const page = await elementsOf(await refused.text());
			expect([typedIn(page, "hours"), plain(byId(page, "hours-wrong")?.text)]).toEqual([
				hours,
				"Give a number of hours from 1 to 720.",
			]);
			const chosen = page.filter(({ tag, attributes }) => tag === "option" && attributes.has("selected"));
			expect(chosen.map(({ text }) => text)).toEqual(["admin"]);
		}
		expect((await submit(ada, "invites", { role: "owner", hours: "1" })).status).toBe(422);
	});

	test("of admins are the owner's to make", async () => {
		const rolesOf = async (who: Person) =>
			(await show(who)).filter(({ tag }) => tag === "option").map(({ text }) => text);
		expect([await rolesOf(ada), await rolesOf(grace)]).toEqual([["member", "admin"], ["member"]]);
		expect((await submit(grace, "invites", { role: "admin", hours: "72" })).status).toBe(422);
		expect(await server.db.all("select id from invites")).toEqual([]);
	});

	test("are not offered where registration is closed", async () => {
		await start({ registration: "closed" });
		expect(byId(await show(ada), "hours")).toBeUndefined();
		expect(await card(ada, "invites")).toContain("Registration is closed");
		expect((await submit(ada, "invites", { role: "member", hours: "72" })).status).toBe(422);
	});
});

describe("the server", () => {
	test("has its leaderboard turned on and off", async () => {
		expect((await submit(grace, "leaderboard", { turn: "on" })).headers.get("location")).toBe(
			"/admin#leaderboard",
		);
		expect(await card(ada, "leaderboard")).toContain("Turn the leaderboard off");
		await submit(grace, "leaderboard", { turn: "off" });
		expect(await card(ada, "leaderboard")).toContain("Turn the leaderboard on");
		expect((await submit(ada, "leaderboard", { turn: "round" })).status).toBe(422);
	});

	test("has rules of retention, which are refused where they contradict each other", async () => {
		expect((await submit(grace, "retention", { usual: "6", most: "24" })).status).toBe(303);
		const page = await show(ada);
		expect([typedIn(page, "usual"), typedIn(page, "most")]).toEqual(["6", "24"]);
		for (const [usual, most, field] of [
			["36", "24", "usual"],
			["x", "24", "usual"],
			["6", "121", "most"],
		] as const) {
			const refused = await submit(ada, "retention", { usual, most });
			expect(refused.status).toBe(422);
			const again = await elementsOf(await refused.text());
			expect([typedIn(again, "usual"), typedIn(again, "most")]).toEqual([usual, most]);
			expect(byId(again, `${field}-wrong`)).toBeDefined();
		}
		await submit(ada, "retention", { usual: "", most: "" });
		expect(await (await ada.ask("/api/admin/retention")).json()).toEqual({
			default_months: null,
			most_months: null,
		});
	});

	test("says how it is and what of it is set where it is started, and no address or key of its database", async () => {
		const text = await card(ada, "server");
		expect(text).toContain("by invite (REGISTRATION)");
		expect(text).toContain("is not set up (RESEND_API_KEY, RESEND_FROM_EMAIL)");
		expect(text).toMatch(/Schema\d{4}_[a-z-]+/);
		const service = new ResendServer();
		const { db } = await TestServer.start();
		const health = new HealthCheck(db, tmpdir());
		await start({ mailing: mailingOf(service.settings, SERVER), db, health });
		await queueMail(
			db,
			{ user: ada.account.user, kind: "weekly", period: "2026-11-16", address: "ada@mail.example" },
			server.now,
		);
		const set = await card(ada, "server");
		expect(set).toContain("is set up; 1 waits, 0 were given up in the last week");
		expect(set).toMatch(/a file on the server's own disk, answered in \d+ ms/);
		expect(set).toMatch(/Disk[\d.]+ GB of [\d.]+ GB are free/);
		expect(set).toContain("none is known; promptpulse backup FILE");
		await saveBackupTime(db, server.now);
		expect(await card(ada, "server")).toContain("the last one 00:00; promptpulse backup FILE");
		expect(await (await ada.visit("/admin")).text()).not.toContain(tmpdir());
		await service.stop();
	});

	test("shows the last entries of the audit log, in words, and links to all", async () => {
		await submit(ada, `people/${alice.account.id}`, { act: "admin" });
		await submit(ada, "leaderboard", { turn: "on" });
		const text = await card(grace, "audit");
		expect(text).toContain("alice: The role became admin, it was member, by ada");
		expect(text).toContain("The server's leaderboard was turned on, by ada");
		expect(text).toContain("grace: Looked at what is for admins: /admin");
		const links = (await show(ada)).map(({ attributes }) => attributes.get("href") ?? "");
		for (const path of ["/api/admin/audit?limit=1000", "/api/admin/audit?limit=1000&format=csv"]) {
			expect(links).toContain(path);
			expect((await ada.visit(path)).status).toBe(200);
		}
	});
});
