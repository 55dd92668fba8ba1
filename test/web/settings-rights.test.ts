import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { findAccountByName } from "../../src/ledger/accounts.ts";
import { form } from "../support/forms.ts";
import { HOUR } from "../support/ledger.ts";
import { byClass, byId, type Element, elementsOf, plain } from "../support/markup.ts";
import { type Person, TestServer } from "../support/server.ts";

let server: TestServer;
let ada: Person;
let alice: Person;
let bob: Person;

beforeEach(async () => {
	server = await TestServer.start();
	({ ada, alice, bob } = await server.joinAll());
});

afterEach(() => expect(server.reported).toEqual([]));

const submit = (who: Person, path: string, fields: Record<string, string> = {}) =>
	who.visit(path, form(fields, who.browser));

async function settingsOf(who: Person): Promise<Element[]> {
	return elementsOf(await (await who.visit("/settings")).text());
}

const typedIn = (elements: readonly Element[], id: string) => byId(elements, id)?.attributes.get("value");
const card = async (who: Person, id: string) => plain(byId(await settingsOf(who), id)?.text);
const hrefs = (elements: readonly Element[]) => elements.map(({ attributes }) => attributes.get("href"));

/** A form that was refused: what is said at its field, and what stands in it. */
async function refusal(answer: Response, id: string): Promise<(string | undefined)[]> {
	expect(answer.status).toBe(422);
	const page = await elementsOf(await answer.text());
	expect(page.find(({ tag }) => tag === "title")?.text).toStartWith("Not saved");
	return [plain(byId(page, `${id}-wrong`)?.text), typedIn(page, id)];
}

test("the list of the page's cards leads to each of them, in their order", async () => {
	await ada.send("PATCH", "/api/admin/settings", { leaderboard: true });
	const page = await settingsOf(alice);
	const cards = byClass(page, "settings-card").map(({ attributes }) => `#${attributes.get("id")}`);
	expect(cards.length).toBeGreaterThan(10);
	const index = byClass(page, "settings-index")[0];
	expect(index?.attributes.get("aria-label")).toBe("On this page");
	const others: (string | undefined)[] = ["#main", "#help", "#erase-account"];
	expect(hrefs(page).filter((href) => href?.startsWith("#") && !others.includes(href))).toEqual(cards);
});

describe("the plan", () => {
	const planOf = async () => (await alice.ask("/api/user/plan-settings")).json();

	test("is one of the list, another one with its price, or none", async () => {
		const saved = await submit(alice, "/settings/plan", { plan: "max_100", price: "" });
		expect([saved.status, saved.headers.get("location")]).toEqual([303, "/settings#plan"]);
		expect(await planOf()).toMatchObject({ claude_plan: "max_100", price_usd: 100 });
		await submit(alice, "/settings/plan", { plan: "other", price: "$1,234.50" });
		expect(await planOf()).toMatchObject({ claude_plan: "other", price_usd: 1_234.5 });
		expect(typedIn(await settingsOf(alice), "price")).toBe("1234.50");
		await submit(alice, "/settings/plan", { plan: "", price: "5" });
		expect(await planOf()).toMatchObject({ claude_plan: null, price_usd: null });
	});

	test("with a price that is none is refused, and stays in the fields", async () => {
		for (const price of ["", "free", "-3", "0", "1e9", "17.999"]) {
			const answer = await submit(alice, "/settings/plan", { plan: "other", price });
			const [wrong, value] = await refusal(answer, "price");
			expect([wrong, value]).toEqual(["Give its price a month in US dollars, such as 20 or 17.50.", price]);
		}
		expect((await submit(alice, "/settings/plan", { plan: "gold" })).status).toBe(422);
		expect(await planOf()).toMatchObject({ claude_plan: null });
	});
});

describe("the leaderboard", () => {
	test("is not spoken of where there is none, but to who takes part", async () => {
		expect(byId(await settingsOf(alice), "leaderboard")).toBeUndefined();
		const join = await submit(alice, "/settings/leaderboard", { action: "join", display_name: "Queen" });
		expect(join.status).toBe(404);
		await ada.send("PATCH", "/api/admin/settings", { leaderboard: true });
		await submit(alice, "/settings/leaderboard", { action: "join", display_name: "Queen" });
		await ada.send("PATCH", "/api/admin/settings", { leaderboard: false });
		expect(await card(alice, "leaderboard")).toContain("It is off for everyone now.");
		expect((await submit(alice, "/settings/leaderboard", { action: "leave" })).status).toBe(303);
		expect(byId(await settingsOf(alice), "leaderboard")).toBeUndefined();
	});

	test("is joined under a name, which is kept, and left", async () => {
		await ada.send("PATCH", "/api/admin/settings", { leaderboard: true });
		const joined = await submit(alice, "/settings/leaderboard", { action: "join", display_name: "Queen" });
		expect(joined.headers.get("location")).toBe("/settings#leaderboard");
		expect(await card(alice, "leaderboard")).toContain("you take part");
		const taken = await submit(bob, "/settings/leaderboard", { action: "join", display_name: "queen" });
		const [wrong, value] = await refusal(taken, "display_name");
		expect([wrong, value]).toEqual([expect.stringContaining("Somebody else is known here"), "queen"]);
		await submit(alice, "/settings/leaderboard", { action: "leave" });
		const page = await settingsOf(alice);
		expect([typedIn(page, "display_name"), hrefs(page).includes("/leaderboard")]).toEqual(["Queen", true]);
		expect((await submit(alice, "/settings/leaderboard", { action: "win" })).status).toBe(422);
	});

	test("tells who is left out of it", async () => {
		await ada.send("PATCH", "/api/admin/settings", { leaderboard: true });
		await ada.send("PUT", `/api/admin/leaderboard/${alice.account.id}`, { excluded: true });
		expect(await card(alice, "leaderboard")).toContain("An admin has left you out of it");
		expect(await card(bob, "leaderboard")).not.toContain("left you out");
	});
});

