import { usualLimits } from "../../src/web/gates/limits.ts";
import {
	type Answer,
	OF_OLDER,
	type OpenApi,
	type Operation,
	type Parameter,
} from "../../src/web/openapi/openapi.ts";
import { schemaText } from "../../src/web/openapi/schema-text.ts";
import { TestServer } from "../support/server.ts";
import type { Asked, askAll } from "./api-calls.ts";
import { block, code, sentence, table } from "./sentence.ts";

type Told = { name: string; method: string; path: string; operation: Operation };

/** `docs/api.md`: every route of the API's own document, with an answer that a server really gave. */
export async function apiReference({ asked, csv }: Awaited<ReturnType<typeof askAll>>): Promise<string> {
	const document = await readDocument();
	const told = Object.entries(document.paths).flatMap(([path, operations]) =>
		Object.entries(operations).map(([method, operation]) => ({
			name: `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ":$1")}`,
			method: method.toUpperCase(),
			path,
			operation,
		})),
	);
	const sections = document.tags.map(({ name, description }) => ({
		name,
		description,
		routes: told.filter(({ operation }) => operation.tags.includes(name)),
	}));
	return `${[
		head(document, asked, csv),
		...sections.map(({ name, routes }) => `**${name}**\n\n${table(["route", "is"], routes.map(tocRow))}`),
		...sections.flatMap(({ name, description, routes }) => [
			`## ${name}`,
			sentence(description),
			...routes.map((route) => sectionOf(route, asked.get(route.name))),
		]),
	].join("\n\n")}\n`;
}

async function readDocument(): Promise<OpenApi> {
	const server = await TestServer.start();
	return (await server.ask("/api/openapi.json")).json() as Promise<OpenApi>;
}

function head({ components, info }: OpenApi, asked: ReadonlyMap<string, Asked>, csv: string): string {
	const { addresses, failures, people, changes, signUps } = usualLimits();
	const link = asked.get("GET /api/usage/sessions")?.link ?? "";
	const rate = ({ rate: { most, perMinute } }: typeof people) => [
		`${perMinute.toLocaleString("en")} a minute`,
		most.toLocaleString("en"),
	];
	return `# API

<!-- Made by \`bun run docs\` from the routes themselves. What is wrong here is mended there. -->

Of PromptPulse ${info.version}. A server has this as a page at \`/api/docs\` and as OpenAPI 3.1 at \`/api/openapi.json\`. Answers
below are real ones of a server with made-up usage; lists are cut to their first entry, secrets to \`…\`.

## How to ask

Send an API key in the header \`X-API-Key\`. \`promptpulse login\` and the page Settings make keys.

${table(
	["key", "may"],
	[
		["`full`", "Do all that its owner may, but make another full key."],
		["`read`", "Ask, and change nothing."],
		["`ingest`", "Send usage, and compare what arrived. It reads no other figure."],
	],
)}

A browser that is logged in asks with its cookie; changes need the token of its pages in \`X-CSRF-Token\`. A session may do no
more than the key that opened it. Two keys in one request are refused.

**Numbers and times.** Tokens and responses are whole numbers; one that a JSON number could not hold exactly is a text. Costs are US
dollars at list price. Times are ISO 8601 in UTC, days those of one's own time zone, where nothing else is said. In uploads and
digests times are milliseconds since 1970.

**Lists** that are long come in pages. \`limit\` says how many rows; where more follow, the header \`Link\` has the address of the
next page, until there is none. Rows that come meanwhile move no other row to another page.

${block("text", `Link: ${link}`)}

**CSV.** Where \`format\` can be \`csv\`, the same rows come as RFC 4180: one head, lines that end in CRLF, and an apostrophe before a
cell that a spreadsheet would take for a formula. Fields of an object become columns of their own. True is \`1\`, and false is empty.

${block("text", csv)}

**Errors** are JSON, with a sentence in \`error\` and a word for programs in \`code\`. \`fields\` names what is wrong in the input.

${table(
	["status", "when"],
	Object.entries(components.responses).map(([status, { description }]) => [
		code(status),
		sentence(description),
	]),
)}

An error that nobody foresaw is 500, \`internal\`. Beside these, routes have errors of their own, which stand there.

**Limits.** Whoever asks too often gets 429 and \`Retry-After\`, in seconds.

${table(
	["of", "in the long run", "at once"],
	[
		["one address", ...rate(addresses)],
		["wrong keys from one address", ...rate(failures)],
		["one person", ...rate(people)],
		["changes and uploads under one key", ...rate(changes)],
		[
			"new accounts from one address",
			`${signUps.most} in ${signUps.windowMs / 60_000} minutes`,
			String(signUps.most),
		],
	],
)}

## Routes

Those marked † had the older program of this name under the same address, with the same fields. Its uploads count as totals,
which give way to responses.`;
}

