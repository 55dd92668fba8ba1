import { type Type, type } from "arktype";
import { VERSION } from "../../version.ts";
import { USUAL_LARGEST } from "../body.ts";
import { type Route, type RouteText, RULES } from "../route.ts";
import { type JsonSchema, schemaOf } from "./json-schema.ts";
import { exampleOf } from "./openapi-examples.ts";
import { PROBLEMS, problemsOf } from "./openapi-problems.ts";
import { isOlder, parameterWords, SECTIONS, type Section, sectionOf } from "./openapi-words.ts";

export type Parameter = {
	name: string;
	in: "path" | "query";
	required: boolean;
	schema: JsonSchema;
	description?: string;
};
export type Content = Record<string, { schema: JsonSchema; example?: unknown }>;
type Headers = Record<string, { description: string; schema: JsonSchema }>;
export type Reference = { $ref: string };
export type Answer = { description: string; headers?: Headers; content?: Content };

export type Operation = {
	operationId: string;
	tags: string[];
	summary: string;
	/** Who may ask, and what else there is to know. */
	description: string;
	security: Record<string, never[]>[];
	parameters: Parameter[];
	requestBody?: { required: boolean; content: Content };
	responses: Record<string, Answer | Reference>;
	/** The program before had it under the same address. */
	"x-older"?: true;
};

/** An OpenAPI 3.1 document. */
export type OpenApi = {
	openapi: string;
	info: { title: string; version: string; description: string };
	servers: { url: string }[];
	tags: readonly Section[];
	paths: Record<string, Record<string, Operation>>;
	components: {
		securitySchemes: Record<string, { type: string; in: string; name: string; description: string }>;
		schemas: Record<string, JsonSchema>;
		responses: Record<string, Answer>;
	};
};

/** Routes beside `/api` that programs ask. */
const FOR_PROGRAMS = ["/health", "/livez", "/readyz", "/events"];

const ABOUT = `What Claude Code costs, by person, machine, project and time. Costs are US dollars at list price, an estimate. Errors under /api are JSON; those of pages are pages. Every answer has a header X-Request-Id, which the server's log has too. Integers too large for a JSON number are texts.`;

/** The API's document, made from the routes themselves. Pages that people look at are left out. */
export function openApiOf(routes: readonly Route[]): OpenApi {
	const paths: OpenApi["paths"] = {};
	const told = routes.filter(isForPrograms);
	for (const route of told) {
		const path = route.path.replace(/:(\w+)/g, "{$1}");
		const operations = paths[path] ?? {};
		paths[path] = operations;
		operations[route.method.toLowerCase()] = operationOf(route);
	}
	const sections = new Set(told.map(sectionOf));
	return {
		openapi: "3.1.0",
		info: { title: "PromptPulse", version: VERSION, description: ABOUT },
		servers: [{ url: "/" }],
		tags: SECTIONS.filter(({ name }) => sections.has(name)),
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
			schemas: { Problem: { title: "Problem", ...schemaOf(PROBLEM) } },
			responses: PROBLEMS,
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
	const example = exampleOf(route);
	const operationId = [method.toLowerCase(), ...path.split("/").map((part) => part.replace(/\W+/g, "_"))]
		.filter((part) => part !== "" && part !== "api")
		.join("_");
	return {
		operationId,
		tags: [sectionOf(route)],
		summary: text.summary,
		description: [
			whoMay(route),
			...(text.note ? [text.note] : []),
			...(body || route.raw
				? [`A body has at most ${(route.largestBody ?? USUAL_LARGEST) / 1024} KiB.`]
				: []),
			...(isOlder(route) ? [OF_OLDER] : []),
		].join(" "),
		security: [...(keys.length > 0 ? [{ key: [] }] : []), ...(session ? [{ session: [] }] : [])],
		parameters: [...pathParameters(path), ...queryParameters(route.query), ...toldParameters(text)].map(
			(parameter) => withWords(parameter, route),
		),
		...(body && {
			requestBody: {
				required: true,
				content: { "application/json": { schema: named(operationId, "Body", body), example: example.body } },
			},
		}),
		responses: {
			"200": answerOf(route, operationId, example.answer),
			...problemsOf(route, body !== undefined),
		},
		...(isOlder(route) && { "x-older": true }),
	};
}

export const OF_OLDER =
	"The older program of this name had it too: its fields are here under the same names.";

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

/** A schema with a name by which programs that are made from the document may call it: `GetUsageAggregateAnswer`. */
function named(operationId: string, what: "Body" | "Answer", schema: Type): JsonSchema {
	const title = operationId.replace(/(?:^|_+)(\w)/g, (_, letter: string) => letter.toUpperCase()) + what;
	return { title, ...schemaOf(schema) };
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

function withWords(parameter: Parameter, route: Route): Parameter {
	const description = parameter.description ?? parameterWords(route, parameter.name);
	return description === undefined ? parameter : { ...parameter, description };
}

const NEXT_PAGE: Headers = {
	Link: {
		description: 'The next page\'s address, as <…>; rel="next". The last page has none.',
		schema: { type: "string" },
	},
};

function answerOf({ text, query }: Route, operationId: string, example: unknown): Answer {
	const asked = query && schemaOf(query).properties;
	const content: Content = {};
	if (text.reply) content["application/json"] = { schema: named(operationId, "Answer", text.reply) };
	if (text.query?.format || asked?.format) content["text/csv"] = { schema: { type: "string" } };
	for (const type of text.types ?? []) {
		content[type] ??= { schema: { type: type === "application/json" ? "object" : "string" } };
	}
	if (example !== undefined && content["application/json"]) content["application/json"].example = example;
	return {
		description: Object.keys(content).length > 0 ? "What was asked for." : "It was done.",
		...(asked?.cursor && { headers: NEXT_PAGE }),
		...(Object.keys(content).length > 0 && { content }),
	};
}
