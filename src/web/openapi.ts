import { type Type, type } from "arktype";
import { VERSION } from "../version.ts";
import { type Route, type RouteText, RULES } from "./route.ts";

/** A JSON schema (2020-12), as far as anyone here looks into one. */
export type JsonSchema = {
	type?: string;
	format?: string;
	pattern?: string;
	properties?: Record<string, JsonSchema>;
	required?: string[];
	items?: JsonSchema;
	anyOf?: JsonSchema[];
	enum?: unknown[];
	const?: unknown;
	minLength?: number;
	maxLength?: number;
	minimum?: number;
	maximum?: number;
	additionalProperties?: JsonSchema | boolean;
};

export type Parameter = {
	name: string;
	in: "path" | "query";
	required: boolean;
	schema: JsonSchema;
	description?: string;
};
type Content = Record<string, { schema: JsonSchema }>;
type Reference = { $ref: string };
export type Answer = { description: string; content?: Content };

export type Operation = {
	operationId: string;
	tags: string[];
	summary: string;
	/** Who may ask. */
	description: string;
	security: Record<string, never[]>[];
	parameters: Parameter[];
	requestBody?: { required: boolean; content: Content };
	responses: Record<string, Answer | Reference>;
};

/** An OpenAPI 3.1 document. */
export type OpenApi = {
	openapi: string;
	info: { title: string; version: string; description: string };
	servers: { url: string }[];
	paths: Record<string, Record<string, Operation>>;
	components: {
		securitySchemes: Record<string, { type: string; in: string; name: string; description: string }>;
		schemas: Record<string, JsonSchema>;
		responses: Record<string, Answer>;
	};
};

/** Routes beside `/api` that programs ask. */
const FOR_PROGRAMS = ["/health", "/livez", "/readyz", "/events"];

/** What may go wrong, by status. */
const PROBLEMS: Readonly<Record<string, string>> = {
	"400": "What was sent is not of the form that it says it is, or more than one key came.",
	"401": "No valid key or session came.",
	"403": "The key, the session or the account has no right to that.",
	"404": "There is no such thing, or it belongs to somebody else.",
	"408": "What was sent did not arrive in time.",
	"413": "What was sent is too large.",
	"415": "What was sent is of a type that is not taken.",
	"422": "Fields are wrong: `fields` names them.",
	"429": "That was too often: wait as long as Retry-After says.",
	"503": "The ledger is busy: try again in a moment.",
};

/** The API's document, made from the routes themselves. Pages that people look at are left out. */
export function openApiOf(routes: readonly Route[]): OpenApi {
	const paths: OpenApi["paths"] = {};
	for (const route of routes.filter(isForPrograms)) {
		const path = route.path.replace(/:(\w+)/g, "{$1}");
		const operations = paths[path] ?? {};
		paths[path] = operations;
		operations[route.method.toLowerCase()] = operationOf(route);
	}
	const problem = { "application/json": { schema: { $ref: "#/components/schemas/Problem" } as JsonSchema } };
	return {
		openapi: "3.1.0",
		info: {
			title: "PromptPulse",
			version: VERSION,
			description:
				"What Claude Code costs, by person, machine, project and time. Costs are US dollars at list price, an estimate. Errors under /api are JSON; those of pages are pages.",
		},
		servers: [{ url: "/" }],
		paths,
		components: {
			securitySchemes: {
				key: { type: "apiKey", in: "header", name: "X-API-Key", description: "promptpulse login gets one." },
				session: {
					type: "apiKey",
					in: "cookie",
					name: "__Host-promptpulse",
					description: "A browser's session. Changes need the header X-CSRF-Token, too.",
				},
			},
			schemas: { Problem: schemaOf(PROBLEM) },
			responses: Object.fromEntries(
				Object.entries(PROBLEMS).map(([status, description]) => [status, { description, content: problem }]),
			),
		},
	};
}

/** Whether a route stands in the API's document. */
export function isForPrograms({ path }: Pick<Route, "path">): boolean {
	return path.startsWith("/api/") || FOR_PROGRAMS.includes(path);
}

const PROBLEM = type({ error: "string", code: "string", "fields?": "string[]" });

