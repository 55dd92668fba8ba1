import { oneOf } from "./view-query.ts";

/** What people are in order by: cost lately, cost in all, name, how long they are here, when they were last seen. */
const PEOPLE_ORDERS = ["cost", "total", "name", "since", "seen"] as const;

export type PeopleOrder = (typeof PEOPLE_ORDERS)[number];

/** How the people of a server are asked for. `q`: a part of the user name, of the name for others or of the e-mail address. */
export type PeopleQuery = { sort: PeopleOrder; q: string };

const LONGEST = 100;

/** @throws QueryError */
export function parsePeopleQuery(parameters: URLSearchParams): PeopleQuery {
	return {
		sort: oneOf("sort", parameters, PEOPLE_ORDERS, "cost"),
		q: (parameters.get("q") ?? "").trim().slice(0, LONGEST),
	};
}

/** An address below the admins' page, with what it is asked; what is usual is left out. */
export function peopleHref({ sort, q }: PeopleQuery, below = ""): string {
	const parameters = new URLSearchParams();
	if (sort !== "cost") parameters.set("sort", sort);
	if (q !== "") parameters.set("q", q);
	const query = parameters.toString();
	return `/admin${below}${query === "" ? "" : `?${query}`}`;
}
