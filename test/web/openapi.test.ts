import { describe, expect, test } from "bun:test";
import type { JsonSchema } from "../../src/web/openapi/json-schema.ts";
import { isForPrograms, type OpenApi } from "../../src/web/openapi/openapi.ts";
import { schemaText } from "../../src/web/openapi/schema-text.ts";
import { TestServer } from "../support/server.ts";

const server = await TestServer.start();
const answer = await server.ask("/api/openapi.json");
const document = (await answer.json()) as OpenApi;
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
	Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
);

test("anyone may have it, and it says the same each time", async () => {
	expect(answer.status).toBe(200);
	expect(answer.headers.get("content-type")).toBe("application/json; charset=utf-8");
	expect(await (await server.ask("/api/openapi.json")).json()).toEqual(document);
	expect(server.reported).toEqual([]);
});

test("it names each route that programs ask, and no other", async () => {
	const routes = (await server.server.routes()).filter(isForPrograms);
	const named = operations.map(({ path, method }) => `${method.toUpperCase()} ${path}`);
	const there = routes.map(({ path, method }) => `${method} ${path.replace(/:(\w+)/g, "{$1}")}`);
	expect(named.sort()).toEqual(there.sort());
	expect(there).toContain("GET /api/openapi.json");
	expect(there.some((name) => name.includes("/login"))).toBe(false);
});

describe("as OpenAPI 3.1 it is sound:", () => {
	test("version, title and server are given", () => {
		expect(document.openapi).toMatch(/^3\.1\.\d+$/);
		expect(document.info).toMatchObject({ title: "PromptPulse", version: expect.stringMatching(/^\d/) });
		expect(document.servers).toEqual([{ url: "/" }]);
	});

	test("each operation has its own id, a summary, answers, and a parameter for each part of its path", () => {
		const ids = operations.map(({ operation }) => operation.operationId);
		const tags = document.tags.map(({ name }) => name);
		expect(new Set(ids).size).toBe(ids.length);
		for (const { path, method, operation } of operations) {
			expect(["get", "post", "put", "patch", "delete"]).toContain(method);
			expect(operation.operationId).toMatch(/^[a-z]+(_[A-Za-z0-9_]+)+$/);
			expect(operation.summary).not.toBe("");
			expect(operation.responses["200"]).toBeDefined();
			expect(operation.description).toMatch(/^[A-Z].*\.$/);
			expect(tags).toContain(operation.tags[0] ?? "");
			const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? "");
			const inPath = operation.parameters.filter(({ in: place }) => place === "path");
			expect(inPath.map(({ name }) => name)).toEqual(names);
			expect(inPath.every(({ required }) => required)).toBe(true);
			const parameters = operation.parameters.map(({ name, in: place }) => `${place} ${name}`);
			expect(new Set(parameters).size).toBe(parameters.length);
		}
	});

	test("each parameter says what it takes, and each answer and its shape have a name", () => {
		for (const { operation } of operations) {
			for (const { name, description } of operation.parameters)
				expect([name, description]).not.toContain(undefined);
			const shapes = [operation.requestBody, operation.responses["200"]].flatMap(contentOf);
			for (const { type, title } of shapes.filter(({ properties }) => properties)) {
				expect([type, title]).toEqual(["object", expect.stringMatching(/^[A-Z]\w+(?:Body|Answer)$/)]);
			}
			for (const response of Object.values(operation.responses)) {
				if ("description" in response) expect(response.description).toMatch(/\.$/);
			}
		}
		expect(document.tags.every(({ description }) => description.endsWith("."))).toBe(true);
	});

	test("each way to be known that an operation asks for is described", () => {
		const known = Object.keys(document.components.securitySchemes);
		const asked = operations.flatMap(({ operation }) => operation.security.flatMap(Object.keys));
		for (const scheme of asked) expect(known).toContain(scheme);
		expect(new Set(asked)).toEqual(new Set(["key", "session"]));
	});

	test("each reference leads to something", () => {
		const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)];
		expect(references.length).toBeGreaterThan(0);
		for (const [, path = ""] of references) {
			const found = path
				.split("/")
				.reduce<unknown>((part, name) => (part as Record<string, unknown> | undefined)?.[name], document);
			expect(found).toBeObject();
		}
	});

	test("each schema is made of what JSON schema knows", () => {
		const schemas = operations.flatMap(({ operation }) => [
			...operation.parameters.map(({ schema }) => schema),
			...contentOf(operation.requestBody),
			...Object.values(operation.responses).flatMap((response) => contentOf(response)),
		]);
		expect(schemas.length).toBeGreaterThan(operations.length);
		for (const schema of schemas) expectSound(schema);
	});

	test("each body has an example, which the route takes, and answers have some that routes give", async () => {
		const answers: string[] = [];
		for (const { method, path, text, body } of (await server.server.routes()).filter(isForPrograms)) {
			const operation = document.paths[path.replace(/:(\w+)/g, "{$1}")]?.[method.toLowerCase()];
			const [sent, came] = [operation?.requestBody, operation?.responses["200"]].map(exampleIn);
			const taken = text.body ?? body;
			if (taken) expect([method, path, sent, taken.allows(sent)]).toEqual([method, path, sent, true]);
			if (came === undefined) continue;
			answers.push(path);
			expect([method, path, text.reply?.allows(came) ?? true]).toEqual([method, path, true]);
		}
		expect(answers.length).toBeGreaterThan(50);
	});
});