function operationOf(route: Route): Operation {
	const { method, path, access, text } = route;
	const { keys, session } = RULES[access];
	const body = text.body ?? route.body;
	return {
		operationId: [method.toLowerCase(), ...path.split("/").map((part) => part.replace(/\W+/g, "_"))]
			.filter((part) => part !== "" && part !== "api")
			.join("_"),
		tags: [tagOf(path)],
		summary: text.summary,
		description: whoMay(route),
		security: [...(keys.length > 0 ? [{ key: [] }] : []), ...(session ? [{ session: [] }] : [])],
		parameters: [...pathParameters(path), ...queryParameters(route.query), ...toldParameters(text)],
		...(body && {
			requestBody: { required: true, content: { "application/json": { schema: schemaOf(body) } } },
		}),
		responses: { "200": answerOf(route), ...problemsOf(route, body !== undefined) },
	};
}

/** `usage` for `/api/usage/…`, `server` for what stands beside the API. */
function tagOf(path: string): string {
	const [, first = "", second = ""] = path.split("/");
	return first === "api" ? second.replace(/\.\w+$/, "") : "server";
}

/** Who may ask a route, in a sentence. */
function whoMay({ access }: Route): string {
	const { keys, session, admin } = RULES[access];
	if (access === "anyone") return "Anyone may ask.";
	const who = [
		...(keys.length > 0 ? [`keys of kind ${keys.join(" or ")}`] : []),
		...(session ? ["web sessions"] : []),
	].join(" and for ");
	return `For ${who}${admin ? ", of admins alone" : ""}.`;
}

function pathParameters(path: string): Parameter[] {
	return [...path.matchAll(/:(\w+)/g)].map(([, name = ""]) => ({
		name,
		in: "path",
		required: true,
		schema: { type: "string" },
	}));
}

function queryParameters(query: Type | undefined): Parameter[] {
	if (!query) return [];
	const { properties = {}, required = [] } = schemaOf(query);
	return Object.entries(properties).map(([name, schema]) => ({
		name,
		in: "query",
		required: required.includes(name),
		schema,
	}));
}

/** Of a route that reads its query by itself. */
function toldParameters({ query = {} }: RouteText): Parameter[] {
	return Object.entries(query).map(([name, takes]) => ({
		name,
		in: "query",
		required: false,
		...(typeof takes === "string"
			? { schema: { type: "string" }, description: takes }
			: { schema: { enum: [...takes] } }),
	}));
}

function answerOf({ text, query, stream }: Route): Answer {
	const content: Content = {};
	if (text.reply) content["application/json"] = { schema: schemaOf(text.reply) };
	if (text.query?.format || (query && schemaOf(query).properties?.format))
		content["text/csv"] = { schema: { type: "string" } };
	if (stream) content["text/event-stream"] = { schema: { type: "string" } };
	return { description: "Done.", ...(Object.keys(content).length > 0 && { content }) };
}

function problemsOf({ access, path, query, raw, text }: Route, hasBody: boolean): Record<string, Reference> {
	const statuses = [
		"400",
		...(access === "anyone" ? [] : ["401", "403"]),
		...(path.includes(":") ? ["404"] : []),
		...(hasBody || raw ? ["408", "413", "415"] : []),
		...(hasBody || raw || query || text.query ? ["422"] : []),
		"429",
		"503",
	];
	return Object.fromEntries(
		statuses.map((status) => [status, { $ref: `#/components/responses/${status}` }] as const),
	);
}

/** What a schema takes, before it makes something else of it. What JSON schema cannot say is left out. */
function schemaOf(schema: Type): JsonSchema {
	const { $schema: _, ...json } = schema.in.toJsonSchema({ fallback: ({ base }) => base }) as JsonSchema & {
		$schema?: string;
	};
	return plain(json);
}

const ISO_DATE = (type("string.date.iso").toJsonSchema() as JsonSchema).pattern;

/** The pattern of an ISO date is longer than all the rest, and `date-time` says the same. */
function plain(schema: JsonSchema): JsonSchema {
	if (schema.pattern === ISO_DATE) return { type: "string", format: "date-time" };
	const { properties, items, anyOf } = schema;
	return {
		...schema,
		...(properties && {
			properties: Object.fromEntries(Object.entries(properties).map(([name, of]) => [name, plain(of)])),
		}),
		...(items && { items: plain(items) }),
		...(anyOf && { anyOf: anyOf.map(plain) }),
	};
}
