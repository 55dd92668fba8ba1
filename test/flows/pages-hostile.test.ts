import { beforeAll, describe, expect, test } from "bun:test";
import { findUser } from "../../src/ledger/users.ts";
import { projectId } from "../../src/usage/project-id.ts";
import { noLimits } from "../support/isolation.ts";
import { eventOf, HOUR, ingestAll, MINUTE, machineNamed } from "../support/ledger.ts";
import { type Element, elementsOf, skeletonOf } from "../support/markup.ts";
import { csvRows } from "../support/pages/page-visit.ts";
import { PAGES } from "../support/pages/random-address.ts";
import { type Person, TestServer } from "../support/server.ts";

const HOSTILE = [
	"<script>alert(1)</script>",
	'"><img src=x onerror=alert(1)>',
	"'><svg onload=alert(1)>",
	"</script></title></textarea></noscript></select></table><b>",
	"<!-- <hx-partial hx-target=body>",
	'" hx-get="/x" hx-trigger="load',
	"javascript:alert(1)",
	"&lt;b&gt; &amp;amp; &#60; {{7*7}}",
	"\u202eevil\u2066\u200f שלום",
	"!not \\!not",
	`${"w".repeat(248)}<b>👩‍👩`,
];

const FORMULAS = [
	"=1+1",
	"+1+1",
	"-1+1",
	"@SUM(A1)",
	"=cmd|' /C calc'!A0",
	'=HYPERLINK("https://evil.example","x")',
];

const MACHINE = machineNamed("plain", 7);

/** Somebody in whose usage everything that can have a name is called like this, beside a little that is not. */
async function called(name: string): Promise<{ server: TestServer; person: Person }> {
	const server = await TestServer.start({ limits: noLimits() });
	const person = await server.join("ada");
	const user = await findUser(server.db, person.account.user);
	if (!user) throw new Error("nobody is in the ledger");
	const events = Array.from({ length: 12 }, (_, i) =>
		eventOf({
			id: `msg_${i}`,
			at: server.now - HOUR + i * MINUTE,
			session: i < 9 ? "session-1" : "session-2",
			project: i < 8 ? name : "/home/other",
			branch: i < 7 ? name : "main",
			model: i < 6 ? name : "cheap",
			version: name,
			sidechain: i % 5 === 4,
			agent: i % 5 === 4 ? "agent-1" : undefined,
			input: 10 + i,
		}),
	);
	await ingestAll({ db: server.db, user }, events, { machine: { ...MACHINE, label: name }, now: server.now });
	await person.send("PATCH", `/api/machines/${MACHINE.uuid}`, { label: name });
	await person.send("PATCH", `/api/projects/${projectId(name)}`, { alias: name });
	return { server, person };
}

/** What a chart is stacked by, and how its numbers are written. */
const DRAWN = ["by", "metric"];

/** Every page plain, with each way to draw it, and with the name in all that may have one. */
function addressesFor(name: string): string[] {
	const escaped = /^[!\\]/.test(name) ? `\\${name}` : name;
	return PAGES.flatMap(({ path, parameters }) => {
		const place = path.replace(":session", "session-1");
		const choices = Object.entries(parameters).flatMap(([parameter, values]) =>
			DRAWN.includes(parameter) && typeof values !== "string"
				? values.map((value) => [[parameter, value]])
				: [],
		);
		const named = [
			[["project", escaped]],
			[["project", `!${name}`]],
			[
				["model", escaped],
				["machine", `!${name}`],
			],
			[["q", name.slice(0, 200)]],
			[["open", projectId(name)]],
		];
		return [[], ...choices, ...named].map(
			(search) => `${place}?${new URLSearchParams(search as [string, string][])}`,
		);
	});
}

/** In no order: rows may be in order by a name. */
function elementsIn(elements: readonly Element[]): string[] {
	return skeletonOf(elements).sort();
}

/** What a page could do by itself. */
const ACTING = /^on|^hx-on|^style$|^srcdoc$|^hx-vals$|^hx-swap-oob$/;
const LEADING = /^(href|src|action|formaction|hx-(get|post|put|patch|delete))$/;

describe("names that would do harm", () => {
	const plain = new Map<string, string[]>();

	beforeAll(async () => {
		const { person } = await called("plain");
		for (const address of addressesFor("plain")) {
			plain.set(address, elementsIn(await elementsOf(await (await person.visit(address)).text())));
		}
	});

	test.each([...HOSTILE, ...FORMULAS])(
		"are text on every page, and nothing else: %s",
		async (name) => {
			const { server, person } = await called(name);
			const pairs = addressesFor(name).map((address, i) => ({
				address,
				like: addressesFor("plain")[i] ?? "",
			}));
			for (const { address, like } of pairs) {
				const answer = await person.visit(address);
				const elements = await elementsOf(await answer.text());
				expect({ address, status: answer.status }).toEqual({ address, status: 200 });
				expect({ address, is: elementsIn(elements) }).toEqual({ address, is: plain.get(like) ?? [] });
				const acting = elements.flatMap(({ attributes }) =>
					[...attributes].filter(
						([key, value]) => ACTING.test(key) || (LEADING.test(key) && !/^[/#?]/.test(value)),
					),
				);
				expect({ address, acting }).toEqual({ address, acting: [] });
			}
			expect(server.reported).toEqual([]);
		},
		60_000,
	);

	test.each([...HOSTILE, ...FORMULAS])("are whole in JSON, and no formulas in CSV: %s", async (name) => {
		const { person } = await called(name);
		const told: string[] = [];
		for (const { path } of PAGES) {
			const page = await (
				await person.visit(`${path.replace(":session", "session-1")}?open=${projectId(name)}`)
			).text();
			const hrefs = (await elementsOf(page)).flatMap(({ attributes }) => attributes.get("href") ?? []);
			for (const href of hrefs.filter((one) => one.startsWith("/api/views/"))) {
				const text = await (await person.visit(href)).text();
				if (!href.includes("format=csv")) {
					told.push(...Object.values(JSON.parse(text).rows as object[]).flatMap((row) => Object.values(row)));
					continue;
				}
				const cells = csvRows(text).flatMap((row) => Object.values(row));
				const formulas = cells.filter(
					(cell) => /^[=+\-@\t\r]/.test(cell) && !/^-?[\d.]+(e[+-]\d+)?$/.test(cell),
				);
				expect({ href, formulas }).toEqual({ href, formulas: [] });
			}
		}
		expect(told.filter((value) => value === name).length).toBeGreaterThan(8);
	});
});
