import { describe, expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { EXIT_MEANINGS } from "../../src/cli/exit-code.ts";
import { homeAt } from "../../src/collector/home.ts";
import { OPTION_NAMES, variableOf } from "../../src/config.ts";
import { DOCUMENTS, type Document, GUIDES, readDocument } from "../support/documents.ts";
import { TestServer } from "../support/server.ts";

const ROOT = join(import.meta.dir, "../..");
const VARIABLES = OPTION_NAMES.map(variableOf);

/** Variables that others read: Bun in the program, the system, and a service. */
const OF_OTHERS = [
	"NODE_EXTRA_CA_CERTS",
	"SSL_CERT_FILE",
	"BUN_OPTIONS",
	"TZ",
	"PATH",
	"HOME",
	"RAILWAY_RUN_UID",
];
/** What the older program of this name read: nobody looks for these in vain. */
const OF_THE_OLDER = [
	"PROMPTPULSE_API_ENDPOINT",
	"PROMPTPULSE_DASHBOARD_URL",
	"PROMPTPULSE_DEV",
	"EMAIL_FROM_DOMAIN",
];
/** Files that read variables of their own. */
const THAT_READ = ["release/*", "deploy/*", "Dockerfile", "compose.yaml", ".ci/run"];

/** All code of a document, as one text: there names stand. */
function codeOf({ spans, blocks }: Document): string {
	return [...spans, ...blocks.map(({ text }) => text)].join("\n");
}

/** What looks like a variable of the environment: words of capitals with `_`, and those of ours without. */
function variablesIn(document: Document): string[] {
	const code = codeOf(document);
	const long = code.match(/(?<![\w.{])[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+(?![\w.])/g) ?? [];
	const assigned = [...code.matchAll(/(?:^|\s)([A-Z]{3,})=/g)].map(([, name = ""]) => name);
	return [...new Set([...long, ...assigned])];
}

describe("variables", () => {
	const texts = THAT_READ.flatMap((glob) => [...new Bun.Glob(glob).scanSync({ cwd: ROOT, dot: true })]).map(
		(path) => readFileSync(join(ROOT, path), "utf8"),
	);
	const isRead = (name: string, { path, blocks }: Document) =>
		[...VARIABLES, ...OF_OTHERS].includes(name) ||
		(path === "docs/migration.md" && OF_THE_OLDER.includes(name)) ||
		// `$NAME` in a block stands for what only who reads it knows.
		blocks.some(({ text }) => text.includes(`$${name}`)) ||
		texts.some((text) => new RegExp(`(?<!\\w)${name}(?!\\w)`).test(text));

	test.each(GUIDES.map((document) => [document.path, document] as const))(
		"that %s names are read",
		(_, document) => {
			expect(variablesIn(document).filter((name) => !isRead(name, document))).toEqual([]);
		},
	);

	test.each(VARIABLES)("%s, which is read, stands in a document", (name) => {
		const code = GUIDES.map(codeOf).join("\n");
		expect(new RegExp(`(?<!\\w)${name}(?!\\w)`).test(code)).toBe(true);
	});

	test("are found in code", () => {
		const text = "`A_B` and `set $C_D=1` A_X\n\n```sh\nFOO=1 promptpulse\n```\n";
		expect(variablesIn(readDocument("README.md", text))).toEqual(["A_B", "C_D", "FOO"]);
	});
});

describe("addresses", () => {
	/** Beside the routes: what the dashboard of a machine has alone, and what a file system has. */
	const OTHERS =
		/^\/(?:open\/|api$|api\/?…?$|(?:etc|usr|var|run|data|tmp|home|opt|dev|proc|root|mnt)(?:\/|$))/;

	function addressesIn({ spans }: Document): string[] {
		return spans
			.map((span) =>
				span.replace(/^(?:GET|POST|PUT|PATCH|DELETE|HEAD)(?:\/[A-Z]+)* /, "").replace(/ .*$/, ""),
			)
			.map((span) =>
				span.replace(/^https?:\/\/(?:127\.0\.0\.1|localhost|[\w.-]*example\.\w+)(?::\d+)?(?=\/)/, ""),
			)
			.filter((span) => /^\/[\w/{}:….*-]*(?:\?.*)?$/.test(span))
			.map((span) => span.replace(/\?.*$/, ""));
	}

	const isSame = (route: string, address: string) => {
		const [ours, theirs] = [route, address].map((path) => path.split("/"));
		if (!ours || !theirs || ours.length !== theirs.length) return false;
		return ours.every((part, at) => part.startsWith(":") || part === theirs[at]);
	};

	test.each(DOCUMENTS.map((document) => [document.path, document] as const))(
		"that %s names are there",
		async (_, document) => {
			const { server } = await TestServer.start();
			const routes = (await server.routes()).map(({ path }) => path);
			const missing = addressesIn(document)
				.filter((address) => !OTHERS.test(address))
				.filter((address) => !routes.some((route) => isSame(route, address)));
			expect(missing).toEqual([]);
		},
	);
});

describe("files of the home", () => {
	const { path: _home, ...files } = homeAt("/h");
	const names = [...Object.values(files).map((path) => path.slice("/h/".length)), "prices.json", "server.db"];

	test.each(GUIDES.map((document) => [document.path, document] as const))(
		"that %s names are what the program makes or reads",
		(_, document) => {
			const named = [...codeOf(document).matchAll(/\.promptpulse\/([\w.-]+)/g)].map(([, name = ""]) => name);
			expect(named.filter((name) => !names.includes(name))).toEqual([]);
		},
	);

	test.each(names)("%s stands in a document", (name) => {
		expect(GUIDES.some((document) => codeOf(document).includes(name))).toBe(true);
	});
});

describe("files of this repository", () => {
	const FILE = /^(?:docs|deploy|release|src|test|bench|migrations)\/[\w./-]+\.\w+$/;
	/** In recipes `x` stands for what is to be made. */
	const TO_BE_MADE = /\/x[.-]|000N/;

	test.each(DOCUMENTS.map((document) => [document.path, document] as const))(
		"that %s names are there",
		(_, { spans }) => {
			const named = spans.filter((span) => FILE.test(span) && !TO_BE_MADE.test(span));
			expect(named.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
		},
	);
});

test("modules that CONTRIBUTING.md names by their room are there", () => {
	const rooms = readdirSync(join(ROOT, "src"), { withFileTypes: true })
		.filter((entry) => entry.isDirectory())
		.map(({ name }) => name);
	const { spans = [] } = DOCUMENTS.find(({ path }) => path === "CONTRIBUTING.md") ?? {};
	const named = spans.filter((span) => /^[\w./-]+$/.test(span) && rooms.includes(span.split("/")[0] ?? ""));
	expect(named.length).toBeGreaterThan(30);
	expect(
		named.filter((place) => !["", ".ts"].some((end) => existsSync(join(ROOT, "src", place + end)))),
	).toEqual([]);
});

describe("exit codes", () => {
	const codes = EXIT_MEANINGS.map(([code]) => code);

	test.each(GUIDES.map((document) => [document.path, document] as const))(
		"that %s names exist",
		(_, { prose }) => {
			const named = [...prose.matchAll(/\b(?:exit codes?(?: is)?|ends? with|exits with) (\d+)\b/gi)].map(
				([, code]) => Number(code),
			);
			expect(named.filter((code) => !codes.includes(code))).toEqual([]);
		},
	);

	test.each(codes)("%i stands in the table of the reference", (code) => {
		const { text = "" } = GUIDES.find(({ path }) => path === "docs/cli.md") ?? {};
		expect(text.includes(`| \`${code}\` |`)).toBe(true);
	});
});
