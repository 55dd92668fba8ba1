import type { JsonSchema } from "./json-schema.ts";

/** A schema as people write down a shape: `{ name: string, kind: "full" | "read" }`, over lines. */
export function schemaText(schema: JsonSchema, indent = ""): string {
	const { type, properties, items, anyOf, additionalProperties } = schema;
	if (anyOf) return [...new Set(anyOf.map((part) => schemaText(part, indent)))].join(" | ");
	if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
	if ("const" in schema) return JSON.stringify(schema.const);
	if (type === "array") return items ? `[${schemaText(items, indent)}, …]` : "[…]";
	if (properties && Object.keys(properties).length > 0) return objectText(schema, indent);
	if (type === "object" && typeof additionalProperties === "object") {
		return `{ …: ${schemaText(additionalProperties, indent)} }`;
	}
	if (schema.format === "date-time") return "time";
	if (schema.format === "uuid") return "uuid";
	return `${type ?? "anything"}${limitsOf(schema)}`;
}

function objectText({ properties = {}, required = [] }: JsonSchema, indent: string): string {
	const inner = `${indent}  `;
	const lines = Object.entries(properties).map(
		([name, schema]) => `${inner}${name}${required.includes(name) ? "" : "?"}: ${schemaText(schema, inner)}`,
	);
	return `{\n${lines.join("\n")}\n${indent}}`;
}

/** `, 1 to 100 characters` */
function limitsOf({ type, minLength, maxLength, minimum, maximum }: JsonSchema): string {
	const [least, most] = type === "string" ? [minLength, maxLength] : [minimum, maximum];
	const unit = type === "string" ? " characters" : "";
	if (least !== undefined && most !== undefined) return ` (${least} to ${most}${unit})`;
	if (most !== undefined) return ` (at most ${most}${unit})`;
	return least === undefined ? "" : ` (at least ${least}${unit})`;
}

/** A value that a schema takes, for an example: of what may be left out nothing. */
export function exampleOf(schema: JsonSchema): unknown {
	const { type, properties = {}, required = [], anyOf, items } = schema;
	if (anyOf?.[0]) return exampleOf(anyOf[0]);
	if (schema.enum) return schema.enum[0];
	if ("const" in schema) return schema.const;
	if (type === "object") {
		const fields = required.flatMap((name) => {
			const field = properties[name];
			return field ? [[name, exampleOf(field)] as const] : [];
		});
		return Object.fromEntries(fields);
	}
	if (type === "array") return items ? [exampleOf(items)] : [];
	if (type === "integer" || type === "number") return schema.minimum ?? 1;
	if (type === "boolean") return true;
	if (schema.format === "date-time") return "2026-11-24T12:00:00Z";
	if (schema.format === "uuid") return "00000000-0000-4000-8000-000000000001";
	return type === "string" ? "…".padEnd(schema.minLength ?? 1, "…") : null;
}