describe("retention", () => {
	const kept = async () => (await (await alice.ask("/api/user/retention")).json()).months;

	test("is so many months, or for good where the field is empty", async () => {
		expect(await card(alice, "retention")).toContain("This server keeps single responses for good");
		await submit(alice, "/settings/retention", { months: "12" });
		expect([await kept(), typedIn(await settingsOf(alice), "months")]).toEqual([12, "12"]);
		await submit(alice, "/settings/retention", { months: "" });
		expect([await kept(), typedIn(await settingsOf(alice), "months")]).toEqual([null, ""]);
	});

	test("says the server's rule, and is refused beyond it", async () => {
		await ada.send("PUT", "/api/admin/retention", { default_months: 6, most_months: 24 });
		const text = await card(alice, "retention");
		expect(text).toContain("for 6 months where nothing is chosen, and nobody's for longer than 24 months.");
		expect(text).toContain("You have chosen nothing yourself.");
		for (const months of ["25", ""]) {
			const [wrong, value] = await refusal(await submit(alice, "/settings/retention", { months }), "months");
			expect([wrong, value]).toEqual([expect.stringContaining("longer than 24 months"), months]);
		}
	});

	test("is refused for what is no number of months, and stays in the field", async () => {
		for (const months of ["0", "121", "1.5", "-1", "1e1", "twelve", "0x10", "²"]) {
			const [wrong, value] = await refusal(await submit(alice, "/settings/retention", { months }), "months");
			expect([wrong, value]).toEqual([expect.stringContaining("from 1 to 120"), months]);
		}
		expect(await kept()).toBeNull();
	});
});

describe("one's own data", () => {
	test("says who sees what, and links to all of it", async () => {
		expect(await card(alice, "audit")).toContain("There is nothing in it yet.");
		await submit(alice, "/settings/retention", { months: "12" });
		const page = await settingsOf(alice);
		expect(plain(byId(page, "privacy")?.text)).toContain(
			"your cost and tokens of the last 30 days and in all. They see no session, no project and no machine",
		);
		const links = hrefs(page);
		for (const path of [
			"/api/user/export",
			"/api/user/audit?limit=1000&format=csv",
			"/machines",
			"/projects",
		])
			expect(links).toContain(path);
		for (const path of links.filter((href) => href?.startsWith("/api/"))) {
			const answer = await alice.visit(path ?? "");
			expect([path, answer.status]).toEqual([path, 200]);
			await answer.arrayBuffer();
		}
	});

	test("has the last ten entries of the audit log, and not from where an admin did something", async () => {
		for (let i = 0; i < 12; i++) {
			server.now += 1_000;
			await alice.send("PUT", "/api/user/retention", { months: i + 1 });
		}
		await ada.ask(`/api/admin/leaderboard/${alice.account.id}`, {
			method: "PUT",
			headers: { "content-type": "application/json" },
			body: JSON.stringify({ excluded: true }),
		});
		const page = await settingsOf(alice);
		const lines = byClass(page, "settings-row").map(({ text }) => plain(text));
		const own = lines.filter((line) => /leaderboard|Responses are kept/.test(line));
		expect(own).toHaveLength(10);
		expect(own[0]).toStartWith("Left out of the leaderboard, by an admin");
		expect(own[1]).toStartWith("Responses are kept for 12 months");
	});
});

describe("erasing the account", () => {
	test("needs the user name to the letter, which stays in the field", async () => {
		const [wrong, value] = await refusal(
			await submit(alice, "/account/erase", { confirm: "Alice" }),
			"confirm",
		);
		expect([wrong, value]).toEqual(["This is not your user name, to the letter.", "Alice"]);
		const done = await submit(alice, "/account/erase", { confirm: "alice" });
		expect([done.status, done.headers.get("location")]).toEqual([303, "/account/erased"]);
		expect(await findAccountByName(server.db, "alice")).toBeUndefined();
		expect((await alice.visit("/settings")).status).toBe(303);
	});

	test("is not offered long after the log-in, and refused then", async () => {
		server.now += HOUR;
		expect(byId(await settingsOf(alice), "confirm")).toBeUndefined();
		const [wrong] = await refusal(await submit(alice, "/account/erase", { confirm: "alice" }), "confirm");
		expect(wrong).toContain("within 15 minutes of a log-in");
		expect(await findAccountByName(server.db, "alice")).toBeDefined();
	});

	test("is refused to the owner of others, with what to do", async () => {
		const [wrong] = await refusal(await submit(ada, "/account/erase", { confirm: "ada" }), "confirm");
		expect(wrong).toContain("promptpulse user erase NAME --heir OTHER");
	});
});
