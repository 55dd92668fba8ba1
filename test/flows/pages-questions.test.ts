import { beforeAll, describe, expect, test } from "bun:test";
import { projectId } from "../../src/usage/project-id.ts";
import { type Marked, makeWorld, type World } from "../support/isolation.ts";
import { type KnownPage, PAGES } from "../support/pages/random-address.ts";
import { Random } from "../support/random.ts";
import { PATIENCE, runs } from "../support/runs.ts";

let world: World;

beforeAll(async () => {
	world = await makeWorld();
});

const { numRuns: QUESTIONS } = runs(1_000, 20_000);

/** What is asked of a page without its number being one, for parameters that take more than some choices. */
const BAD: Readonly<Record<string, readonly string[]>> = {
	from: ["x", "2026-02-30", "-1", "0000-00-00", "2026-1-1"],
	to: ["x", "2020-01-01", "9999-12-31"],
	q: ["q".repeat(201)],
	open: ["o".repeat(65)],
	if: ["no such model", "m".repeat(201)],
	after: ["x", "{}", "[1,2]", `${"9".repeat(400)}`],
	before: ["x", "e30", "W10"],
	response: ["x", "r".repeat(17), "!".repeat(16)],
};

function addressOf(page: KnownPage, search: [string, string][], marked: Marked = world.ada): string {
	const session = idOf(marked, "session");
	return `${page.path.replace(":session", session)}?${new URLSearchParams(search)}`;
}

function idOf({ ids }: Marked, what: string): string {
	return ids.find((id) => id.what === what)?.id ?? "";
}

/** Where the numbers of the page's panels are. */
async function numbersOf(page: KnownPage): Promise<string[]> {
	const html = await (await world.ada.person.visit(addressOf(page, []))).text();
	return [...new Set([...html.matchAll(/href="(\/api\/views\/[^"?]+)/g)].map(([, path = ""]) => path))];
}

describe.each(PAGES.map((page) => ({ path: page.path, page })))("$path", ({ page }) => {
	test("refuses what cannot be meant, in each of its parameters", async () => {
		const answered: string[] = [];
		for (const [name, values] of Object.entries(page.parameters)) {
			if (name === "format" || ["project", "model", "machine"].includes(name)) continue;
			const bad = typeof values === "string" ? BAD[name] : ["nonsense", "__proto__", "0 or 1=1"];
			if (!bad) throw new Error(`nothing bad is known of the parameter ${name}`);
			for (const value of bad) {
				const days: [string, string][] = name === "to" ? [["from", "2026-11-01"]] : [];
				const search: [string, string][] = [...days, [name, value]];
				for (const address of [
					addressOf(page, search),
					...(await numbersOf(page)).map((path) => `${path}?${new URLSearchParams(search)}`),
				]) {
					const { status } = await world.ada.person.visit(address);
					if (status !== 422) answered.push(`${address} answered ${status}`);
				}
			}
		}
		for (const name of ["project", "model", "machine"]) {
			const many = Array.from({ length: 51 }, (_, i): [string, string] => [name, `name ${i}`]);
			const { status } = await world.ada.person.visit(addressOf(page, many));
			if (status !== 422) answered.push(`51 times ${name} was answered ${status}`);
		}
		expect(answered).toEqual([]);
	});

	test("knows nothing of what is somebody else's, whatever is asked by its name", async () => {
		const { ada, bob } = world;
		const names = Object.keys(page.parameters).filter((name) =>
			["project", "model", "machine", "q", "open", "response"].includes(name),
		);
		const values = (marked: Marked): Record<string, string> => ({
			project: idOf(marked, "project"),
			model: idOf(marked, "model"),
			machine: idOf(marked, "machine"),
			q: idOf(marked, "session"),
			open: projectId(idOf(marked, "project")),
			response: idOf(marked, "event"),
		});
		const searches = names.map((name): [string, string][] => [[name, values(bob)[name] ?? ""]]);
		for (const search of [[], ...searches]) {
			const theirs = addressOf(page, search, bob);
			const answer = await ada.person.visit(theirs);
			const given = [
				...search.map(([, value]) => value),
				...(page.path.includes(":") ? [idOf(bob, "session")] : []),
			];
			const isPlace = page.path.includes(":");
			expect({ theirs, status: answer.status }).toEqual({ theirs, status: isPlace ? 404 : 200 });
			let html = await answer.text();
			// What was asked stands in the filter bar and in links.
			for (const value of given) html = html.replaceAll(value, "").replaceAll(encodeURIComponent(value), "");
			for (const value of given)
				html = html.replaceAll(new URLSearchParams({ value }).toString().slice("value=".length), "");
			html = html.replaceAll(labelled(idOf(bob, "project")), "");
			expect({ theirs, told: bob.secrets.filter((secret) => html.includes(secret)) }).toEqual({
				theirs,
				told: [],
			});
		}
	});
});

