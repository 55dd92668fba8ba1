import { dayText } from "../../../src/usage/day.ts";
import { projectId } from "../../../src/usage/project-id.ts";
import { usageNumbers, usagePages } from "../../../src/web/pages/usage-pages.ts";
import type { Route } from "../../../src/web/route.ts";
import { DAY } from "../ledger.ts";
import type { Random } from "../random.ts";
import { type Member, PRESENT, RATES } from "./page-team.ts";

/** A page and what its address may have: for each name its choices, or words that say what it takes. */
export type KnownPage = { path: string; parameters: Readonly<Record<string, readonly string[] | string>> };

/** All pages that are registered; the numbers of each tell what its parameters take. */
export const PAGES: readonly KnownPage[] = usagePages().map((page, i) => ({
	path: page.path,
	parameters: parametersOf(usageNumbers()[i], page),
}));

/** Which parameters all pages have, and what each takes. */
export const COMMON: KnownPage["parameters"] = Object.fromEntries(
	Object.entries(PAGES[0]?.parameters ?? {}).filter(([name]) =>
		PAGES.every(
			({ parameters }) => JSON.stringify(parameters[name]) === JSON.stringify(PAGES[0]?.parameters[name]),
		),
	),
);

function parametersOf(numbers: Route | undefined, page: Route): KnownPage["parameters"] {
	const title = page.text.summary.replace("The page: ", "");
	if (!numbers?.text.summary.includes(`page ${title},`)) throw new Error(`no numbers belong to ${page.path}`);
	return numbers.text.query ?? {};
}

/** An address of a page for a person: any days, comparison and names, and what else it has. */
export function addressOf({ path, parameters }: KnownPage, member: Member, random: Random): string {
	const chosen = new URLSearchParams();
	const isCustom = random.next() < 0.3;
	for (const [name, values] of Object.entries(parameters)) {
		const isRare = NAMED.has(name) || name === "q";
		if (name === "format" || random.next() < (isRare ? 0.75 : 0.4)) continue;
		if (typeof values === "string") {
			for (const value of valuesOf(name, member, random)) chosen.append(name, value);
		} else if (name !== "range" || !isCustom)
			chosen.set(name, random.pick(values.filter((value) => value !== "custom")));
	}
	if (isCustom) {
		const since = Math.floor(PRESENT / DAY) - random.integer(0, 800);
		chosen.set("range", "custom");
		chosen.set("from", dayText(since));
		chosen.set("to", dayText(since + random.pick([0, 1, 6, 29, random.integer(0, 500)])));
	}
	const place = path.replace(":session", random.pick(member.events).session);
	return `${place}${chosen.size === 0 ? "" : `?${chosen}`}`;
}

const NAMED: ReadonlySet<string> = new Set(["project", "model", "machine"]);

/** Values of what takes any, none where it is said otherwise. */
function valuesOf(name: string, member: Member, random: Random): string[] {
	const event = () => random.pick(member.events);
	switch (name) {
		case "project":
			return names(() => event().project ?? "", random);
		case "model":
			return names(() => random.pick([event(), ...(event().extra ?? [])]).model, random);
		case "machine":
			return names(() => random.pick(member.machines).uuid, random);
		case "q":
			return [random.pick(["", event().session.slice(0, 9), "app", "a", "main", "%", "_", "Ö"])];
		case "if":
			return [random.pick(Object.keys(RATES))];
		case "open":
			return [projectId(event().project ?? "")];
		case "response":
			return [event().key];
		// Both days are set together, and places in a list are followed.
		case "from":
		case "to":
		case "after":
		case "before":
			return [];
		default:
			throw new Error(`nothing is known of the parameter ${name}`);
	}
}

function names(any: () => string, random: Random): string[] {
	const isNot = random.next() < 0.4;
	return Array.from({ length: random.integer(1, 2) }, () => `${isNot ? "!" : ""}${any()}`);
}
