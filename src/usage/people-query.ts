import { parseSorted, type Sorted, type Sorting, sortedParameters } from "./sorting.ts";

/** What people are in order by: cost lately, cost in all, name, how long they are here, when they were last seen. */
const PEOPLE_SORTS = ["cost", "total", "name", "since", "seen"] as const;

export type PeopleSort = (typeof PEOPLE_SORTS)[number];

export const PEOPLE_ORDER: Sorting<PeopleSort> = { columns: PEOPLE_SORTS, usual: "cost", texts: ["name"] };

/** How the people of a server are asked for. `q`: a part of the user name, of the name for others or of the e-mail address. */
export type PeopleQuery = Sorted<PeopleSort> & { q: string };

const LONGEST = 100;

/** @throws QueryError */
export function parsePeopleQuery(parameters: URLSearchParams): PeopleQuery {
	return {
		...parseSorted(PEOPLE_ORDER, parameters),
		q: (parameters.get("q") ?? "").trim().slice(0, LONGEST),
	};
}

/** An address below the admins' page, with what it is asked; what is usual is left out. */
export function peopleHref(query: PeopleQuery, below = ""): string {
	const parameters = new URLSearchParams(sortedParameters(PEOPLE_ORDER, query));
	if (query.q !== "") parameters.set("q", query.q);
	return `/admin${below}${parameters.size === 0 ? "" : `?${parameters}`}`;
}
