import { describe, expect, test } from "bun:test";
import { type SettingsData, SettingsPage } from "../../views/settings.tsx";
import { byId, type Element, elementsOf, plain, skeletonOf } from "../support/markup.ts";
import { SHELL } from "../support/overview-props.ts";

const HOSTILE = [
	"<script>alert(1)</script>",
	'"><img src=x onerror=alert(1)>',
	'" hx-get="/x" hx-trigger="load',
	"&lt;b&gt; &amp;amp; &#60;",
	"\u202eevil\u2066\u200f",
];

const AT = SHELL.now - 86_400_000;

/** Settings in which every text that somebody may have chosen is the same. */
function dataOf(text: string, part: Partial<SettingsData> = {}): SettingsData {
	const key = { id: text, user: 1, kind: "read", name: text, last4: text, createdAt: AT } as const;
	return {
		username: text,
		displayName: text,
		role: "member",
		email: text,
		weekStart: 0,
		usageOpenedAt: null,
		isEmailConfirmed: false,
		sendsMail: true,
		reports: { every: null, minute: 480, nextAt: null },
		mails: [{ kind: text, period: text, state: "failed", at: AT, error: text }],
		plan: { plan: "other", planCents: 1_234 },
		keys: [{ ...key, expiresAt: null, lastUsedAt: null, revokedAt: null }],
		kinds: ["full", "read", "ingest"],
		madeKey: { name: text, text },
		browsers: [{ id: text, agent: text, createdAt: AT, seenAt: AT, isThis: false }],
		board: { isOn: true, joinedAt: AT, name: text, excludedAt: null },
		retention: { rules: { usual: null, most: null }, kept: null, isChosen: false },
		audit: [{ at: AT, who: null, words: text, address: text }],
		canErase: true,
		...part,
	};
}

const pageOf = (text: string, part: Partial<SettingsData> = {}): Promise<Element[]> =>
	elementsOf(SettingsPage({ shell: SHELL, data: dataOf(text, part) }));

test.each(HOSTILE)("%j is text and nothing else", async (text) => {
	const page = await pageOf(text);
	expect(skeletonOf(page)).toEqual(skeletonOf(await pageOf("plain")));
	expect(page.find(({ tag }) => tag === "body")?.text).toContain(text);
	for (const id of ["shown_name", "email", "display_name"])
		expect(byId(page, id)?.attributes.get("value")).toBe(text);
});

test("what a refused form was sent with stands in it, whatever it is, and in no other", async () => {
	for (const text of HOSTILE) {
		const values = { months: text, email: text };
		const refused = { form: "retention", values, wrong: { months: text } } as const;
		const page = await elementsOf(SettingsPage({ shell: SHELL, data: dataOf("alice"), refused }));
		expect(byId(page, "months")?.attributes.get("value")).toBe(text);
		expect(byId(page, "months")?.attributes.get("aria-describedby")).toBe("months-wrong months-hint");
		expect(byId(page, "months-wrong")?.text).toBe(text);
		expect(byId(page, "email")?.attributes.get("value")).toBe("alice");
	}
});

test("what erases the account is in a dialog that asks; the page itself only leads there", async () => {
	const page = await pageOf("alice");
	const filled = page.filter(({ attributes }) => attributes.get("class")?.includes("button-danger"));
	expect(filled.map(({ tag, text }) => [tag, plain(text)])).toEqual([
		["a", "Erase the account"],
		["button", "Erase everything"],
	]);
	const dialog = (of: Element[]) => byId(of, "erase-account");
	expect(plain(dialog(page)?.text)).toStartWith("Erase the account alice?");
	expect(dialog(page)?.attributes.has("open")).toBe(false);
	const refused = { form: "erase", values: { confirm: "Alice" }, wrong: { confirm: "Not that." } } as const;
	const again = await elementsOf(
		SettingsPage({ shell: SHELL, data: dataOf("alice", { canErase: false }), refused }),
	);
	expect(dialog(again)?.attributes.has("open")).toBe(true);
	expect(byId(again, "confirm")?.attributes.get("value")).toBe("Alice");
});

test("a browser is called as people call it, and says all of itself where one points at it", async () => {
	const agent = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0";
	const told = async (agent: string | null) => {
		const browser = { id: "a", agent, createdAt: AT, seenAt: AT, isThis: true };
		const page = await pageOf("alice", { browsers: [browser] });
		const card = page.findIndex(({ attributes }) => attributes.get("id") === "browsers");
		const name = page.slice(card).find(isStrong);
		return [name?.text, name?.attributes.get("title")];
	};
	const isStrong = ({ tag }: Element) => tag === "strong";
	expect(await told(agent)).toEqual(["Firefox on Linux", agent]);
	expect(await told("curl/8.5.0")).toEqual(["curl/8.5.0", "curl/8.5.0"]);
	expect(await told(null)).toEqual(["Unknown", undefined]);
});

describe("retention is said", () => {
	const said = async (usual: number | null, most: number | null) => {
		const retention = { rules: { usual, most }, kept: usual ?? most, isChosen: true };
		return plain(byId(await pageOf("alice", { retention }), "retention")?.text);
	};

	test.each([
		[null, null, "This server keeps single responses for good where nothing is chosen."],
		[1, null, "This server keeps single responses for a month where nothing is chosen."],
		[null, 24, "for 24 months where nothing is chosen, and nobody's for longer than 24 months."],
		[6, 1, "and nobody's for longer than a month."],
	])("by the rules %p and %p", async (usual, most, words) => {
		expect(await said(usual, most)).toContain(words);
	});

	test("and a number has to be given where nobody keeps for good", async () => {
		const rules = { usual: null, most: 24 };
		const page = await pageOf("alice", { retention: { rules, kept: 24, isChosen: false } });
		expect(byId(page, "months")?.attributes.has("required")).toBe(true);
		expect(byId(await pageOf("alice"), "months")?.attributes.has("required")).toBe(false);
	});
});

test("every field has a label of its own", async () => {
	const page = await pageOf("alice");
	const ids = page.flatMap(({ attributes }) => attributes.get("id") ?? []);
	expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toEqual([]);
	for (const { tag, attributes } of page) {
		if (tag !== "input" || attributes.get("type") === "hidden") continue;
		const id = attributes.get("id");
		expect(page.some((label) => label.tag === "label" && label.attributes.get("for") === id)).toBe(true);
	}
});
