import { beforeEach, describe, expect, test } from "bun:test";
import { findUser } from "../../src/ledger/users.ts";
import { form } from "../support/forms.ts";
import { eventOf, HOUR, ingestAll, PRICES } from "../support/ledger.ts";
import { byClass, byId, type Element, elementsOf, plain } from "../support/markup.ts";
import { type Person, TestServer } from "../support/server.ts";

let server: TestServer;
let ada: Person;
let grace: Person;
let alice: Person;
let bob: Person;

beforeEach(async () => {
	server = await TestServer.start();
	server.now = Date.UTC(2026, 10, 24, 13, 37);
	({ ada, grace, alice, bob } = await server.joinAll());
});

const submit = (who: Person, path: string, fields: Record<string, string>) =>
	who.visit(`/leaderboard/${path}`, form(fields, who.browser));
const join = (who: Person, name: string, query = "") =>
	submit(who, `take-part${query}`, { action: "join", name });

async function show(who: Person, query = ""): Promise<Element[]> {
	const answer = await who.visit(`/leaderboard${query}`);
	expect(answer.status).toBe(200);
	return elementsOf(await answer.text());
}

const text = (elements: readonly Element[]) => plain(byId(elements, "main")?.text);
const linkIn = (elements: readonly Element[]) =>
	elements.some(({ tag, attributes }) => tag === "a" && attributes.get("href") === "/leaderboard");
const rowsIn = (elements: readonly Element[]) =>
	elements
		.filter(({ tag }) => tag === "tr")
		.map((row) => plain(row.text))
		.slice(1);

let made = 0;

async function use(person: Person, count: number): Promise<void> {
	const user = await findUser(server.db, person.account.user);
	if (!user) throw new Error("nobody is there");
	const events = Array.from({ length: count }, (_, i) =>
		eventOf({ id: `m${++made}`, at: server.now - HOUR + i }),
	);
	await ingestAll({ db: server.db, user }, events, { now: server.now, prices: PRICES });
}

async function fill(): Promise<void> {
	expect((await submit(grace, "switch", { turn: "on" })).status).toBe(303);
	for (const [person, name, count] of [
		[alice, "Queen", 5],
		[bob, "Rook", 3],
		[grace, "Bishop", 1],
	] as const) {
		await use(person, count);
		expect((await join(person, name)).status).toBe(303);
	}
}

describe("the page of the leaderboard", () => {
	test("is led to where there is one, and by admins where there is none", async () => {
		expect(linkIn(await elementsOf(await (await alice.visit("/")).text()))).toBe(false);
		expect(linkIn(await elementsOf(await (await grace.visit("/")).text()))).toBe(true);
		await fill();
		for (const path of ["/", "/models", "/settings"])
			expect(linkIn(await elementsOf(await (await alice.visit(path)).text()))).toBe(true);
		const items = byClass(await show(alice), "nav-item").filter(({ attributes }) =>
			attributes.has("aria-current"),
		);
		expect(new Set(items.map(({ attributes }) => attributes.get("href")))).toEqual(new Set(["/leaderboard"]));
	});

	test("says that it is off, and lets admins turn it on and off again", async () => {
		expect(text(await show(alice))).toContain(
			"The leaderboard is offAn admin of this server can turn it on.",
		);
		expect(byClass(await show(alice), "board-switch")).toEqual([]);
		expect(byClass(await show(grace), "board-switch")).toHaveLength(1);
		expect((await submit(alice, "switch", { turn: "on" })).status).toBe(403);
		expect((await submit(grace, "switch", { turn: "up" })).status).toBe(422);
		await fill();
		expect(rowsIn(await show(alice))).toHaveLength(4);
		expect((await submit(ada, "switch", { turn: "off" })).headers.get("location")).toBe("/leaderboard");
		const off = text(await show(alice));
		expect(off).toContain("The leaderboard is off");
		expect(off).not.toContain("Rook");
		expect(off).toContain("Leave the leaderboard");
	});

	test("says how many there have to be, and shows nobody's numbers before", async () => {
		await submit(grace, "switch", { turn: "on" });
		await use(alice, 5);
		await join(alice, "Queen");
		const page = await show(alice);
		expect(text(page)).toContain(
			"Numbers are shown as soon as 3 people who take part have usage in these days",
		);
		expect(rowsIn(page)).toEqual([]);
		expect(text(page)).toContain("You take part");
	});

	test("shows one's own place first, then all places", async () => {
		await fill();
		expect(rowsIn(await show(bob))).toEqual([
			"2RookYou, top 67 %300<$0.0110.0 %300",
			"1Queen500<$0.0110.0 %500",
			"2Rook300<$0.0110.0 %300",
			"3Bishop100<$0.0110.0 %100",
		]);
		expect(rowsIn(await show(ada))[0]).toBe("You do not take part.");
		await join(ada, "King");
		expect(rowsIn(await show(ada))[0]).toBe("You have no usage in these days.");
		expect(text(await show(bob))).toContain(
			"What machines report of themselves, at list prices; nobody checks it.",
		);
	});

	test("has period and order in its address, which links and forms keep", async () => {
		await fill();
		const page = await show(alice, "?period=all&metric=days");
		const chosen = byClass(page, "segment").filter(({ attributes }) => attributes.has("aria-current"));
		expect(chosen.map(({ text }) => text)).toEqual(["All", "Active days"]);
		const hrefs = byClass(page, "segment").map(({ attributes }) => attributes.get("href"));
		expect(hrefs).toContain("/leaderboard?metric=days");
		expect(hrefs).toContain("/leaderboard?period=all&metric=cost");
		expect((await join(alice, "Queen", "?period=all&metric=days")).headers.get("location")).toBe(
			"/leaderboard?period=all&metric=days",
		);
		for (const query of ["?period=x", "?metric=__proto__", "?period=hourly"])
			expect((await alice.visit(`/leaderboard${query}`)).status).toBe(422);
	});

	test("links to its numbers as JSON, and for admins as a table", async () => {
		await fill();
		const links = async (who: Person) =>
			(await show(who, "?period=daily&metric=cost"))
				.map(({ attributes }) => attributes.get("href") ?? "")
				.filter((href) => href.startsWith("/api/"));
		expect(await links(alice)).toEqual(["/api/leaderboard/daily?metric=cost"]);
		const [table = ""] = await links(grace);
		expect((await grace.visit(table)).headers.get("content-type")).toStartWith("text/csv");
	});
});

