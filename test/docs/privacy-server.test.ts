import { expect, setDefaultTimeout, test } from "bun:test";
import { openLedger } from "../../src/ledger/open.ts";
import { sendMail } from "../../src/mail/resend.ts";
import { mailingOf } from "../../src/web/people/mailing.ts";
import { visitDashboard } from "../support/app.ts";
import { codesBelow, codesIn, tablesBelow } from "../support/document-tables.ts";
import { DOCUMENTS } from "../support/documents.ts";
import { form } from "../support/forms.ts";
import { emptyLedger, inFolder } from "../support/scan.ts";
import { makeUploader, ServeProcess } from "../support/serve-process.ts";
import { SERVER, TestServer } from "../support/server.ts";
import { until } from "../support/until.ts";

/** Processes start slowly on a busy machine. */
setDefaultTimeout(60_000);

const text = DOCUMENTS.find(({ path }) => path === "docs/privacy.md")?.text ?? "";

/** What every line of a log has, whatever it tells of. */
const OF_ALL_LINES = ["@timestamp", "level", "message", "logger"];

test("the document on privacy names every field of a request's line in the log, and none that is not there", async () => {
	await inFolder(async (folder) => {
		const serve = ServeProcess.in(folder, { env: { LOG_LEVEL: "info" } });
		const db = await openLedger(serve.database, Date.now());
		const { key } = await makeUploader(db, "ada");
		await db.close();
		await serve.start();
		const secret = "zq-only-in-the-address";
		const asked = await fetch(`${serve.address}/api/machines?machineId=${secret}`, {
			headers: { "x-api-key": key },
		});
		expect(asked.status).toBe(200);
		const lineOf = () =>
			serve.said.split("\n").find((line) => line.includes('"/api/machines"') && line.endsWith("}"));
		await until("the request's line in the log", () => lineOf() !== undefined);
		const line = lineOf() ?? "";
		await serve.end("SIGTERM");
		const fields = Object.keys(JSON.parse(line)).filter((field) => !OF_ALL_LINES.includes(field));
		expect(codesBelow(text, "## Logs").toSorted()).toEqual(fields.toSorted());
		expect(serve.said).not.toContain(secret);
		expect(serve.said).not.toContain(key);
	});
});

test("it names every cookie, and none that is not set", async () => {
	const server = await TestServer.start();
	const { keys, visit } = await server.join("ada", "owner");
	const answers = [
		await server.ask("/login", form({ key: keys.full })),
		await visit("/theme", form({ theme: "dark" })),
		await visit("/keys", form({ keys: "off" })),
	];
	const dashboard = await visitDashboard(await emptyLedger());
	const entry = await dashboard.app.handle(new Request(`http://localhost:4000${dashboard.access.path}`));
	const set = [...answers, entry].flatMap((answer) => answer.headers.getSetCookie());
	expect(server.reported).toEqual([]);
	const lasting = new Map(
		set.map((cookie) => [cookie.split("=")[0] ?? "", /Max-Age=(\d+)/.exec(cookie)?.[1]]),
	);
	const rows = tablesBelow(text, "## Cookies").flatMap((table) => table.rows);
	const told = new Map(
		rows.map(([names, , howLong = ""]) => [codesIn(names)[0]?.replace("PORT", "4000") ?? "", howLong]),
	);
	expect([...told.keys()].toSorted()).toEqual([...lasting.keys()].toSorted());
	const seconds: Record<string, string | undefined> = {
		"90 days at most": String(90 * 86_400),
		"while it runs": undefined,
		"a year": "31536000",
		"20 seconds": "20",
	};
	for (const [name, howLong] of told) expect([name, seconds[howLong]]).toEqual([name, lasting.get(name)]);
});

test("it names all that the mail service gets, and nothing that it does not", async () => {
	const got: string[] = [];
	const links: string[] = [];
	const service = Bun.serve({
		hostname: "127.0.0.1",
		port: 0,
		async fetch(request) {
			const body = (await request.json()) as { text: string };
			got.push(...Object.keys(body));
			if (request.headers.has("idempotency-key")) got.push("Idempotency-Key");
			links.push(...(body.text.match(/\/mail\/confirm\/\S+/g) ?? []));
			return Response.json({ id: "mail_1" });
		},
	});
	try {
		const settings = {
			apiKey: "re_test",
			from: "PromptPulse <usage@example.com>",
			baseUrl: `${service.url}`,
		};
		const mailing = mailingOf(settings, SERVER);
		const server = await TestServer.start({ mailing });
		const { send } = await server.join("ada", "owner");
		await send("PUT", "/api/user/email", { email: "ada@example.com" });
		const [link = ""] = links;
		expect((await server.ask(link, { method: "POST" })).status).toBe(200);
		await send("POST", "/api/user/test-email", {});
		expect(links).toHaveLength(1);
		// Reports by the clock have these, too.
		const whole = { to: "ada@example.com", subject: "s", html: "h", text: "t", headers: {}, key: "report-1" };
		await sendMail(settings, whole);
		expect(codesBelow(text, "## Third parties").toSorted()).toEqual([...new Set(got)].toSorted());
	} finally {
		await service.stop(true);
	}
});
