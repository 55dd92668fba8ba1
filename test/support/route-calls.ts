import type { JsonSchema } from "../../src/web/openapi/json-schema.ts";
import type { OpenApi } from "../../src/web/openapi/openapi.ts";
import type { Route } from "../../src/web/route.ts";

/** A route's path with something in place of each of its parameters. */
export function pathWith(route: Route, value: string | ((name: string) => string)): string {
	return route.path.replace(/:(\w+)/g, (_text, name: string) =>
		typeof value === "string" ? value : value(name),
	);
}

export function hasParameters({ path }: Route): boolean {
	return path.includes(":");
}

export function nameOf({ method, path }: Route): string {
	return `${method} ${path}`;
}

/** What a route's document says that its body is. */
export function bodySchemaOf(document: OpenApi, route: Route): JsonSchema | undefined {
	const path = route.path.replace(/:(\w+)/g, "{$1}");
	const operation = document.paths[path]?.[route.method.toLowerCase()];
	return operation?.requestBody?.content["application/json"]?.schema;
}

/** A value that a schema takes, with all that may be left out. `text` stands wherever any text may. */
export function sampleOf(schema: JsonSchema, text = "x"): unknown {
	const { type, properties = {}, anyOf, items, additionalProperties } = schema;
	if (anyOf?.[0]) return sampleOf(anyOf[0], text);
	if (schema.enum) return schema.enum[0];
	if ("const" in schema) return schema.const;
	if (type === "object") {
		if (typeof additionalProperties === "object") return { [text]: sampleOf(additionalProperties, text) };
		return Object.fromEntries(
			Object.entries(properties).map(([name, field]) => [name, sampleOf(field, text)]),
		);
	}
	if (type === "array") return items ? [sampleOf(items, text)] : [];
	if (type === "integer" || type === "number") return schema.minimum ?? 1;
	if (type === "boolean") return true;
	if (schema.format === "date-time") return "2027-03-01T00:00:00Z";
	if (schema.format === "uuid") return "00000000-0000-4000-8000-000000000007";
	if (schema.pattern !== undefined) return matching(schema.pattern);
	return type === "string" ? text.padEnd(schema.minLength ?? 0, "x").slice(0, schema.maxLength) : null;
}

const SAMPLES = [
	"1",
	"00000000-0000-4000-8000-000000000007",
	"2026-11-24",
	"2026-11-24T12:00:00Z",
	"a",
	"UTC",
];

function matching(pattern: string): string {
	return SAMPLES.find((sample) => new RegExp(pattern, "u").test(sample)) ?? "1";
}

/** What a call of a route is made with, beside who makes it. Forms of pages are sent as forms. */
export function bodyOf(
	route: Route,
	document: OpenApi,
	more: Record<string, string> = {},
): { body?: string; headers: Record<string, string> } {
	if (route.method === "GET") return { headers: {} };
	if (!route.path.startsWith("/api/")) {
		const body = new URLSearchParams(more).toString();
		return { body, headers: { "content-type": "application/x-www-form-urlencoded" } };
	}
	const schema = bodySchemaOf(document, route);
	const sample = schema ? sampleOf(schema) : {};
	const isList = Array.isArray(sample);
	const body = JSON.stringify(isList ? sample : { ...(sample as object), ...more });
	return { body, headers: { "content-type": "application/json" } };
}
