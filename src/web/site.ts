import type { ArkErrors, Type } from "arktype";
import { Elysia } from "elysia";
import { readBody } from "./body.ts";
import {
	BUSY,
	INVALID_BODY,
	invalidFields,
	isForOperator,
	NOT_FOUND,
	type Problem,
	ProblemError,
	problemOf,
} from "./errors.ts";
import { withCompression, withHeaders } from "./headers.ts";
import type { Arrival, Ask, Route, Viewer } from "./route.ts";
import { tell } from "./tell.ts";
import { within } from "./within.ts";

/** Answers requests; throws nothing. `address`: the socket's. */
export type App = { handle(request: Request, address?: string): Promise<Response> };

/** Who may do what. It is asked before anything that a request brings is read. */
export type Gate = {
	/** What is wrong with a request whatever it asks for. */
	refuse(request: Request, url: URL): Problem | undefined;
	/** The client's own address, where a proxy stands between. */
	addressOf(request: Request, socket: string): string;
	/** The origin that the client sees the site under. */
	originOf(request: Request, socket: string, url: URL): string;
	/**
	 * Who asks for a route.
	 *
	 * @throws ProblemError for someone who may not
	 */
	admit(ask: Ask, route: Route): Promise<Viewer | undefined>;
	/**
	 * Whether who asks meant it, now that it is known what was brought.
	 *
	 * @throws ProblemError
	 */
	confirm?(ask: Ask, viewer: Viewer): void;
	/** What is answered in place of a problem, such as the way to the log-in. */
	answerInstead?(problem: Problem, ask: Ask, route: Route): Response | undefined;
};

/** A request that was answered, and by whom it was asked as far as that is known. */
export type Answered = {
	request: Request;
	response: Response;
	arrival: Arrival;
	route: Route | undefined;
	viewer: Viewer | undefined;
	tookMs: number;
};

export type SiteOptions = {
	gate: Gate;
	/** Epoch ms. */
	now: () => number;
	/** Told of every error that was not expected, whole. */
	report: (error: unknown, requestId: string) => void;
	/** Told of every answer. */
	note?: ((answered: Answered) => void) | undefined;
	/** How long an answer may take, in ms. */
	deadline?: number;
};

const DEADLINE = 30_000;

/** A request under way. `fail`: what is answered to an error. */
type Visit = {
	arrival: Arrival;
	gate: Gate;
	deadline: number;
	route?: Route;
	viewer?: Viewer | undefined;
	fail: (error: unknown) => Response;
};

/** Routes in the framework's router. */
export type Router = { routes: readonly Route[]; handle(request: Request, visit: Visit): Promise<Response> };

/**
 * A site of routes. For each request it is asked, in this order: may it come at all, which route, who asks, what did it
 * bring; then the route answers. Every answer gets the same headers, whatever made it.
 *
 * @param routerFor what has the routes of a path; a promise where it takes long to load and others should not wait
 */
export function createSite(
	{ gate, now, report, note, deadline = DEADLINE }: SiteOptions,
	routerFor: (path: string) => Promise<Router> | Router,
): App {
	return {
		async handle(request, socket = "127.0.0.1") {
			const started = performance.now();
			const requestId = Bun.randomUUIDv7();
			const address = gate.addressOf(request, socket);
			const url = URL.parse(request.url);
			const origin = url ? gate.originOf(request, socket, url) : "";
			const arrival = { requestId, address, origin, now: now() };
			const fail = (error: unknown) => {
				if (isForOperator(error)) report(error, requestId);
				return tell(problemOf(error), request);
			};
			const visit: Visit = { arrival, gate, deadline, fail };
			const answered = await answerOf(request, visit, routerFor).catch(fail);
			const packed = visit.route?.stream ? answered : await withCompression(answered, request);
			const response = withHeaders(packed, requestId);
			const tookMs = performance.now() - started;
			note?.({ request, response, arrival, route: visit.route, viewer: visit.viewer, tookMs });
			return response;
		},
	};
}

