import { describe, expect, test } from "bun:test";
import { projectId } from "../../src/usage/project-id.ts";
import { ProjectsPage } from "../../views/projects.tsx";
import { byClass, byId, elementsOf, plain, skeletonOf } from "../support/markup.ts";
import { listed, projectsProps } from "../support/projects-props.ts";
import { expectSoundMarkup } from "../support/sound-markup.ts";

const ROWS = [listed("/home/ann/shop", 30), listed("/home/ann/till", 10, { alias: "The till" })];

const pageOf = async (query = "", rows = ROWS, hidden = 0) =>
	elementsOf(ProjectsPage(projectsProps(query, rows, hidden)));

const OPEN = `open=${projectId("/home/ann/shop")}`;

describe.each(["", OPEN, `range=all&project=!x&sort=used&order=asc&q=shop&hidden=1&${OPEN}`])(
	"the projects of ?%s",
	(query) => {
		test("are sound markup", async () => {
			expectSoundMarkup(await pageOf(query));
		});

		test("keep what they show in their search", async () => {
			const page = String(await ProjectsPage(projectsProps(query, ROWS)));
			const [form = ""] = page.match(/<form[^>]*projects-search.*?<\/form>/s) ?? [];
			const own = [...form.matchAll(/name="([^"]+)"/g)].map(([, name]) => name);
			const wanted = [...new URLSearchParams(query).keys()].filter((name) => name !== "open");
			expect(own).toEqual(expect.arrayContaining([...wanted, "q"]));
		});
	},
);

test("a project is called by its alias, and leads to the overview of it alone", async () => {
	const labels = byClass(await pageOf("range=7d"), "project-label");
	expect(labels.map(({ text }) => text)).toEqual(["shop", "The till"]);
	expect(labels[1]?.attributes.get("href")).toBe("/?range=7d&project=%2Fhome%2Fann%2Ftill");
	expect(labels[1]?.attributes.get("title")).toBe("/home/ann/till");
});

test("shares are of all cost, and the last row sums what is shown", async () => {
	const page = await pageOf();
	const shares = byClass(page, "project-share").map(({ text }) => plain(text));
	expect(shares).toEqual(["75.0 %", "25.0 %"]);
	const rows = page.filter(({ tag }) => tag === "tr").map(({ text }) => plain(text));
	expect(rows.at(-1)).toBe("2 of 2 projects shown20200 k$40.00");
});

test("a column's name sorts by it, and once more the other way round; a project that is open closes", async () => {
	const page = await pageOf(`sort=tokens&${OPEN}`);
	expect(byId(page, "sort-tokens")?.attributes.get("href")).toBe("/projects?sort=tokens&order=asc");
	expect(byId(page, "sort-project")?.attributes.get("href")).toBe("/projects?sort=project");
	const sorted = page.filter(({ attributes }) => attributes.has("aria-sort"));
	expect(sorted.map(({ text, attributes }) => [plain(text), attributes.get("aria-sort")])).toEqual([
		["Tokens", "descending"],
	]);
});

describe("a project that is open", () => {
	test("has its branches, and forms that name it by its id and lead back", async () => {
		const page = await pageOf(OPEN);
		expect(plain(byId(page, "branches")?.text)).toContain("main100 %10100 k$30.00");
		const forms = byClass(page, "name-form");
		const actions = new Set(forms.map(({ attributes }) => attributes.get("action")));
		expect(actions).toEqual(
			new Set([`/projects/${projectId("/home/ann/shop")}/edit`, `/projects/${projectId("/old/place")}/edit`]),
		);
		const sent = page.filter(({ attributes }) => attributes.get("name") === "action");
		expect(sent.map(({ attributes }) => attributes.get("value"))).toEqual([
			"rename",
			"merge",
			"split",
			"hide",
		]);
		const next = page.filter(({ attributes }) => attributes.get("name") === "next");
		const places = new Set(next.map(({ attributes }) => attributes.get("value")));
		expect(places).toContain(`/projects?${OPEN}`);
		expect(places).toContain("/projects");
	});

	test("can be merged into the others alone", async () => {
		const page = await pageOf(OPEN);
		const options = page.filter(
			({ tag, attributes }) => tag === "option" && /^[\w-]{16}$/.test(attributes.get("value") ?? ""),
		);
		expect(options.map(({ text }) => text)).toEqual(["The till"]);
	});

	test("offers to show what is hidden", async () => {
		const page = await pageOf(`hidden=1&${OPEN}`, [listed("/home/ann/shop", 3, { isHidden: true })], 1);
		expect(byClass(page, "project-tag").map(({ text }) => text)).toEqual(["Hidden"]);
		const sent = page.filter(({ attributes }) => attributes.get("name") === "action");
		expect(sent.map(({ attributes }) => attributes.get("value"))).toContain("show");
	});
});

test("how many are hidden is a link that shows them, and leaves them out again", async () => {
	const link = byId(await pageOf("", ROWS, 3), "hidden");
	expect([link?.text, link?.attributes.get("href")]).toEqual(["3 hidden: show", "/projects?hidden=1"]);
	const back = byId(await pageOf("hidden=1", ROWS, 3), "hidden");
	expect([back?.text, back?.attributes.get("href")]).toEqual(["3 hidden: leave out", "/projects"]);
	expect(byId(await pageOf(), "hidden")).toBeUndefined();
});

test("a search without hits says so, and leads out of it", async () => {
	const page = await pageOf("q=zzz", []);
	expect(plain(byClass(page, "empty")[0]?.text)).toContain('No project in these days has "zzz" in its name.');
	expect(byId(page, "clear-search")?.attributes.get("href")).toBe("/projects");
	expect(plain(byClass(await pageOf("", []), "empty")[0]?.text)).toContain("No project in these days.");
});

test("usage without a price has a tag and no share", async () => {
	const page = await pageOf("", [listed("/home/ann/new", 0, { unpriced: 10, costNanoUsd: 0 })]);
	expect(byClass(page, "tag-warn").map(({ text }) => text)).toEqual(["No price"]);
	expect(byClass(page, "project-share").map(({ text }) => plain(text))).toEqual(["–"]);
});

test.each([
	"<script>alert(1)</script>",
	'"><img src=x onerror=alert(1)>',
	'" hx-get="/x" hx-trigger="load',
	"</title></select><b>",
	"\u202eevil",
	"x".repeat(256),
])("a project, an alias and a branch named %s are text and nothing else", async (name) => {
	const nameIt = (text: string) => {
		const row = listed(`/a/${text}`, 1, { alias: text });
		return elementsOf(ProjectsPage(projectsProps(`open=${row.id}&q=x`, [row])));
	};
	expect(skeletonOf(await nameIt(name))).toEqual(skeletonOf(await nameIt("plain")));
});
