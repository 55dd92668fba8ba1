import { beforeAll, describe, expect, test } from "bun:test";
import { comparePage } from "../support/pages/compare-page.ts";
import { compareRows } from "../support/pages/compare-rows.ts";
import { bodyOf } from "../support/pages/compare-tables.ts";
import { partsOf, passing, sumOf } from "../support/pages/naive-parts.ts";
import { readQuery } from "../support/pages/naive-query.ts";
import { ADVISOR, type Member, makePageTeam, type PageTeam } from "../support/pages/page-team.ts";
import { type Row, tableOf, visitPage } from "../support/pages/page-visit.ts";
import { addressOf, COMMON, type KnownPage, PAGES } from "../support/pages/random-address.ts";
import { type Node, tagged } from "../support/pages/tree.ts";
import { writtenIn } from "../support/pages/written.ts";
import { Random } from "../support/random.ts";
import { PATIENCE, runs } from "../support/runs.ts";

const SEED = 1;
const { numRuns: ADDRESSES } = runs(10, 60);
const { numRuns: EVENTS } = runs(20_000, 100_000);

let team: PageTeam;

beforeAll(async () => {
	team = await makePageTeam(SEED, EVENTS);
}, PATIENCE);

const PEOPLE = ["the busiest of a team", "one who has merged and renamed some", "one with one machine"];

describe.each(PEOPLE.map((name, place) => ({ name, place })))("what $name is shown", ({ place }) => {
	test.each(PAGES.map((page) => ({ path: page.path, page })))(
		"on $path is what the API says and what was put in",
		async ({ page }) => {
			const member = memberAt(place);
			const parts = partsOf(member);
			const found: string[] = [];
			for (const address of addresses(page, member, place)) {
				found.push(...(await comparePage(member, parts, page.path, address)));
			}
			expect(found).toEqual([]);
			expect(team.server.reported).toEqual([]);
		},
		PATIENCE,
	);

	test(
		"comes to the same on every page, by whatever it is cut",
		async () => {
			const member = memberAt(place);
			const parts = partsOf(member);
			for (const address of addresses({ path: "/", parameters: COMMON }, member, place)) {
				const search = new URL(address, "http://page").search;
				const all = sumOf(passing(parts, readQuery(member, new URLSearchParams(search))));
				for (const cut of CUTS) {
					const answer = await member.person.ask(`/api/views/${cut}${search}`);
					const { rows, totals } = (await answer.json()) as { rows: Row[]; totals: Row };
					const whole = rows.filter(({ sessions }) => cut !== "overview/series" || sessions !== null);
					const sum = Object.fromEntries(Object.keys(all).map((name) => [name, added(whole, name)]));
					const said = [...compareRows([totals], [all]), ...compareRows([sum], [all])];
					expect({ search, cut, said }).toEqual({ search, cut, said: [] });
				}
			}
		},
		PATIENCE,
	);
});

describe("a list that is longer than its page", () => {
	test.each([
		{ path: "/sessions", search: "range=all&sort=tokens", rows: 20 },
		{ path: "/sessions", search: "range=all&size=50&order=asc", rows: 50 },
		{ path: "/blocks", search: "range=all", rows: 50 },
		{ path: "/sessions/:session", search: "", rows: 100 },
	])(
		"$path?$search has every row once, page after page",
		async ({ path, search, rows }) => {
			const member = memberAt(0);
			const parts = partsOf(member);
			const seen: string[] = [];
			const found: string[] = [];
			let next: string | undefined = `${path.replace(":session", longestSession(member))}?${search}`;
			let [pages, all] = [0, 0];
			for (; next !== undefined && pages < MOST_PAGES; pages++) {
				const { tree, panels } = await visitPage(member, next);
				found.push(...(await comparePage(member, parts, path, next)));
				const list = panels.find(({ key }) => LISTS.has(key));
				if (!list) throw new Error(`${next} has no list`);
				if (pages === 0) all = list.rows.length;
				seen.push(
					...bodyOf(tableOf(list) as Node).map(([first]) => JSON.stringify(writtenIn(first as Node))),
				);
				next = tagged(tree, "a").find(isNext)?.attributes.get("href");
			}
			expect(found).toEqual([]);
			expect(new Set(seen).size).toBe(seen.length);
			expect({ seen: seen.length, pages }).toEqual({ seen: all, pages: Math.ceil(all / rows) });
			expect(pages).toBeGreaterThan(2);
		},
		PATIENCE,
	);
});

/** So that a circle of pages ends. */
const MOST_PAGES = 200;

const LISTS = new Set(["sessions/sessions", "blocks/history", "session/responses"]);

function isNext({ attributes, text }: Node): boolean {
	return attributes.get("rel") === "next" || text === "Next" || text === "Earlier blocks";
}

function longestSession({ events }: Member): string {
	const sessions = [...Map.groupBy(events, ({ session }) => session)];
	return sessions.reduce((a, b) => (b[1].length > a[1].length ? b : a))[0];
}

/** Panels whose rows are all that was used in some days. */
const CUTS = [
	"overview/series",
	"overview/projects",
	"overview/models",
	"overview/machines",
	"patterns/heat",
	"patterns/weekdays",
	"patterns/hours",
	"models/models",
	"projects/projects",
	"machines/machines",
];

function memberAt(place: number): Member {
	const member = team.members[place];
	if (!member) throw new Error(`the team has no person ${place}`);
	return member;
}

function addresses(page: KnownPage, member: Member, place: number): string[] {
	const random = new Random(SEED * 1_000 + PAGES.indexOf(page) * 10 + place);
	const any = Array.from({ length: ADDRESSES }, () => addressOf(page, member, random));
	const session = random.pick(member.events).session;
	const whole = `${page.path.replace(":session", session)}?range=all`;
	const merged = [...member.merged.keys()].map(
		(name) => `${name.startsWith("/") ? "project" : "machine"}=${name}`,
	);
	return [...any, ...[`model=${ADVISOR}`, ...merged].map((filter) => `${whole}&${filter}`)];
}

function added(rows: readonly Row[], name: string): number {
	return rows.reduce((sum, row) => sum + Number(row[name]), 0);
}
