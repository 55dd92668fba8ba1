import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { EmptyPage } from "../../views/empty.tsx";
import { MessagePage } from "../../views/message.tsx";
import { OverviewPage } from "../../views/overview.tsx";
import { elementsOf, skeletonOf } from "../support/markup.ts";
import { type Names, PLAIN, propsOf, SHELL, TODAY, withData } from "../support/overview-props.ts";

const HOSTILE = [
	"<script>alert(1)</script>",
	'"><img src=x onerror=alert(1)>',
	"'><svg onload=alert(1)>",
	"</script><script>alert(1)</script>",
	"</title></textarea></noscript></select><b>",
	"<!--",
	"<hx-partial hx-target=body>",
	'" hx-get="/x" hx-trigger="load',
	"javascript:alert(1)",
	"{{7*7}} #{7*7} <%= 7*7 %>",
	"&lt;b&gt; &amp;amp; &#60;",
	"\u202eevil\u2066\u200f",
	"\u2028\u2029\u0000",
	"!not",
	"\\!not",
];

const QUERIES = ["", "by=project", "by=machine&metric=tokens", "metric=tokens&by=kind", "metric=responses"];

/** A query that names what is hostile in filters too. */
function filtering(query: string, name: string): string {
	const parameters = new URLSearchParams(query);
	for (const field of ["project", "model", "machine"]) parameters.append(field, `!${name}`);
	return parameters.toString();
}

/** The calendar has a few days only: it is long, and no name is in it. */
function pageWith(query: string, names: Names) {
	const calendar = { since: TODAY - 1, costs: [1e9, 2e9] };
	return elementsOf(OverviewPage(withData(propsOf(query, names), { calendar })));
}

async function skeleton(query: string, name: string): Promise<string[]> {
	const names = { project: name, model: name, machine: name, session: name };
	return skeletonOf(await pageWith(query, names));
}

describe.each(QUERIES)("on the overview of ?%s", (query) => {
	test.each(HOSTILE)("%j is text and nothing else", async (name) => {
		const asked = filtering(query, name);
		expect(await skeleton(asked, name)).toEqual(await skeleton(filtering(query, "plain"), "plain"));
	});
});

test("a name is shown and sent as it is", async () => {
	for (const name of HOSTILE) {
		const page = await pageWith("", { ...PLAIN, model: name });
		const labels = page.filter(({ attributes }) => attributes.get("class") === "ranked-name");
		expect(labels.map(({ text }) => text)).toContain(name);
		const query = new URLSearchParams({ model: /^[!\\]/.test(name) ? `\\${name}` : name }).toString();
		expect(page.map(({ attributes }) => attributes.get("href"))).toContain(`/?${query}`);
		const options = page.flatMap(({ tag, attributes }) =>
			tag === "option" ? (attributes.get("value") ?? "") : [],
		);
		expect(options).toContain(`!${name}`);
	}
});

test("any names at all change no element and no attribute", async () => {
	const plain = await skeleton("by=project", "plain");
	await fc.assert(
		fc.asyncProperty(fc.string({ unit: "binary", minLength: 1, maxLength: 40 }), async (name) => {
			expect(await skeleton("by=project", name)).toEqual(plain);
		}),
		{ numRuns: 40 },
	);
}, 30_000);

test("the chart's data come through whole", async () => {
	for (const name of HOSTILE) {
		const page = await pageWith("by=model", { ...PLAIN, model: name });
		const islands = page.filter(({ attributes }) => attributes.get("type") === "application/json");
		expect(islands).toHaveLength(1);
		expect(JSON.parse(islands[0]?.text ?? "").series[0].label).toBe(name);
	}
});

test("folders and messages are text too", async () => {
	const empty = async (folder: string) =>
		skeletonOf(await elementsOf(EmptyPage({ shell: SHELL, current: "overview", looked: [folder] })));
	const message = async (text: string) =>
		skeletonOf(
			await elementsOf(MessagePage({ ...SHELL, status: 404, title: text, sentence: text, hint: text })),
		);
	for (const text of HOSTILE) {
		expect(await empty(text)).toEqual(await empty("plain"));
		expect(await message(text)).toEqual(await message("plain"));
	}
});
