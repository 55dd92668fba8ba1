import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { settleZone } from "../../src/ledger/accounts.ts";
import { saveMailLink } from "../../src/ledger/mail-links.ts";
import { form } from "../support/forms.ts";
import { HOUR } from "../support/ledger.ts";
import { byClass, byId, elementsOf } from "../support/markup.ts";
import type { ResendServer } from "../support/resend.ts";
import { type Person, TestServer } from "../support/server.ts";
import { inputOf, SettingsStage, settingsOf, submit } from "../support/settings-stage.ts";

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

describe("reports", () => {
	test("are chosen by the form and by the API, and come at the person's time", async () => {
		await submit(alice, "/settings/zone", { zone: "Asia/Kolkata" });
		await submit(alice, "/settings/reports", { every: "daily", time: "09:30" });
		const preferences = await (await alice.ask("/api/user/email-preferences")).json();
		expect(preferences).toMatchObject({
			email_reports_enabled: true,
			report_frequency: "daily",
			preferred_time: "09:30",
			timezone: "Asia/Kolkata",
		});
		expect(preferences.next_report_at).toEndWith("T04:00:00.000Z");
		const put = await alice.send("PUT", "/api/user/email-preferences", {
			timezone: "UTC",
			report_frequency: "weekly",
		});
		const changed = await put.json();
		expect(changed).toMatchObject({ message: "Saved.", report_frequency: "weekly", preferred_time: "09:30" });
		expect(changed.next_report_at).toEndWith("T09:30:00.000Z");
		expect(new Date(changed.next_report_at).getUTCDay()).toBe(1);
	});

	test("are off at first; turned on alone they come as the older program sent them, weekly at nine", async () => {
		const usual = { report_frequency: "weekly", preferred_time: "09:00" };
		const found = await (await alice.ask("/api/user/email-preferences")).json();
		expect(found).toMatchObject({ email_reports_enabled: false, ...usual });
		// Whoever chose something else before has no other times by that.
		await submit(alice, "/settings/week", { week_start: "sunday" });
		const put = await alice.send("PUT", "/api/user/email-preferences", { email_reports_enabled: true });
		expect(await put.json()).toMatchObject({ email_reports_enabled: true, ...usual });
	});

	test("that are turned off keep how often and when they came, as in the older program", async () => {
		const put = async (body: object) =>
			(await alice.send("PUT", "/api/user/email-preferences", body)).json() as Promise<object>;
		const chosen = { report_frequency: "monthly", preferred_time: "07:15" };
		const off = { email_reports_enabled: false, ...chosen, next_report_at: null };
		expect(await put({ email_reports_enabled: false, ...chosen })).toMatchObject(off);
		expect(await put({ email_reports_enabled: true })).toMatchObject({
			email_reports_enabled: true,
			...chosen,
		});
		await submit(alice, "/settings/reports", { every: "never", time: "07:15" });
		expect(await (await alice.ask("/api/user/email-preferences")).json()).toMatchObject(off);
		// A zone chosen meanwhile turns nothing on.
		await submit(alice, "/settings/zone", { zone: "Asia/Tokyo" });
		expect(await put({})).toMatchObject(off);
	});

	test("that are due still come where the choice is saved again in the same minute", async () => {
		const nextAt = async () => (await (await alice.ask("/api/user/email-preferences")).json()).next_report_at;
		await submit(alice, "/settings/reports", { every: "daily", time: "08:00" });
		const due = await nextAt();
		server.now = Date.parse(due) + 30_000;
		await submit(alice, "/settings/reports", { every: "daily", time: "08:00" });
		await alice.send("PUT", "/api/user/email-preferences", { timezone: "Asia/Tokyo" });
		expect(await nextAt()).toBe(due);
		await submit(alice, "/settings/reports", { every: "weekly", time: "08:00" });
		expect(Date.parse(await nextAt())).toBeGreaterThan(server.now);
	});

	test("end by the link in a mail, with one click and nothing else", async () => {
		await stage.giveConfirmedEmail(alice, "alice@mail.example");
		await submit(alice, "/settings/reports", { every: "weekly", time: "08:00" });
		const { user } = alice.account;
		const code = await saveMailLink(server.db, {
			user,
			purpose: "stop",
			address: "",
			expiresAt: server.now + HOUR,
		});
		expect((await server.ask(`/mail/stop/${code}`)).status).toBe(200);
		const isOn = async () =>
			(await (await alice.ask("/api/user/email-preferences")).json()).email_reports_enabled;
		expect(await isOn()).toBe(true);
		const clicked = await server.ask(`/mail/stop/${code}`, {
			method: "POST",
			headers: { "content-type": "application/x-www-form-urlencoded" },
			body: "List-Unsubscribe=One-Click",
		});
		expect([clicked.status, await isOn()]).toEqual([200, false]);
	});

	test("end by the link as programs of mail send it, in parts", async () => {
		await stage.giveConfirmedEmail(alice, "alice@mail.example");
		await submit(alice, "/settings/reports", { every: "weekly", time: "08:00" });
		const { user } = alice.account;
		const link = { user, purpose: "stop", address: "", expiresAt: server.now + HOUR } as const;
		const code = await saveMailLink(server.db, link);
		const body = new FormData();
		body.set("List-Unsubscribe", "One-Click");
		expect((await server.ask(`/mail/stop/${code}`, { method: "POST", body })).status).toBe(200);
		const { email_reports_enabled } = await (await alice.ask("/api/user/email-preferences")).json();
		expect(email_reports_enabled).toBe(false);
	});

	test("are tried by a test mail, which needs a confirmed address", async () => {
		expect((await alice.send("POST", "/api/user/test-email", {})).status).toBe(400);
		await stage.giveConfirmedEmail(alice, "alice@mail.example");
		const sent = await alice.send("POST", "/api/user/test-email", {});
		expect(await sent.json()).toEqual({ message: "The test is on its way.", email: "alice@mail.example" });
		expect(service.taken.at(-1)?.subject).toEndWith("(test)");
	});

	test("tell it where the service refuses", async () => {
		await stage.giveConfirmedEmail(alice, "alice@mail.example");
		service.mood = "wrong key";
		const refused = await alice.send("POST", "/api/user/test-email", {});
		expect([refused.status, (await refused.json()).code]).toEqual([503, "mail_failed"]);
	});

	test("can be seen before, with their own looks and nothing that does something", async () => {
		const preview = await alice.visit("/settings/preview");
		expect(preview.headers.get("content-security-policy")).toStartWith(
			"default-src 'none'; style-src 'unsafe-inline'",
		);
		expect(await preview.text()).toContain("Get no more of them");
	});

	test("are not spoken of where no mail is sent", async () => {
		const without = await TestServer.start();
		const bob = await without.join("bob", "owner");
		const page = await elementsOf(await (await bob.visit("/settings")).text());
		expect(byId(page, "reports")).toBeUndefined();
		for (const path of ["/settings/preview", "/mail/stop/x"])
			expect((await bob.visit(path)).status).toBe(404);
		expect((await bob.send("POST", "/api/user/test-email", {})).status).toBe(503);
	});
});

