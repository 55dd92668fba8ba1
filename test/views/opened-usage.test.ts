import { expect, test } from "bun:test";
import { View } from "../../src/usage/view.ts";
import { OpenedUsagePage, type OpenedUsageProps } from "../../views/opened-usage.tsx";
import { byId, type Element, elementsOf, plain, skeletonOf } from "../support/markup.ts";
import { type Names, PLAIN } from "../support/overview-props.ts";
import { listed, projectsProps } from "../support/projects-props.ts";
import { sessionRow, sessionsProps } from "../support/sessions-props.ts";

const HOSTILE = [
	"<script>alert(1)</script>",
	'"><img src=x onerror=alert(1)>',
	'" hx-get="/x" hx-trigger="load',
	"javascript:alert(1)",
	"\u202eevil\u2066\u200f",
];

function pageOf(name: string, change: Partial<OpenedUsageProps["data"]> = {}): Promise<Element[]> {
	const names: Names = { ...PLAIN, project: name, session: name };
	const projects = projectsProps("", [listed(name, 12.5)]);
	const sessions = sessionsProps("", [sessionRow({ session: name, project: name }, names)]);
	const view = new View(
		{ name: "person", path: "/admin/people/x1", ownParameters: () => [] },
		projects.view.query,
	);
	const account = {
		user: 3,
		id: "x1",
		username: "alice",
		email: null,
		displayName: null,
		role: "member",
		createdAt: 0,
		disabledAt: null,
	} as const;
	const data = { account, projects: projects.data, sessions: sessions.data, ...change };
	const { shell, known, today } = projects;
	return elementsOf(OpenedUsagePage({ shell: { ...shell, title: "alice" }, view, known, today, data }));
}

test.each(HOSTILE)("%j is text and nothing else", async (name) => {
	const page = await pageOf(name);
	expect(skeletonOf(page)).toEqual(skeletonOf(await pageOf("plain")));
	for (const card of ["projects", "sessions"]) expect(byId(page, card)?.text).toContain(name);
});

test("what is listed leads nowhere: the admin's own pages know nothing of it", async () => {
	const page = await pageOf("plain");
	const hrefs = page.flatMap(({ attributes }) => attributes.get("href") ?? []);
	expect(hrefs.filter((href) => /\/(sessions|projects)\//.test(href))).toEqual([]);
	expect(hrefs.filter((href) => href.startsWith("/api/"))).toEqual([
		"/api/admin/users/x1/projects?format=csv",
		"/api/admin/users/x1/projects",
		"/api/admin/users/x1/sessions?format=csv",
		"/api/admin/users/x1/sessions",
	]);
});

test("says where nothing was used", async () => {
	const none = { projects: projectsProps("", []).data, sessions: sessionsProps("", []).data };
	const page = await pageOf("plain", none);
	for (const card of ["projects", "sessions"])
		expect(plain(byId(page, card)?.text)).toContain("None in these days.");
});
