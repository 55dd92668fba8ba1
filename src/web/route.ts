import type { Type } from "arktype";
import type { Account } from "../account/account.ts";
import type { ApiKey, KeyKind } from "../account/api-key.ts";
import type { WebSession } from "../ledger/web-sessions.ts";
import type { Problem } from "./errors.ts";
import type { UsageSource } from "./source.ts";

/** Who asks, and how that is known. On a machine's own dashboard there is neither account nor key nor session. */
export type Viewer = {
	/** The ledger that the viewer's pages are made from. */
	source: UsageSource;
	account?: Account | undefined;
	key?: ApiKey | undefined;
	session?: WebSession | undefined;
	/** What forms of the session's pages send along. */
	csrf?: string | undefined;
	/** On pages of a server: whether it has a leaderboard. */
	hasBoard?: boolean | undefined;
};

/** What a request comes with beside itself. */
export type Arrival = {
	requestId: string;
	/** The client's address: the socket's, or what a trusted proxy says. */
	address: string;
	/** The origin that people see the site under. */
	origin: string;
	/** Epoch ms. */
	now: number;
};

/** What a route is asked. `query` and `body` are as its schemas leave them. */
export type Ask<Query = unknown, Body = unknown> = Arrival & {
	request: Request;
	url: URL;
	params: Readonly<Record<string, string>>;
	query: Query;
	body: Body;
};

/**
 * Who may use a route. `anyone`: nobody is asked. `page`, `admin page`: a person in a browser; others are led to the
 * log-in.
 * `identify`: every key and session. `send`: keys that may send usage. The rest is what it says.
 */
export type Access =
	| "anyone"
	| "page"
	| "identify"
	| "read"
	| "write"
	| "send"
	| "admin page"
	| "admin read"
	| "admin write";

/** What each access asks for. */
export const RULES: Readonly<
	Record<Access, { keys: readonly KeyKind[]; session: boolean; admin: boolean; changes: boolean }>
> = {
	anyone: { keys: [], session: false, admin: false, changes: false },
	page: { keys: [], session: true, admin: false, changes: false },
	identify: { keys: ["full", "read", "ingest"], session: true, admin: false, changes: false },
	read: { keys: ["full", "read"], session: true, admin: false, changes: false },
	write: { keys: ["full"], session: true, admin: false, changes: true },
	send: { keys: ["full", "ingest"], session: false, admin: false, changes: true },
	"admin page": { keys: [], session: true, admin: true, changes: false },
	"admin read": { keys: ["full", "read"], session: true, admin: true, changes: false },
	"admin write": { keys: ["full"], session: true, admin: true, changes: true },
};

/** Whether it is for people in browsers, whom no key lets in. */
export function isPage(access: Access): boolean {
	return access === "page" || access === "admin page";
}

/** What a route says of itself in the API's document. */
export type RouteText = {
	summary: string;
	/** What comes back with 200 or 201, if it is JSON. Nothing is checked by it when it answers; tests do that. */
	reply?: Type | undefined;
	/** What is sent, where the route reads it by itself. */
	body?: Type | undefined;
	/** What the query may have, where the route reads it by itself: for each name its choices, or what it takes. */
	query?: Readonly<Record<string, readonly string[] | string>> | undefined;
	/** What else there is to know, in whole sentences. */
	note?: string | undefined;
	/** What may go wrong here, beside what may everywhere. */
	problems?: readonly Problem[] | undefined;
	/** Content types of what comes back, where it is not, or not only, JSON of `reply`. */
	types?: readonly string[] | undefined;
};

/**
 * One address and what it does. Everything about it stands here: the site, the API's document and the tests that try
 * every route as every kind of stranger are made from it.
 */
export type Route = {
	method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
	/** With `:name` for what varies. */
	path: string;
	access: Access;
	text: RouteText;
	/** Schemas drop what they do not know. Without one the route reads the address, or no body, itself. */
	query?: Type | undefined;
	body?: Type | undefined;
	/** What a body may have, in bytes, if it is not the usual. */
	largestBody?: number | undefined;
	/** Reads the body itself, within `largestBody`. */
	raw?: boolean | undefined;
	/** A stream that goes on: it has no deadline, and is not packed. */
	stream?: boolean | undefined;
	/** Of an admin's: it tells nothing of people, so that who reads it is not noted. */
	isOfNobody?: boolean | undefined;
	answer: (ask: Ask, viewer: Viewer | undefined) => Promise<Response> | Response;
};

/** What a route with schemas is written as. */
type RouteOf<Query extends Type, Body extends Type, Who> = Omit<
	Route,
	"answer" | "query" | "body" | "access"
> & {
	access: Access;
	query?: Query | undefined;
	body?: Body | undefined;
	answer: (ask: Ask<Query["infer"], Body["infer"]>, viewer: Who) => Promise<Response> | Response;
};

/** A route that somebody known asks. */
export function route<Query extends Type = Type, Body extends Type = Type>(
	of: RouteOf<Query, Body, Viewer>,
): Route {
	return of as unknown as Route;
}

/** A route that asks nobody who they are. */
export function openRoute<Query extends Type = Type, Body extends Type = Type>(
	of: Omit<RouteOf<Query, Body, undefined>, "access">,
): Route {
	return { ...of, access: "anyone" } as unknown as Route;
}

/** The account of whoever asks; a server's routes are only asked by those who have one. */
export function accountOf({ account }: Viewer): Account {
	if (!account) throw new Error("a route for accounts was asked by someone without one");
	return account;
}
