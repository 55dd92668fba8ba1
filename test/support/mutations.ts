import type { OpenApi } from "../../src/web/openapi/openapi.ts";
import type { Route } from "../../src/web/route.ts";
import type { Random } from "./random.ts";
import { bodySchemaOf, pathWith, sampleOf } from "./route-calls.ts";

/** A request as it is sent, and as it is printed where it does harm. */
export type Mutant = {
	method: string;
	path: string;
	headers: [string, string][];
	body?: string | Uint8Array;
};

/** Who may send it: the headers by which they are known. */
export type Senders = readonly Record<string, string>[];

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"];
const TEXTS = [
	"",
	" ",
	"0",
	"-1",
	"1e999",
	"NaN",
	"null",
	"true",
	"2026-02-30",
	"9999999999999999999999",
	"../../etc/passwd",
	"%00",
	"%",
	"%zz",
	"%ff%fe",
	"%",
	"_",
	"' or 1=1 --",
	'"; drop table users; --',
	"<script>alert(1)</script>",
	"{{7*7}}",
	"$" + "{7*7}",
	"\u202e\u2028\u0000\ud800",
	"💥".repeat(50),
	"é".repeat(300),
	"x".repeat(3_000),
	"__proto__",
	"constructor",
	"Europe/Berlin",
	"all",
	"1970-01-01",
	"9999-12-31",
	"-000001-01-01",
];
const VALUES: readonly unknown[] = [
	null,
	true,
	0,
	-1,
	1.5,
	1e308,
	2 ** 53,
	-(2 ** 63),
	"",
	[],
	{},
	[[]],
	[null],
	{ length: 1 },
	{ __proto__: null },
];
const TYPES = [
	"application/json",
	"application/json; charset=utf-16",
	"text/plain",
	"application/x-www-form-urlencoded",
	"multipart/form-data; boundary=x",
	"application/octet-stream",
	"",
];
const HEADERS: readonly [string, string][] = [
	["accept", "text/csv, */*;q=0"],
	["accept-encoding", "gzip;q=0, br, *"],
	["content-encoding", "gzip"],
	["content-encoding", "br"],
	["content-encoding", "gzip, gzip"],
	["x-forwarded-for", "127.0.0.1"],
	["x-forwarded-proto", "https"],
	["hx-request", "true"],
	["hx-request-type", "partial"],
	["if-none-match", "*"],
	["range", "bytes=0-1,5-"],
	["origin", "null"],
	["sec-fetch-site", "cross-site"],
	["cookie", "theme=%00; =; a"],
	["expect", "100-continue"],
	["x-http-method-override", "DELETE"],
];

/** A request for a route, sound or spoilt in one or more places. */
export function mutate(
	random: Random,
	routes: readonly Route[],
	document: OpenApi,
	senders: Senders,
	ids: readonly string[],
): Mutant {
	const route = random.pick(routes);
	const isRare = (of: number) => random.integer(1, of) === 1;
	const method = isRare(6) ? random.pick(METHODS) : route.method;
	const value = () => (isRare(2) ? random.pick(ids) : random.pick(TEXTS));
	let path = pathWith(route, () => (isRare(4) ? value() : encodeURIComponent(value().toWellFormed())));
	if (isRare(2)) path += `?${queryFor(random, route, document)}`;
	if (isRare(20)) path = path.replace("/", random.pick(["//", "/./", "/%2e/", "/;x/", "/\\"]));
	const headers: [string, string][] = Object.entries(random.pick(senders));
	for (let i = random.integer(0, 2); i > 0; i--) headers.push(random.pick(HEADERS));
	if (method === "GET" || method === "HEAD") return { method, path, headers };
	headers.push(["content-type", isRare(4) ? random.pick(TYPES) : typeFor(route)]);
	return { method, path, headers, body: bodyFor(random, route, document) };
}

function typeFor({ path }: Route): string {
	return path.startsWith("/api/") ? "application/json" : "application/x-www-form-urlencoded";
}

function queryFor(random: Random, route: Route, document: OpenApi): string {
	const operation = document.paths[route.path.replace(/:(\w+)/g, "{$1}")]?.[route.method.toLowerCase()];
	const known = (operation?.parameters ?? []).filter(({ in: place }) => place === "query");
	const names = [
		...known.map(({ name }) => name),
		"since",
		"until",
		"range",
		"from",
		"limit",
		"cursor",
		"user_id",
	];
	const parts: string[] = [];
	for (let i = random.integer(1, 4); i > 0; i--) {
		const name = random.integer(1, 8) === 1 ? random.pick(TEXTS) : random.pick(names);
		const text = random.pick(TEXTS);
		const isEncoded = random.integer(1, 4) > 1;
		parts.push(
			isEncoded ? new URLSearchParams({ [name]: text }).toString() : `${name}=${text.replaceAll("#", "")}`,
		);
	}
	return parts.join("&");
}

function bodyFor(random: Random, route: Route, document: OpenApi): string | Uint8Array {
	const schema = bodySchemaOf(document, route);
	if (!route.path.startsWith("/api/")) return queryFor(random, route, document);
	const sample = schema ? sampleOf(schema, random.pick(TEXTS)) : { records: [], events: [], name: "x" };
	const kind = random.integer(1, 10);
	if (kind <= 6) return JSON.stringify(spoil(random, sample));
	const text = JSON.stringify(sample);
	if (kind === 7) return text.slice(0, random.integer(0, text.length));
	if (kind === 8) return "[".repeat(random.integer(1, 5_000));
	if (kind === 9) return Buffer.from([0xff, 0xfe, ...Buffer.from(text), 0xc3, 0x28]);
	return `${text.slice(0, -1)},"__proto__":{"role":"owner"},"x":1e400}`;
}

/** The same value with something in it replaced, left out, or said of another type. */
function spoil(random: Random, value: unknown): unknown {
	const chance = random.integer(1, 6);
	if (chance === 1) return random.pick(VALUES);
	if (chance === 2) return random.pick(TEXTS).toWellFormed();
	if (Array.isArray(value)) return value.map((item) => spoil(random, item));
	if (typeof value !== "object" || value === null) return value;
	const fields = Object.entries(value).filter(() => random.integer(1, 8) > 1);
	return Object.fromEntries(fields.map(([name, field]) => [name, spoil(random, field)]));
}

/** A request of it, unless no client could send such a one. */
export function requestOf({ method, path, headers, body }: Mutant, origin: string): Request | undefined {
	try {
		const sent = body === undefined || method === "GET" || method === "HEAD" ? {} : { body };
		return new Request(`${origin}${path}`, { method, headers, ...(sent as RequestInit) });
	} catch {
		return undefined;
	}
}