function exampleIn(of: object | undefined): unknown {
	const { content = {} } = (of ?? {}) as { content?: Record<string, { example?: unknown }> };
	return content["application/json"]?.example;
}

const KEYWORDS = new Set(
	`$ref type format pattern properties required items prefixItems anyOf enum const minLength maxLength minimum maximum
	title exclusiveMinimum exclusiveMaximum multipleOf additionalProperties minItems maxItems allOf not description
	patternProperties uniqueItems default`.split(/\s+/),
);
const TYPES = ["string", "integer", "number", "boolean", "null", "array", "object"];

function expectSound(schema: JsonSchema): void {
	for (const keyword of Object.keys(schema)) expect(KEYWORDS).toContain(keyword);
	if (schema.type !== undefined) expect(TYPES).toContain(schema.type);
	if (schema.pattern !== undefined) expect(() => new RegExp(schema.pattern ?? "", "u")).not.toThrow();
	const { properties = {}, required = [], items, anyOf = [] } = schema;
	for (const name of required) expect(Object.keys(properties)).toContain(name);
	for (const part of [...Object.values(properties), ...anyOf, ...(items ? [items] : [])]) expectSound(part);
}

function contentOf(of: object | undefined): JsonSchema[] {
	const { content = {} } = (of ?? {}) as { content?: Record<string, { schema: JsonSchema }> };
	return Object.values(content).map(({ schema }) => schema);
}

describe("the page that shows it", () => {
	test("tells of every route, without scripts and without anything from elsewhere", async () => {
		const response = await server.ask("/api/docs");
		expect(response.status).toBe(200);
		expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
		const page = await response.text();
		for (const { operation, path } of operations) {
			expect(page).toContain(`id="${operation.operationId}"`);
			expect(page).toContain(path);
		}
		expect(page).not.toContain("<script");
		const addresses = [...page.matchAll(/(?:href|src)="([^"]*)"/g)].map(([, address = ""]) => address);
		expect(addresses.filter((address) => !/^[/#]/.test(address))).toEqual([]);
	});

	test("writes shapes as people do", () => {
		const schema: JsonSchema = {
			type: "object",
			required: ["name", "kind"],
			properties: {
				name: { type: "string", minLength: 1, maxLength: 100 },
				kind: { enum: ["full", "read"] },
				at: { anyOf: [{ type: "string", format: "date-time" }, { type: "null" }] },
				many: { type: "array", items: { type: "integer", minimum: 0 } },
				by: { type: "object", additionalProperties: { type: "number" } },
			},
		};
		expect(schemaText(schema)).toBe(`{
  name: string (1 to 100 characters)
  kind: "full" | "read"
  at?: time | null
  many?: [integer (at least 0), …]
  by?: { …: number }
}`);
	});
});
