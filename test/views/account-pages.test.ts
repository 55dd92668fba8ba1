import { describe, expect, test } from "bun:test";
import { EmptyPage } from "../../views/empty.tsx";
import { LoginPage, NewServerPage, SetUpAlreadyPage } from "../../views/login.tsx";
import { ArrivalPage, KeyPage, SetupPage } from "../../views/setup.tsx";
import { byClass, byId, elementsOf, plain, skeletonOf } from "../support/markup.ts";
import { SHELL } from "../support/overview-props.ts";

const HOSTILE = [
	"<script>alert(1)</script>",
	'"><img src=x onerror=alert(1)>',
	"'><svg onload=alert(1)>",
	"</title></textarea></noscript></select><b>",
	'" hx-get="/x" hx-trigger="load',
	"javascript:alert(1)",
	"&lt;b&gt; &amp;amp; &#60;",
	"\u202eevil\u2066\u200f",
];

/** Every page on which a name, an address or a sentence stands that somebody else may have chosen. */
const PAGES: Record<string, (text: string) => unknown> = {
	"the log-in": (text) => LoginPage({ shell: SHELL, server: text, next: `/?project=${text}`, wrong: text }),
	"the form of an invite": (text) =>
		SetupPage({
			shell: SHELL,
			coming: { isOwner: false, server: text },
			action: `/join/${text}`,
			form: { username: text, email: text, wrong: { username: text, email: text, whole: text } },
		}),
	"the page with the key": (text) =>
		KeyPage({
			shell: SHELL,
			coming: { isOwner: false, server: text },
			username: text,
			key: text,
			login: `promptpulse login ${text}`,
		}),
	"the overview without usage": (text) =>
		EmptyPage({
			current: "overview",
			shell: { ...SHELL, account: { username: text, server: text, csrf: text } },
			looked: [],
			login: text,
		}),
};

describe.each(Object.keys(PAGES))("on %s", (name) => {
	const page = (text: string) => elementsOf(PAGES[name]?.(text));

	test.each(HOSTILE)("%j is text and nothing else", async (text) => {
		expect(skeletonOf(await page(text))).toEqual(skeletonOf(await page("plain")));
		const shown = (await page(text)).find(({ tag }) => tag === "body");
		expect(shown?.text).toContain(text);
	});
});

test("who comes new is told how usage is sent, how that goes on by itself, and what may be missing", async () => {
	for (const name of ["the page with the key", "the overview without usage"]) {
		const elements = await elementsOf(PAGES[name]?.("x"));
		for (const [id, command] of [
			["collect", "promptpulse collect"],
			["setup", "promptpulse setup"],
		] as const) {
			expect(byId(elements, `command-${id}`)?.text).toContain(command);
		}
	}
	const help = await elementsOf(ArrivalPage({ shell: SHELL, responses: 0 }));
	const said = plain(help.find(({ tag }) => tag === "ul")?.text);
	expect(said).toContain("the program has to be installed first");
	expect(said).toContain("promptpulse doctor");
});

test("a form gives back what was typed, as it was", async () => {
	for (const text of HOSTILE) {
		const form = await elementsOf(PAGES["the form of an invite"]?.(text));
		expect(byId(form, "username")?.attributes.get("value")).toBe(text);
		expect(byId(form, "email")?.attributes.get("value")).toBe(text);
	}
});

test("every field has a label, and what is wrong with it is told of it", async () => {
	const form = await elementsOf(PAGES["the form of an invite"]?.("x"));
	for (const id of ["username", "email"]) {
		expect(form.some(({ tag, attributes }) => tag === "label" && attributes.get("for") === id)).toBe(true);
		expect(byId(form, id)?.attributes.get("aria-invalid")).toBe("true");
		for (const told of byId(form, id)?.attributes.get("aria-describedby")?.split(" ") ?? [""]) {
			expect(byId(form, told)).toBeDefined();
		}
	}
});

test("the account's menu leads out, with the session's token, on wide and on small screens", async () => {
	const account = { username: "maya", server: "usage.example.com", csrf: "token" };
	const page = await elementsOf(
		EmptyPage({ current: "overview", shell: { ...SHELL, account }, looked: [], login: "x" }),
	);
	const forms = page.filter(({ attributes }) => attributes.get("method") === "post");
	expect(forms.map(({ attributes }) => attributes.get("action")).sort()).toEqual([
		"/keys",
		"/logout",
		"/logout",
		"/theme",
		"/theme",
	]);
	const tokens = page.filter(({ attributes }) => attributes.get("name") === "csrf");
	expect(tokens.map(({ attributes }) => attributes.get("value"))).toEqual(Array(forms.length).fill("token"));
	expect(plain(byClass(page, "person-text")[0]?.text)).toBe("Logged in as maya on usage.example.com.");
});

test("a machine's own dashboard has no account and no token", async () => {
	const page = await elementsOf(EmptyPage({ current: "overview", shell: SHELL, looked: ["/x"] }));
	expect(byClass(page, "person")).toEqual([]);
	expect(page.some(({ attributes }) => attributes.get("name") === "csrf")).toBe(false);
});

test("what waits looks again by itself, and what has arrived does not", async () => {
	const waiting = byId(await elementsOf(ArrivalPage({ shell: SHELL, responses: 0 })), "arrival");
	expect(waiting?.attributes.get("hx-get")).toBe("/setup/waiting");
	const arrived = byId(await elementsOf(ArrivalPage({ shell: SHELL, responses: 1 })), "arrival");
	expect(arrived?.attributes.has("hx-get")).toBe(false);
	expect(plain(arrived?.text)).toBe("First usage received: 1 responseOpen the overview");
});

test("a server says whether it waits for its owner", async () => {
	const text = async (page: unknown) => plain(byId(await elementsOf(page), "main")?.text);
	expect(await text(NewServerPage({ shell: SHELL }))).toContain("printed a set-up link");
	expect(await text(SetUpAlreadyPage({ shell: SHELL }))).toContain("It has its owner.");
});
