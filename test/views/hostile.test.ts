import { describe, expect, test } from "bun:test";
import { STACKINGS } from "../../src/usage/overview-query.ts";
import { answer, MAIN, withTranscripts } from "../support/answers.ts";
import { visitDashboard } from "../support/app.ts";
import { elementsOf } from "../support/markup.ts";
import { collectFrom } from "../support/scan.ts";

const HOSTILE = [
	"<script>alert(1)</script>",
	'"><img src=x onerror=alert(1)>',
	"</script><script>alert(1)</script>",
	"javascript:alert(1)",
	"{{7*7}}",
	"' hx-get='/theme' hx-on:click='alert(1)",
	"<hx-partial hx-target='#main'>",
	"<!-- ]]> &lt;b&gt;",
	"\u202egnp.exe",
];

const ADDRESSES = [
	"/?range=custom&from=2026-03-01&to=2026-03-31",
	"/?range=custom&from=2026-03-02&to=2026-03-02&metric=tokens",
	...STACKINGS.map((by) => `/?range=custom&from=2026-03-01&to=2026-03-31&metric=tokens&by=${by}`),
];

/** What a page may consist of besides plain markup: its own scripts, data for them, its own pictures. */
const SCRIPTED = [
	"script",
	"iframe",
	"object",
	"embed",
	"img",
	"base",
	"meta",
	"link",
	"hx-partial",
	"style",
	"foreignobject",
];

/** Elements that could do something, told by what they do, so that two pages can be compared. */
async function scriptedOf(html: string): Promise<string[]> {
	const elements = await elementsOf(html);
	return elements
		.filter(({ tag }) => SCRIPTED.includes(tag))
		.map(({ tag, attributes }) => {
			const [does] = ["src", "href", "type", "name"].flatMap((name) => attributes.get(name) ?? []);
			return `${tag} ${does}`;
		});
}

async function wrongAttributes(html: string): Promise<string[]> {
	const elements = await elementsOf(html);
	return elements.flatMap(({ tag, attributes }) =>
		[...attributes]
			.filter(([attribute, value]) => {
				if (/^on|^hx-on|^style$|^srcdoc$/.test(attribute)) return true;
				if (/^(href|src|action|formaction|hx-(get|post|put|patch|delete))$/.test(attribute))
					return !/^[/#?]/.test(value);
				return attribute === "hx-swap-oob" || attribute === "hx-vals";
			})
			.map(([attribute, value]) => `<${tag} ${attribute}="${value}">`),
	);
}

async function textOf(html: string): Promise<string> {
	return (await elementsOf(html)).find(({ tag }) => tag === "body")?.text ?? "";
}

describe("names that would do harm", () => {
	test.each(HOSTILE)("are shown as text, wherever they stand: %s", async (name) => {
		const at = "2026-03-02T10:00:00.000Z";
		const own = [answer(1, { model: name, cwd: `/home/${name}`, branch: name, timestamp: at })];
		const plain = [answer(1, { model: "plain", cwd: "/home/plain", branch: "plain", timestamp: at })];
		const pages = async (lines: string[], label: string) => {
			const html: string[] = [];
			await withTranscripts({ [MAIN]: lines }, async ({ db, claude }) => {
				const machine = { uuid: "00000000-0000-4000-8000-000000000001", label };
				await collectFrom(db, claude, { machine });
				const { get } = await visitDashboard(db, { looked: [name] });
				const filters = `&project=${encodeURIComponent(`/home/${label}`)}&model=${encodeURIComponent(`!${label}`)}&machine=${encodeURIComponent(label)}`;
				for (const address of [...ADDRESSES, `${ADDRESSES[0]}${filters}`]) {
					const response = await get(address);
					expect(response.status).toBe(200);
					html.push(await response.text());
				}
			});
			return html;
		};
		const [hostile, harmless] = [await pages(own, name), await pages(plain, "plain")];
		for (const [i, html] of hostile.entries()) {
			expect(await scriptedOf(html)).toEqual(await scriptedOf(harmless[i] ?? ""));
			expect(await wrongAttributes(html)).toEqual([]);
			expect(await textOf(html)).toContain(name);
		}
	});

	test.each(HOSTILE)("do nothing on the page of who has no usage: %s", async (name) => {
		await withTranscripts({}, async ({ db }) => {
			const html = await (await (await visitDashboard(db, { looked: [name] })).get("/")).text();
			expect(await wrongAttributes(html)).toEqual([]);
			expect(await textOf(html)).toContain(name);
		});
	});

	test.each(HOSTILE)("in an address end in a page without them or as text: %s", async (name) => {
		await withTranscripts({ [MAIN]: [answer(1)] }, async ({ db, collect }) => {
			await collect();
			const { get } = await visitDashboard(db);
			for (const field of [
				"range",
				"from",
				"to",
				"compare",
				"metric",
				"by",
				"project",
				"model",
				"machine",
				"x",
			]) {
				const html = await (await get(`/?${field}=${encodeURIComponent(name)}`)).text();
				expect(await wrongAttributes(html)).toEqual([]);
				const scripts = (await elementsOf(html)).filter(({ tag }) => tag === "script");
				for (const { attributes } of scripts) {
					expect(
						attributes.get("src")?.startsWith("/assets/") || attributes.get("type") === "application/json",
					).toBe(true);
				}
			}
		});
	});
});