function tocRow({ method, path, operation }: Told): string[] {
	return [
		`[${code(`${method} ${path}`)}](#${operation.operationId})${markOf(operation)}`,
		sentence(operation.summary),
	];
}

function markOf(operation: Operation): string {
	return operation["x-older"] ? " †" : "";
}

function sectionOf({ name, method, path, operation }: Told, asked: Asked | undefined): string {
	const { operationId, summary, description, parameters, requestBody, responses } = operation;
	if (!asked) throw new Error(`${name} was not asked`);
	const body = requestBody?.content["application/json"]?.schema;
	const done = responses["200"];
	const { content = {}, headers = {} } = done && !("$ref" in done) ? done : {};
	const reply = content["application/json"]?.schema;
	const isFolded = reply?.properties || reply?.items;
	return [
		`<a id="${operationId}"></a>\n\n### ${method} ${path}${markOf(operation)}`,
		`${sentence(summary)} ${description.replace(` ${OF_OLDER}`, "")}`,
		...(parameters.length > 0 ? [table(["parameter", "in", "takes"], parameters.map(parameterRow))] : []),
		...(body ? [`Body:\n\n${block("text", schemaText(body))}`] : []),
		block("http", asked.request),
		...answerTexts(asked, Object.keys(content)),
		...(reply && isFolded ? [folded("All fields of the answer", block("text", schemaText(reply)))] : []),
		[
			...kindsOf(Object.keys(content)),
			...(headers.Link ? ["Pages by `Link`."] : []),
			problemsOf(responses),
		].join(" "),
	].join("\n\n");
}

function answerTexts({ answer }: Asked, types: readonly string[]): string[] {
	if (answer === undefined) return [];
	return [block(types.includes("application/json") ? "json" : "text", answer)];
}

function folded(title: string, text: string): string {
	return `<details><summary>${title}</summary>\n\n${text}\n\n</details>`;
}

function kindsOf(types: readonly string[]): string[] {
	if (types.length === 0) return [];
	const [first = "", ...others] = types.map(code);
	return [`Answers with ${[first, ...others].join(" or ")}.`];
}

function parameterRow({ name, in: place, required, schema, description = "" }: Parameter): string[] {
	const { enum: choices } = schema;
	const of = choices ? ` One of ${choices.map((choice) => code(String(choice))).join(", ")}.` : "";
	return [code(name), `${place}${required ? "" : ", optional"}`, `${sentence(description)}${of}`];
}

/** Which statuses a route may answer with, and what its own problems are. */
function problemsOf(responses: Operation["responses"]): string {
	const statuses = Object.keys(responses).filter((status) => status !== "200");
	const own = Object.entries(responses).flatMap(([status, answer]) => ownProblems(status, answer));
	const list = own.length > 0 ? `\n\n${own.map((text) => `- ${text}`).join("\n")}` : "";
	return `Errors: ${statuses.map(code).join(", ")}.${own.length > 0 ? " Of its own:" : ""}${list}`;
}

function ownProblems(status: string, answer: Answer | { $ref: string }): string[] {
	if (status === "200" || "$ref" in answer) return [];
	return [...answer.description.matchAll(/`([a-z_]+)`: ([^`]+?)(?= `[a-z_]+`:|$)/g)].map(
		([, word = "", said = ""]) => `${code(status)} ${code(word)}: ${sentence(said)}`,
	);
}