describe("taking part by a form", () => {
	test("keeps a name that is refused, with what is wrong with it", async () => {
		await fill();
		for (const [name, wrong] of [
			["rook", "Somebody else is known here by this name"],
			["bob", "Somebody else is known here by this name"],
			["", "Give a name of 1 to 50 characters"],
			["\u202eneeuq", "Give a name of 1 to 50 characters"],
			["<script>alert(1)</script>".repeat(4), "Give a name of 1 to 50 characters"],
		] as const) {
			const answer = await join(alice, name, "?metric=cost");
			expect(answer.status).toBe(422);
			const page = await elementsOf(await answer.text());
			expect(byId(page, "name")?.attributes.get("value")).toBe(name);
			expect(byId(page, "name")?.attributes.get("aria-invalid")).toBe("true");
			expect(byId(page, "name-wrong")?.text).toContain(wrong);
			expect(page.filter(({ text, tag }) => tag === "script" && text.includes("alert"))).toEqual([]);
		}
		expect(rowsIn(await show(alice))[0]).toContain("Queen");
	});

	test("ends by one, at once", async () => {
		await fill();
		await use(ada, 1);
		await join(ada, "King");
		const left = await submit(alice, "take-part?period=daily", { action: "leave" });
		expect([left.status, left.headers.get("location")]).toEqual([303, "/leaderboard?period=daily"]);
		expect(left.headers.getSetCookie()[0]).toStartWith("done=board-left");
		expect(text(await show(bob))).not.toContain("Queen");
		expect(byId(await show(alice), "name")?.attributes.get("value")).toBe("Queen");
		expect((await submit(alice, "take-part", { action: "x" })).status).toBe(422);
	});

	test("is done by nobody for another: a form of another's session, or without its token, changes nothing", async () => {
		await fill();
		const { "x-csrf-token": _, ...headers } = alice.browser;
		const answer = await server.ask("/leaderboard/take-part", form({ action: "leave" }, headers));
		expect(answer.status).toBe(403);
		expect(rowsIn(await show(alice))).toHaveLength(4);
	});
});

test("S72: who is left out is told on the page, by no other name than the own, and admins let the person in again", async () => {
	await fill();
	await use(ada, 1);
	await join(ada, "King");
	const forms = (await show(grace)).filter(({ attributes }) => attributes.get("name") === "person");
	expect(forms.map(({ attributes }) => attributes.get("value"))).toEqual([
		alice.account.id,
		bob.account.id,
		grace.account.id,
		ada.account.id,
	]);
	expect((await show(alice)).filter(({ attributes }) => attributes.get("name") === "person")).toEqual([]);
	const who = { person: bob.account.id };
	expect((await submit(alice, "exclude", { ...who, excluded: "yes" })).status).toBe(403);
	expect((await submit(grace, "exclude", { ...who, excluded: "maybe" })).status).toBe(422);
	expect((await submit(grace, "exclude", { person: "nobody", excluded: "yes" })).status).toBe(404);
	expect((await submit(grace, "exclude", { ...who, excluded: "yes" })).status).toBe(303);
	expect(text(await show(bob))).toContain("An admin has left you out of the leaderboard.");
	expect(text(await show(alice))).not.toContain("An admin has left");
	expect(rowsIn(await show(bob))[0]).toBe("You are left out.");
	expect(text(await show(alice))).not.toContain("Rook");
	expect(text(await show(grace))).toContain("Rook is left out.");
	await submit(grace, "exclude", { ...who, excluded: "no" });
	expect(rowsIn(await show(bob))[0]).toContain("Rook");
});

test("a page that is open hears of it when its person is left out, and of nothing that others do", async () => {
	await fill();
	const version = async () => byId(await show(bob), "main")?.attributes.get("data-usage");
	const before = await version();
	await use(alice, 3);
	await submit(grace, "exclude", { person: alice.account.id, excluded: "yes" });
	expect(await version()).toBe(before);
	await submit(grace, "exclude", { person: bob.account.id, excluded: "yes" });
	expect(await version()).not.toBe(before);
});
