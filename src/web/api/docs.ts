import { ApiDocsPage, type DocumentedRoute } from "../../../views/api-docs.tsx";
import { ASSET_URLS } from "../assets.ts";
import type { JsonSchema } from "../openapi/json-schema.ts";
import { type OpenApi, type Operation, openApiOf } from "../openapi/openapi.ts";
import { schemaText } from "../openapi/schema-text.ts";
import { page } from "../pages/page.ts";
import { openRoute, type Route } from "../route.ts";
import { themeOf } from "../shell.ts";
import { json } from "./rows.ts";

/** The API's own description, for programs and for people. It is made once, from all routes and itself. */
export function docsRoutes(others: readonly Route[]): Route[] {
	let document: OpenApi | undefined;
	const own: Route[] = [
		openRoute({
			method: "GET",
			path: "/api/openapi.json",
			text: { summary: "This API as an OpenAPI 3.1 document", types: ["application/json"] },
			answer: () => json(read()),
		}),
		openRoute({
			method: "GET",
			path: "/api/docs",
			text: { summary: "This API as a page", types: ["text/html"] },
			answer: ({ request, origin }) =>
				page(
					ApiDocsPage({
						theme: themeOf(request),
						assets: ASSET_URLS,
						version: read().info.version,
						groups: groupsOf(read(), origin),
					}),
				),
		}),
	];
	const read = () => {
		document ??= openApiOf([...others, ...own]);
		return document;
	};
	return own;
}

/** The routes of a document, those of one tag together, in the document's order. */
function groupsOf({ tags, paths }: OpenApi, origin: string): { name: string; routes: DocumentedRoute[] }[] {
	const groups = new Map<string, DocumentedRoute[]>(tags.map(({ name }) => [name, []]));
	for (const [path, operations] of Object.entries(paths)) {
		for (const [method, operation] of Object.entries(operations)) {
			const name = operation.tags[0] ?? "";
			const routes = groups.get(name) ?? [];
			groups.set(name, [...routes, documented(method.toUpperCase(), path, operation, origin)]);
		}
	}
	return [...groups].map(([name, routes]) => ({ name, routes }));
}

function documented(method: string, path: string, operation: Operation, origin: string): DocumentedRoute {
	const { operationId, summary, description, parameters, requestBody, responses } = operation;
	const { schema: body, example } = requestBody?.content["application/json"] ?? {};
	const done = responses["200"];
	const content = (done && "content" in done && done.content) || {};
	const reply = content["application/json"]?.schema;
	return {
		id: operationId,
		method,
		path,
		summary,
		who: description,
		parameters: parameters.map(({ name, in: place, required, schema, description }) => ({
			name,
			place: place === "path" ? "in the path" : "in the query",
			required,
			takes: takesOf(schema, description),
		})),
		body: body && schemaText(body),
		reply: reply && schemaText(reply),
		types: Object.keys(content),
		statuses: Object.keys(responses),
		example: exampleCall(method, `${origin}${path}`, example, operation.security.length > 0),
	};
}

/** `"daily" | "weekly": what rows are of` */
function takesOf(schema: JsonSchema, description: string | undefined): string {
	const shape = schemaText(schema);
	if (description === undefined) return shape;
	return ["string", "anything"].includes(shape) ? description : `${shape}: ${description}`;
}

/** The call as it is typed into a terminal. */
function exampleCall(method: string, url: string, body: unknown, needsKey: boolean): string {
	return [
		method === "GET" ? "curl" : `curl -X ${method}`,
		...(needsKey ? ['-H "X-API-Key: $PROMPTPULSE_API_KEY"'] : []),
		...(body ? ["-H 'Content-Type: application/json'", `-d '${JSON.stringify(body)}'`] : []),
		`'${url}'`,
	].join(" ");
}
