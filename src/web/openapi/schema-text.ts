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