describe("the zone", () => {
	test("is changed for all days", async () => {
		expect((await submit(alice, "/settings/zone", { zone: "Europe/Berlin" })).status).toBe(303);
		expect(inputOf(await settingsOf(alice), "zone")).toBe("Europe/Berlin");
	});

	test("that the first machine brings moves reports to its clock", async () => {
		await submit(alice, "/settings/reports", { every: "daily", time: "08:00" });
		const nextAt = async () => (await (await alice.ask("/api/user/email-preferences")).json()).next_report_at;
		expect(await nextAt()).toEndWith("T08:00:00.000Z");
		const zoned = () =>
			server.db.transaction((tx) => settleZone(tx, alice.account.user, "Asia/Tokyo", server.now));
		await zoned();
		expect(await nextAt()).toEndWith("T23:00:00.000Z");
		await submit(alice, "/settings/zone", { zone: "UTC" });
		await zoned();
		expect(await nextAt()).toEndWith("T08:00:00.000Z");
	});

	test("that is none is refused, and stays in the field", async () => {
		const refused = await submit(alice, "/settings/zone", { zone: 'Mars/"Base' });
		expect(refused.status).toBe(422);
		expect(inputOf(await elementsOf(await refused.text()), "zone")).toBe('Mars/"Base');
	});
});

describe("keys", () => {
	test("are made, shown once, used and revoked", async () => {
		const made = await submit(alice, "/settings/keys", {
			name: "build server",
			kind: "ingest",
			expires: "30",
		});
		const page = await elementsOf(await made.text());
		const key = byClass(page, "command-text")[0]?.text ?? "";
		expect(key).toStartWith("pk_i");
		expect((await server.ask("/api/auth/validate", { headers: { "x-api-key": key } })).status).toBe(200);
		const again = await settingsOf(alice);
		expect(again.some(({ text }) => text.includes(key))).toBe(false);
		const [row] = (await (await alice.ask("/api/user/keys")).json()) as { id: string; name: string }[];
		expect(row?.name).toBe("build server");
		expect((await submit(alice, `/settings/keys/${row?.id}/revoke`)).status).toBe(303);
		expect((await server.ask("/api/auth/validate", { headers: { "x-api-key": key } })).status).toBe(401);
	});

	test("are not made long after the log-in, nor somebody else's revoked", async () => {
		server.now += HOUR;
		expect(
			(await settingsOf(alice)).some(({ text }) => text.startsWith("Keys are made within 15 minutes")),
		).toBe(true);
		const refused = await submit(alice, "/settings/keys", { name: "late", kind: "read", expires: "never" });
		expect(refused.status).toBe(422);
		const [row] = (await (await ada.ask("/api/user/keys")).json()) as { id: string }[];
		expect((await submit(alice, `/settings/keys/${row?.id}/revoke`)).status).toBe(404);
	});

	test.each([
		[{ name: "", kind: "read", expires: "never" }, 422],
		[{ name: "x", kind: "owner", expires: "never" }, 422],
		[{ name: "x", kind: "read", expires: "1e99" }, 422],
	])("are refused where the form says %o", async (fields, status) => {
		expect((await submit(alice, "/settings/keys", fields)).status).toBe(status);
	});
});

test("browsers are logged out one by one", async () => {
	const [session] = (await (await alice.ask("/api/user/sessions")).json()) as { id: string }[];
	expect((await submit(ada, `/settings/sessions/${session?.id}/end`)).status).toBe(404);
	expect((await submit(alice, `/settings/sessions/${session?.id}/end`)).status).toBe(303);
	expect((await alice.visit("/settings")).headers.get("location")).toBe("/login?next=%2Fsettings");
});

test("a form without the page's token does nothing", async () => {
	const { cookie = "" } = alice.browser;
	const sent = await server.ask("/settings/zone", form({ zone: "Europe/Berlin" }, { cookie }));
	expect(sent.status).toBe(403);
	expect(inputOf(await settingsOf(alice), "zone")).toBe("UTC");
});
