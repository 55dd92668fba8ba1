import { expect, test } from "bun:test";
import { byClass, byId, elementsOf, plain } from "../support/markup.ts";
import { TestServer } from "../support/server.ts";

/** Sends the form of the help, as a browser does that is logged in. */
async function choose(keys: string, next: string) {
	const server = await TestServer.start();
	const alice = await server.join("alice");
	const page = await elementsOf(await (await alice.visit("/")).text());
	const csrf =
		page.find(({ attributes }) => attributes.get("name") === "csrf")?.attributes.get("value") ?? "";
	const answer = await alice.visit("/keys", {
		method: "POST",
		body: new URLSearchParams({ keys, next, csrf }),
	});
	const cookies = answer.headers.getSetCookie();
	return { alice, answer, cookies };
}

test("keys are turned off by a form, and the page that follows says so once", async () => {
	const { alice, answer, cookies } = await choose("off", "/?range=7d");
	expect([answer.status, answer.headers.get("location")]).toEqual([303, "/?range=7d"]);
	expect(cookies.map((cookie) => cookie.split(";")[0])).toEqual(["keys=off", "done=keys-off"]);
	const cookie = `${alice.browser.cookie}; keys=off; done=keys-off`;
	const next = await alice.visit("/", { headers: { ...alice.browser, cookie } });
	const elements = await elementsOf(await next.text());
	expect(plain(byId(elements, "toasts")?.text)).toBe("Keyboard shortcuts are off.");
	expect(elements.find(({ tag }) => tag === "html")?.attributes.has("data-keys")).toBe(false);
	expect(next.headers.getSetCookie()).toEqual(["done=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax"]);
});

test("keys are turned on again, and nothing leads to another site", async () => {
	const { answer, cookies } = await choose("on", "//evil.example");
	expect(answer.headers.get("location")).toBe("/");
	expect(cookies[0]).toStartWith("keys=; Path=/; Max-Age=0");
});

test("a page says nothing that it does not know", async () => {
	const server = await TestServer.start();
	const alice = await server.join("alice");
	for (const done of ["x", "<b>", "constructor", "__proto__"]) {
		const cookie = `${alice.browser.cookie}; done=${done}`;
		const elements = await elementsOf(await (await alice.visit("/", { headers: { cookie } })).text());
		expect(byClass(elements, "toast")).toEqual([]);
	}
});

test("the page of all parts is there in development alone", async () => {
	const [usual, development] = [await TestServer.start(), await TestServer.start({ isDevelopment: true })];
	const [alice, bob] = [await usual.join("alice"), await development.join("bob")];
	expect((await alice.visit("/styleguide")).status).toBe(404);
	expect((await bob.visit("/styleguide")).status).toBe(200);
	expect((await bob.visit("/styleguide?range=x")).status).toBe(422);
	expect((await development.ask("/styleguide")).status).toBe(303);
});
