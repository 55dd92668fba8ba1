import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { type MailSettings, readMailSettings, sendMail } from "../../src/mail/resend.ts";
import { ResendServer } from "../support/resend.ts";

const MAIL = { to: "ada@mail.example", subject: "A report", html: "<p>It</p>", text: "It" };

let service: ResendServer;

beforeEach(() => {
	service = new ResendServer();
});

afterEach(() => service.stop());

/** Sends to a service that answers so. */
async function sendTo(answer: () => Response | Promise<Response>) {
	const server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: answer });
	try {
		return await sendMail({ ...service.settings, baseUrl: `http://127.0.0.1:${server.port}` }, MAIL);
	} finally {
		await server.stop(true);
	}
}

describe("a mail", () => {
	test("is taken by the service, and known when it comes again", async () => {
		const first = await sendMail(service.settings, { ...MAIL, key: "once" });
		const again = await sendMail(service.settings, { ...MAIL, key: "once" });
		expect(first.state).toBe("sent");
		expect(again).toEqual(first);
		expect(service.taken).toHaveLength(1);
		expect(service.complaints).toEqual([]);
	});

	test("whose answer was lost is known by its key, though its links are other ones", async () => {
		await sendMail(service.settings, { ...MAIL, key: "once" });
		const again = await sendMail(service.settings, { ...MAIL, text: "It, anew", key: "once" });
		expect(again).toEqual({ state: "sent", id: undefined });
		expect(service.taken).toHaveLength(1);
	});

	test("S45: whose subject has another header in it has one subject", async () => {
		const subject = "Report\r\nBcc: victim@mail.example\u2028of \u202eada";
		await sendMail(service.settings, { ...MAIL, subject });
		expect(service.taken[0]?.subject).toBe("Report Bcc: victim@mail.example of ada");
		expect(service.complaints).toEqual([]);
	});

	test.each([
		["wrong key", "later", "The mail service answered 401: API key is invalid."],
		["busy", "later", "The mail service answered 429: Too many requests."],
		["away", "later", "The mail service answered 503: Service unavailable."],
		["refuses", "refused", "The mail service answered 422: Invalid `to` field."],
		["nonsense", "later", "The mail service gave an answer that is none of its own."],
	] as const)("to a service that is %s has to wait or is given up", async (mood, state, reason) => {
		service.mood = mood;
		expect(await sendMail(service.settings, MAIL)).toMatchObject({ state, reason });
	});

	test("waits as long as the service says, and no longer than a day", async () => {
		const busyFor = (seconds: string) => () =>
			new Response("{}", { status: 429, headers: { "retry-after": seconds } });
		expect(await sendTo(busyFor("90"))).toMatchObject({ state: "later", waitMs: 90_000 });
		expect(await sendTo(busyFor("1e9"))).toMatchObject({ state: "later", waitMs: 86_400_000 });
		expect(await sendTo(busyFor("-5"))).toMatchObject({ state: "later", waitMs: undefined });
	});

	test("is handed to nobody else: where the service leads elsewhere, the key does not follow", async () => {
		const sent = await sendTo(() => Response.redirect(`${service.url}/emails`, 307));
		expect(sent).toEqual({ state: "refused", reason: "The mail service answered 307." });
		expect(service.requests).toBe(0);
	});

	test("whose answer goes on and on is not waited for to its end", async () => {
		const endless = new ReadableStream({
			pull: (stream) => stream.enqueue(new Uint8Array(4_096).fill(120)),
		});
		expect(await sendTo(() => new Response(endless))).toMatchObject({ state: "later" });
	});

	test("whose refusal would write on a screen is told in plain words", async () => {
		const message = "No\u001b[2J such\nkey \u202e";
		const sent = await sendTo(() => Response.json({ message }, { status: 400 }));
		expect(sent).toEqual({ state: "refused", reason: "The mail service answered 400: No [2J such key." });
	});

	test("to a service that is not there waits", async () => {
		const { settings } = service;
		await service.stop();
		const sent = await sendMail(settings, MAIL);
		expect(sent.state).toBe("later");
	});
});

describe("the settings of mail", () => {
	const given = {
		resendApiKey: "re_1",
		resendFrom: "PromptPulse <usage@mail.example>",
		resendBaseUrl: "https://api.resend.com",
	};

	test("are none where neither key nor sender is given", () => {
		expect(readMailSettings({ ...given, resendApiKey: undefined, resendFrom: undefined })).toBeUndefined();
	});

	test("are whole", () => {
		const settings: MailSettings = { apiKey: "re_1", from: given.resendFrom, baseUrl: given.resendBaseUrl };
		expect(readMailSettings(given)).toEqual(settings);
		expect(readMailSettings({ ...given, resendBaseUrl: service.url })?.baseUrl).toBe(service.url);
	});

	test.each([
		[{ resendApiKey: undefined }, "RESEND_FROM_EMAIL is set, and RESEND_API_KEY is not."],
		[{ resendFrom: undefined }, "RESEND_API_KEY is set, and RESEND_FROM_EMAIL is not."],
		[{ resendBaseUrl: "http://mail.example" }, "RESEND_BASE_URL is no https address."],
		[{ resendBaseUrl: "nowhere" }, "RESEND_BASE_URL is no https address."],
	])("say what is wrong: %o", (part, sentence) => {
		expect(() => readMailSettings({ ...given, ...part })).toThrow(sentence);
	});
});