async function answerOf(
	request: Request,
	visit: Visit,
	routerFor: (path: string) => Promise<Router> | Router,
): Promise<Response> {
	const url = URL.parse(request.url);
	// Of two hosts a proxy may have looked at the other one.
	if (!url || request.headers.get("host")?.includes(",")) throw new ProblemError(INVALID_BODY);
	const refusal = visit.gate.refuse(request, url);
	if (refusal) throw new ProblemError(refusal);
	const router = await routerFor(url.pathname);
	return router.handle(request, visit);
}

/** Puts routes into a router. The framework finds the route and its parameters, and nothing else is left to it. */
export function createRouter(routes: readonly Route[]): Router {
	const visits = new WeakMap<Request, Visit>();
	const visitOf = (request: Request): Visit => {
		const visit = visits.get(request);
		if (!visit) throw new Error("a request came to the router without a visit");
		return visit;
	};
	const router = new Elysia().onError(({ error, code, request }) =>
		visitOf(request).fail(code === "NOT_FOUND" ? new ProblemError(NOT_FOUND) : error),
	);
	for (const route of routes) {
		router.route(
			route.method,
			route.path,
			({ request, params }) => answerRoute(route, request, params, visitOf(request)),
			// Elysia's own parsing would come before anyone was asked who they are.
			{ parse: "none" },
		);
	}
	return {
		routes,
		handle(request, visit) {
			const asked = withLongHost(request);
			visits.set(asked, visit);
			return router.handle(asked);
		},
	};
}

/** The router looks for the path from the twelfth letter on, which a host of three letters does not reach. */
function withLongHost(request: Request): Request {
	const { url } = request;
	const path = url.indexOf("/", url.indexOf("//") + 2);
	return path < ROUTER_LOOKS_FROM ? new Request(`http://localhost${url.slice(path)}`, request) : request;
}

const ROUTER_LOOKS_FROM = 11;

async function answerRoute(
	route: Route,
	request: Request,
	params: Readonly<Record<string, string>>,
	visit: Visit,
): Promise<Response> {
	visit.route = route;
	const { arrival, gate, deadline } = visit;
	const url = new URL(request.url);
	const ask: Ask = { ...arrival, request, url, params, query: undefined, body: undefined };
	try {
		const viewer = await gate.admit(ask, route);
		visit.viewer = viewer;
		if (route.query) ask.query = read(route.query, "invalid_query", queryOf(url.searchParams));
		if (!route.raw && request.body) ask.body = await readBody(request, route);
		if (viewer) gate.confirm?.(ask, viewer);
		if (route.body) ask.body = read(route.body, "invalid_body", ask.body ?? {});
		const answer = Promise.resolve(route.answer(ask, viewer));
		if (route.stream) return await answer;
		const answered = await within(deadline, answer);
		if (!answered) throw new ProblemError(BUSY);
		return answered;
	} catch (error) {
		const instead = error instanceof ProblemError && gate.answerInstead?.(error.problem, ask, route);
		return instead || visit.fail(error);
	}
}

/** A parameter that comes twice is none that a schema knows. */
function queryOf(parameters: URLSearchParams): Record<string, string | string[]> {
	const query: Record<string, string | string[]> = Object.create(null);
	for (const name of new Set(parameters.keys())) {
		const values = parameters.getAll(name);
		query[name] = values.length === 1 ? (values[0] ?? "") : values;
	}
	return query;
}

/** What a schema makes of an input. Of a wrong one only the fields' names are told. */
function read(schema: Type, code: "invalid_query" | "invalid_body", input: unknown): unknown {
	const output: unknown = schema(input);
	if (!isErrors(output)) return output;
	const fields = new Set(output.map(({ path }) => path.join(".").slice(0, LONGEST_FIELD) || "the whole"));
	throw new ProblemError(invalidFields(code, [...fields].slice(0, MOST_FIELDS)));
}

/** A wrong list of thousands, or a name that goes on and on, would fill the answer. */
const MOST_FIELDS = 10;
const LONGEST_FIELD = 100;

/** Asked this way, schemas are loaded only by routes that have one: loading their library takes long. */
function isErrors(output: unknown): output is ArkErrors {
	return (
		typeof output === "object" && output !== null && " arkKind" in output && output[" arkKind"] === "errors"
	);
}
