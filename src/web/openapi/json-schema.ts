import { type Type, type } from "arktype";

/** A JSON schema (2020-12), as far as anyone here looks into one. */
export type JsonSchema = {
	$ref?: string;
	title?: string;
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

/** What a schema takes, before it makes something else of it. What JSON schema cannot say is left out. */
export function schemaOf(schema: Type): JsonSchema {
	return plain(withoutDialect(schema.in.toJsonSchema({ fallback: ({ base }) => base }) as JsonSchema));
}

function withoutDialect({ $schema: _, ...schema }: JsonSchema & { $schema?: string }): JsonSchema {
	return schema;
}

const ISO_DATE = (type("string.date.iso").toJsonSchema() as JsonSchema).pattern;
const UUID = JSON.stringify(withoutDialect(type("string.uuid").toJsonSchema() as JsonSchema));

/** The patterns of ISO dates and UUIDs are longer than all the rest, and a format says the same. */
function plain(schema: JsonSchema): JsonSchema {
	if (schema.pattern === ISO_DATE) return { type: "string", format: "date-time" };
	if (schema.anyOf && JSON.stringify(schema) === UUID) return { type: "string", format: "uuid" };
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