/** The last folder of a path, as a filter is called. */
function labelled(path: string): string {
	return path.split("/").at(-1) ?? path;
}

describe("questions that nobody would ask", () => {
	test(
		"are answered, or refused, on every page and by all numbers",
		async () => {
			const random = new Random(38);
			const numbers = await Promise.all(PAGES.map(numbersOf));
			const names = [
				...new Set(PAGES.flatMap(({ parameters }) => Object.keys(parameters))),
				"x",
				"__proto__",
				"done",
				"_",
			];
			let answered = 0;
			for (let i = 0; i < QUESTIONS; i++) {
				const place = random.integer(0, PAGES.length - 1);
				const page = PAGES[place];
				if (!page) break;
				const search = Array.from({ length: random.integer(1, 6) }, () => {
					const name = random.pick(names);
					return `${name}=${anyValue(page.parameters[name], random)}`;
				}).join("&");
				const path = random.pick([
					page.path.replace(":session", idOf(world.ada, "session")),
					...(numbers[place] ?? []),
				]);
				const address = `${path}?${search}`;
				const { status } = await world.ada.person.visit(address);
				answered += Number(status === 200);
				expect({ address, isAnswer: [200, 422].includes(status), status }).toEqual({
					address,
					isAnswer: true,
					status,
				});
			}
			expect(world.server.reported).toEqual([]);
			// Most are not refused before anything is read.

			expect(answered).toBeGreaterThan(QUESTIONS / 4);
		},
		PATIENCE,
	);
});

const STRANGE = [
	"",
	"%00",
	"%",
	"%zz",
	"%ff%fe",
	"%ed%a0%80",
	"%F0%9F%92%A9",
	"'",
	'"',
	"<b>",
	"-1",
	"0",
	"1e9",
	"NaN",
	"9".repeat(400),
	"null",
	"[]",
	"{}",
	"[1]",
	"[1,2,3]",
	'["1","x"]',
	"1764000000000",
	"9007199254740993",
	"-9007199254740993",
	'[1,"a","b"]',
	"1.AAAAAAAAAAAAAAAA",
	"0.0000000000000000",
	"1970-01-01",
	"0001-01-01",
	"9999-12-31",
	"2026-11-24",
	"20261124",
	"+275760-09-13",
	"2026-02-29",
	"!",
	"\\",
	"!!",
	"../..",
	"%2e%2e%2f",
	"a".repeat(3_000),
	"json",
	"csv",
	"all",
	"custom",
	"asc",
	"desc",
	"1",
	"20",
	"cost",
	"tokens",
	"kind",
	"year",
	"none",
	"cheap",
	"{{7*7}}",
	"%25",
	"' or 1=1 --",
	"*",
	"%5f",
];

/** One of its choices, something strange, or a place in a list that never was. */
function anyValue(values: readonly string[] | string | undefined, random: Random): string {
	const place = () =>
		Buffer.from(JSON.stringify([random.pick(STRANGE), random.pick(STRANGE)])).toString("base64url");
	const strange = () => random.pick([random.pick(STRANGE), place()]);
	return typeof values === "object" && random.next() < 0.9 ? random.pick(values) : strange();
}
