import { describe, expect, test } from "bun:test";
import { NO_TOTALS } from "../../src/reports/people-totals.ts";
import { NO_USAGE } from "../../src/usage/usage.ts";
import { type AdminData, AdminPage, type AdminPerson } from "../../views/admin.tsx";
import { byClass, byId, type Element, elementsOf, plain, skeletonOf } from "../support/markup.ts";
import { SHELL } from "../support/overview-props.ts";

const HOSTILE = [
	"<script>alert(1)</script>",
	'"><img src=x onerror=alert(1)>',
	'" hx-get="/x" hx-trigger="load',
	"javascript:alert(1)",
	"\u202eevil\u2066\u200f",
];

const AT = SHELL.now - 86_400_000;

function personOf(part: Partial<AdminPerson> = {}): AdminPerson {
	return {
		id: "2tYx9cNqL4pZbVhWgKfRjDmSaE1",
		username: "alice",
		displayName: null,
		email: null,
		isEmailConfirmed: false,
		role: "member",
		createdAt: AT,
		disabledAt: null,
		seenAt: null,
		isSelf: false,
		...NO_TOTALS,
		takesPart: false,
		excludedAt: null,
		mayDisable: true,
		mayChangeRole: true,
		...part,
	};
}

function dataOf(part: Partial<AdminData> = {}): AdminData {
	const people = part.people ?? [personOf()];
	return {
		query: { sort: "cost", order: "desc", q: "" },
		found: people.length,
		all: people.length,
		isOwner: true,
		usageOpenedAt: null,
		clockAheadOf: null,
		invites: [],
		registration: "invite",
		hasBoard: false,
		rules: { usual: null, most: null },
		mails: undefined,
		schema: "0009_x",
		database: { answers: true, hasRoom: true, tookMs: 1, isFile: true, room: undefined, backupAt: undefined },
		audit: [],
		...part,
		people,
	};
}

const pageOf = (part: Partial<AdminData> = {}): Promise<Element[]> =>
	elementsOf(AdminPage({ shell: SHELL, data: dataOf(part) }));

/** Every text on the page that somebody may have chosen. */
const hostile = (text: string) =>
	pageOf({
		query: { sort: "name", order: "asc", q: text },
		people: [personOf({ username: text, displayName: text, email: text, id: text, takesPart: true })],
		invites: [{ id: text, role: "member", by: text, expiresAt: AT }],
		madeInvite: { url: text, role: "member", expiresAt: AT },
		audit: [{ at: AT, who: text, words: text, address: text }],
	});

test.each(HOSTILE)("%j is text and nothing else", async (text) => {
	expect(skeletonOf(await hostile(text))).toEqual(skeletonOf(await hostile("plain")));
	const page = await hostile(text);
	expect(page.find(({ tag }) => tag === "body")?.text).toContain(text);
	const actions = page.flatMap(({ attributes }) => attributes.get("action") ?? []);
	for (const action of actions) expect(action).toStartWith("/");
});

describe("people", () => {
	const row = async (part: Partial<AdminPerson>) =>
		plain((await pageOf({ people: [personOf(part)] })).filter(({ tag }) => tag === "tr")[1]?.text);

	test("who used nothing have dashes, and what has no price is not shown as free", async () => {
		expect(await row({})).toContain("never––");
		const unpriced = { ...NO_USAGE, output: 5, responses: 1, unpriced: 1 };
		expect(await row({ ever: unpriced, lately: { ...unpriced, costNanoUsd: 1_920_000_000 } })).toContain(
			"≥ $1.925–5",
		);
	});

	test("have the buttons of what may be made of them, each with their name", async () => {
		expect(await row({})).toEndWith("Change aliceDisable (alice)Make an admin (alice)");
		expect(await row({ role: "admin", disabledAt: AT })).toEndWith("Enable (alice)Make a member (alice)");
		expect(await row({ mayDisable: false, mayChangeRole: false })).not.toContain("Change");
		expect(await row({ mayDisable: false, mayChangeRole: false, excludedAt: AT })).toEndWith(
			"Let into the leaderboard (alice)",
		);
	});

	test("have an address that may be another's until it is confirmed", async () => {
		const email = "alice@mail.example";
		const told = async (isEmailConfirmed: boolean) => {
			const page = await pageOf({ people: [personOf({ email, isEmailConfirmed })] });
			return plain(byClass(page, "admin-email")[0]?.text);
		};
		expect(await told(false)).toBe("alice@mail.example (not confirmed)");
		expect(await told(true)).toBe("alice@mail.example");
	});

	test("are put in order by a head, and once more the other way round; what was looked for stays", async () => {
		const people = [personOf(), personOf({ username: "bob" })];
		const hrefs = async (query: AdminData["query"]) => {
			const page = await pageOf({ people, query });
			return ["sort-seen", "sort-name"].map((id) => byId(page, id)?.attributes.get("href"));
		};
		expect(await hrefs({ sort: "seen", order: "desc", q: "li" })).toEqual([
			"/admin?sort=seen&order=asc&q=li",
			"/admin?sort=name&q=li",
		]);
		expect(await hrefs({ sort: "name", order: "asc", q: "" })).toEqual([
			"/admin?sort=seen",
			"/admin?sort=name&order=desc",
		]);
	});

	test("are looked for by a field where they are many, which keeps their order", async () => {
		expect(byId(await pageOf(), "q")).toBeUndefined();
		const page = await pageOf({ all: 200, query: { sort: "seen", order: "asc", q: "ali" } });
		expect(byId(page, "q")?.attributes.get("value")).toBe("ali");
		const hidden = page.filter(({ attributes }) => ["sort", "order"].includes(attributes.get("name") ?? ""));
		expect(hidden.map(({ attributes }) => attributes.get("value"))).toEqual(["seen", "asc"]);
		const sorted = page.filter(({ attributes }) => attributes.has("aria-sort"));
		expect(sorted.map(({ text, attributes }) => [plain(text), attributes.get("aria-sort")])).toEqual([
			["Last seen", "ascending"],
		]);
	});

	test("beyond those that are listed are counted", async () => {
		const page = await pageOf({ found: 700, all: 700 });
		expect(plain(byId(page, "people")?.text)).toContain("1 of 700 are listed");
	});
});

test("every card of the list is there, and every field has its label and hint", async () => {
	const page = await pageOf();
	const index = page.filter(({ attributes }) => /^#(?!main|help)/.test(attributes.get("href") ?? ""));
	expect(index.length).toBe(7);
	for (const { attributes } of index)
		expect(byId(page, attributes.get("href")?.slice(1) ?? "")).toBeDefined();
	const inputs = page.filter(({ attributes }) => attributes.get("inputmode") === "numeric");
	expect(inputs.map(({ attributes }) => attributes.get("id"))).toEqual(["hours", "usual", "most"]);
});

test("what is not well is marked", async () => {
	const marked = async (part: Partial<AdminData>) =>
		byClass(await pageOf(part), "warn-text").map(({ text }) => plain(text));
	expect(await marked({})).toEqual([]);
	const [ahead] = await marked({ clockAheadOf: AT });
	expect(ahead).toStartWith("The clock of this server is far ahead of ");
	const database = {
		answers: false,
		hasRoom: false,
		tookMs: 2_000,
		isFile: true,
		room: { free: 1e9, size: 100e9 },
		backupAt: undefined,
	};
	expect(await marked({ database, mails: { waiting: 1, failed: 2 } })).toEqual([
		"is set up; 1 waits, 2 were given up in the last week",
		"a file on the server's own disk, does not answer",
		"1.0 GB of 100 GB are free (1.0 %)",
	]);
});
