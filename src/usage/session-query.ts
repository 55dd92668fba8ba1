import type { View, ViewKind } from "./view.ts";
import { type Days, oneOf, parseViewQuery, QueryError, type ViewQuery } from "./view-query.ts";

/** Which of a session's responses are listed. */
export const SHOWN = ["all", "misses", "agents"] as const;

export type Shown = (typeof SHOWN)[number];

/** Where a response stands in its session: by its time (epoch ms), then by its key. */
export type ResponsePlace = { at: number; key: string };

/** All that a session's URL says. The common part only tells where the way back leads. */
export type SessionQuery = ViewQuery & {
	show: Shown;
	/** The list begins after this place. */
	after: ResponsePlace | undefined;
	/** The key of the response that is selected; where `after` says nothing, the list has it. */
	response: string | undefined;
};

export type SessionView = View<SessionQuery>;

const KEY = /^[\w-]{16}$/;
const PLACE = /^(\d{1,15})\.([\w-]{16})$/;

/**
 * Reads a session's query string.
 *
 * @throws QueryError
 */
export function parseSessionQuery(parameters: URLSearchParams, days: Days): SessionQuery {
	return {
		...parseViewQuery(parameters, days),
		show: oneOf("show", parameters, SHOWN, "all"),
		after: readPlace(parameters.get("after") ?? ""),
		response: readKey(parameters.get("response") ?? ""),
	};
}

/** Each session is a page of its own. */
export function sessionKind(session: string): ViewKind<SessionQuery> {
	const id = encodeURIComponent(session);
	return {
		// Not below `sessions/`, where a panel of the list of sessions has this place.
		name: `session/${id}`,
		path: sessionPath(session),
		ownParameters({ show, after, response }) {
			const parameters: [string, string][] = [];
			if (show !== "all") parameters.push(["show", show]);
			if (after) parameters.push(["after", `${after.at}.${after.key}`]);
			if (response !== undefined) parameters.push(["response", response]);
			return parameters;
		},
		setsBack: { after: undefined, response: undefined },
	};
}

/** Where a session's page is. */
export function sessionPath(session: string): string {
	return `/sessions/${encodeURIComponent(session)}`;
}

function readPlace(text: string): ResponsePlace | undefined {
	if (text === "") return undefined;
	const [, at, key] = PLACE.exec(text) ?? [];
	if (at === undefined || key === undefined) throw new QueryError("after");
	return { at: Number(at), key };
}

function readKey(text: string): string | undefined {
	if (text === "") return undefined;
	if (!KEY.test(text)) throw new QueryError("response");
	return text;
}
