import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { form } from "../support/forms.ts";
import { HOUR } from "../support/ledger.ts";
import { elementsOf } from "../support/markup.ts";
import type { ResendServer } from "../support/resend.ts";
import type { Person, TestServer } from "../support/server.ts";
import { inputOf, preferencesOf, SettingsStage, submit } from "../support/settings-stage.ts";

let stage: SettingsStage;
let server: TestServer;
let service: ResendServer;
let ada: Person;
let alice: Person;

beforeEach(async () => {
	stage = await SettingsStage.open();
	({ server, service, ada, alice } = stage);
});

afterEach(() => stage.close());

/** Somebody's address, and whether it is confirmed. */
async function stateOf(who: Person): Promise<unknown> {
	const { email, email_confirmed } = await preferencesOf(who);
	return [email, email_confirmed];
}

describe("the address", () => {
	test("is confirmed by the link that is sent to it, and not by looking where that leads", async () => {
		const saved = await submit(alice, "/settings/email", { email: "alice@mail.example" });
		expect([saved.status, saved.headers.get("location")]).toEqual([303, "/settings#profile"]);
		expect(service.taken.map(({ to, subject }) => `${to}: ${subject}`)).toEqual([
			"alice@mail.example: Confirm your address at usage.example.com",
		]);
		const link = stage.linkInMail("confirm");
		expect(await (await server.ask(link)).text()).toContain("alice@mail.example");
		const isConfirmed = async () =>
			(await (await alice.ask("/api/user/email-preferences")).json()).email_confirmed;
		expect(await isConfirmed()).toBe(false);
		expect((await server.ask(link, { method: "POST" })).status).toBe(200);
		expect(await isConfirmed()).toBe(true);
		expect((await server.ask(link, { method: "POST" })).status).toBe(410);
	});

	test("is confirmed within a day, as long as the account still has it, and its changes are in the audit log", async () => {
		await submit(alice, "/settings/email", { email: "alice@mail.example" });
		const early = stage.linkInMail("confirm");
		expect((await alice.send("PUT", "/api/user/email", { email: null })).status).toBe(200);
		expect((await server.ask(early, { method: "POST" })).status).toBe(410);
		await submit(alice, "/settings/email", { email: "alice@mail.example" });
		expect((await server.ask(early, { method: "POST" })).status).toBe(410);
		const late = stage.linkInMail("confirm");
		server.now += 24 * HOUR - 1;
		expect((await server.ask(late)).status).toBe(200);
		server.now += 1;
		for (const method of ["GET", "POST"]) expect((await server.ask(late, { method })).status).toBe(410);
		expect(await stateOf(alice)).toEqual(["alice@mail.example", false]);
		const audit = (await (await alice.ask("/api/user/audit")).json()) as { action: string }[];
		const changes = audit.filter(({ action }) => action.startsWith("account.email"));
		expect(changes.map(({ action }) => action)).toEqual(Array(3).fill("account.email"));
	});

	test("that another account has confirmed is claimed like any other, and confirmed by nobody else", async () => {
		await stage.giveConfirmedEmail(ada, "ada@mail.example");
		const answers: unknown[] = [];
		for (const email of ["Ada@mail.example", "free@mail.example"]) {
			const put = await alice.send("PUT", "/api/user/email", { email });
			answers.push([put.status, { ...(await put.json()), email: "" }, service.taken.at(-1)?.to === email]);
		}
		expect(answers[0]).toEqual(answers[1]);
		await submit(alice, "/settings/email", { email: "ada@mail.example" });
		const refused = await server.ask(stage.linkInMail("confirm"), { method: "POST" });
		expect(refused.status).toBe(409);
		expect(await refused.text()).toContain("Another account has confirmed this e-mail address.");
		expect(await stateOf(alice)).toEqual(["ada@mail.example", false]);
		expect(await stateOf(ada)).toEqual(["ada@mail.example", true]);
	});

	test("S33: one that somebody else has claimed before is of who confirms it, and the claim lapses", async () => {
		await submit(alice, "/settings/email", { email: "Ada@Mail.Example" });
		const claim = stage.linkInMail("confirm");
		await stage.giveConfirmedEmail(ada, "ada@mail.example");
		expect(await stateOf(ada)).toEqual(["ada@mail.example", true]);
		expect(await stateOf(alice)).toEqual([null, false]);
		expect((await server.ask(claim, { method: "POST" })).status).toBe(410);
		const audit = (await (await alice.ask("/api/user/audit")).json()) as { action: string }[];
		expect(audit[0]).toMatchObject({ action: "account.email-lapsed", detail: {}, address: null });
	});

	test("that its owner has given up is another's for good: it does not come back unasked", async () => {
		await stage.giveConfirmedEmail(ada, "shared@mail.example");
		await submit(ada, "/settings/email", { email: "" });
		await stage.giveConfirmedEmail(alice, "shared@mail.example");
		await submit(ada, "/settings/email", { email: "shared@mail.example" });
		expect(await stateOf(ada)).toEqual(["shared@mail.example", false]);
		expect(await stateOf(alice)).toEqual(["shared@mail.example", true]);
	});

	test("of somebody who may do nothing any more is free for who confirms it", async () => {
		await stage.giveConfirmedEmail(alice, "shared@mail.example");
		await server.db.run("update accounts set disabled_at = 1 where user = ?", [alice.account.user]);
		await stage.giveConfirmedEmail(ada, "shared@mail.example");
		expect(await stateOf(ada)).toEqual(["shared@mail.example", true]);
		await server.db.run("update accounts set disabled_at = null where user = ?", [alice.account.user]);
		expect(await stateOf(alice)).toEqual([null, false]);
	});

	test("that two confirm in the same moment is of one of them", async () => {
		await submit(alice, "/settings/email", { email: "shared@mail.example" });
		const first = stage.linkInMail("confirm");
		await submit(ada, "/settings/email", { email: "shared@mail.example" });
		const links = [first, stage.linkInMail("confirm")];
		const answers = await Promise.all(links.map((link) => server.ask(link, { method: "POST" })));
		expect(answers.map(({ status }) => status).sort()).toEqual([200, 410]);
		const states = await Promise.all([alice, ada].map(preferencesOf));
		const confirmed = states.map(({ email_confirmed }) => email_confirmed);
		expect(confirmed.sort()).toEqual([false, true]);
	});

	test("of an account that is made is a claim, and keeps its owner from nothing", async () => {
		const invite = (await (await ada.send("POST", "/api/invites", {})).json()) as { code: string };
		const made = await server.ask(
			`/join/${invite.code}`,
			form({ username: "eve", email: "ada@mail.example" }),
		);
		expect(made.status).toBe(200);
		await stage.giveConfirmedEmail(ada, "ada@mail.example");
		expect(await server.db.all("select username, email from accounts order by user")).toEqual([
			{ username: "ada", email: "ada@mail.example" },
			{ username: "alice", email: null },
			{ username: "eve", email: null },
		]);
	});

	test("that is none is refused, and stays in the field", async () => {
		const refused = await submit(alice, "/settings/email", { email: "alice at home" });
		expect(refused.status).toBe(422);
		expect(inputOf(await elementsOf(await refused.text()), "email")).toBe("alice at home");
	});

	test("S33: one that somebody has only claimed gives nothing of the other's, whoever confirms it", async () => {
		await submit(alice, "/settings/email", { email: "victim@mail.example" });
		const link = stage.linkInMail("confirm");
		await submit(alice, "/settings/email", { email: "alice@mail.example" });
		expect((await server.ask(link, { method: "POST" })).status).toBe(410);
		await submit(ada, "/settings/email", { email: "victim@mail.example" });
		const { email_confirmed } = await (await ada.ask("/api/user/email-preferences")).json();
		expect(email_confirmed).toBe(false);
	});

	test("gets no more than five mails an hour by asking for them", async () => {
		await submit(alice, "/settings/email", { email: "alice@mail.example" });
		const statuses: number[] = [];
		for (let i = 0; i < 6; i++) statuses.push((await submit(alice, "/settings/confirm")).status);
		expect(statuses).toEqual([303, 303, 303, 303, 429, 429]);
		expect(service.taken).toHaveLength(5);
		server.now += HOUR;
		expect((await submit(alice, "/settings/confirm")).status).toBe(303);
	});

	test("gets no more than five mails an hour, however many people give it", async () => {
		const people = await Promise.all(["bob", "carol", "dan"].map((name) => server.join(name)));
		for (const who of [alice, ...people]) {
			await who.send("PUT", "/api/user/email", { email: "Victim@mail.example" });
			await who.send("PUT", "/api/user/email", { email: null });
			await who.send("PUT", "/api/user/email", { email: "victim@mail.example" });
			await who.send("PUT", "/api/user/email", { email: null });
		}
		expect(service.taken).toHaveLength(5);
	});

	test("gets no more than ten mails a day, of whoever asks for them", async () => {
		for (let hour = 0; hour < 24; hour++) {
			await alice.send("PUT", "/api/user/email", { email: "victim@mail.example" });
			await alice.send("PUT", "/api/user/email", { email: null });
			server.now += HOUR;
		}
		expect(service.taken).toHaveLength(10);
		expect((await alice.send("PUT", "/api/user/email", { email: "victim@mail.example" })).status).toBe(200);
		expect(service.taken).toHaveLength(11);
	});

	test("S10: is changed no more than five times an hour, so that nobody asks whose there are", async () => {
		await stage.giveConfirmedEmail(ada, "ada@mail.example");
		const statuses: number[] = [];
		for (let i = 0; i < 6; i++) {
			const email = i % 2 ? "ada@mail.example" : `free${i}@mail.example`;
			statuses.push((await alice.send("PUT", "/api/user/email", { email })).status);
		}
		expect(statuses).toEqual([200, 200, 200, 200, 200, 429]);
		expect((await alice.send("PUT", "/api/user/email", { email: "free5@mail.example" })).status).toBe(429);
		const kept = await submit(alice, "/settings/email", { email: "free6@mail.example" });
		expect(kept.status).toBe(422);
		expect(inputOf(await elementsOf(await kept.text()), "email")).toBe("free6@mail.example");
		const { email } = await (await alice.ask("/api/user/email-preferences")).json();
		expect(email).toBe("free4@mail.example");
	});
});
