import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import {
	type Fence,
	findBeyondFence,
	findCode,
	findForbiddenImports,
	findUnclearImports,
	type Rooms,
	readSources,
	roomOf,
	type SourceFile,
} from "./support/imports.ts";

/** Who may import what, beside the room itself. A place is a file or a folder of `src`, or one beside it. */
const rooms: Rooms = {
	errors: [],
	log: [],
	version: ["package"],
	embedded: ["migrations"],
	generated: [],
	config: ["errors"],
	usage: ["errors"],
	account: ["errors"],
	transcripts: ["usage", "errors"],
	ledger: ["usage", "account", "errors"],
	"ledger/migrate": ["embedded"],
	"ledger/cloud": ["log"],
	reports: ["usage", "errors", "ledger/database"],
	collector: ["transcripts", "ledger", "usage", "account", "errors", "log"],
	schedule: ["account", "errors"],
	mail: ["account", "errors", "types of reports"],
	jobs: ["ledger", "reports", "mail", "usage", "account", "errors", "log"],
	views: ["usage", "account", "types of reports"],
	web: ["usage", "account", "ledger", "reports", "views", "mail", "errors", "log"],
	"web/assets": ["generated"],
	"web/shell": ["version"],
	"web/health": ["version"],
	"web/openapi": ["version"],
	cli: [
		"config",
		"version",
		"embedded",
		"transcripts",
		"collector",
		"schedule",
		"ledger",
		"reports",
		"mail",
		"jobs",
		"usage",
		"account",
		"errors",
		"log",
	],
	"cli/server/serve": ["web"],
	"cli/server/server-settings": ["web"],
	"cli/dashboard/dashboard": ["web"],
	"cli/licenses": ["generated"],
	main: ["cli/commands", "cli/crash", "cli/collect/detach", "cli/screen/terminal", "errors", "version"],
	public: [],
};

const fences: Fence[] = [
	{
		rule: "elysia and arktype are imported only in web",
		imports: /^(?:elysia|arktype)(?:$|[/-])|^@(?:elysiajs|ark)\//,
		allowed: /^src\/web\//,
	},
	{
		rule: "bun:sqlite is imported only in ledger/sqlite.ts",
		imports: /^bun:sqlite$/,
		allowed: /^src\/ledger\/sqlite\.ts$/,
	},
	{
		rule: "@sqlitecloud/drivers is imported only in ledger/cloud",
		imports: /^@sqlitecloud\//,
		allowed: /^src\/ledger\/cloud\//,
	},
	{ rule: "@kitajs/html is imported only in views", imports: /^@kitajs\//, allowed: /^views\// },
	{
		rule: "the environment is read only in config.ts",
		code: /\b(?:process|Bun|import\.meta)\s*\??\.\s*env\b/g,
		allowed: /^src\/config\.ts$/,
	},
	{
		rule: "the process is ended only in main.ts",
		code: /\bprocess\s*\??\.\s*(?:exit|abort|reallyExit)\b/g,
		allowed: /^src\/main\.ts$/,
	},
	{
		rule: "process is taken as the global that the rules above watch",
		imports: /^(?:node:)?process$/,
	},
	{
		rule: "usage, account and reports are told the time",
		code: /\bDate\s*\.\s*now\b|\bnew Date(?:\(\s*\)|(?!\w|\())|\bTemporal\s*\.\s*Now\b|\bperformance\s*\.\s*now\b/g,
		watched: /^src\/(?:usage|account|reports)\//,
	},
];

const MOST_LINES = 300;
const DEFAULT_EXPORT = /^[ \t]*export\s+default\b.*|^[ \t]*export\s*\{[^}]*\bas\s+default\b/gm;
const SAYS_NOTHING =
	/(?:^|\/)(?:utils?|helpers?|libs?|common|shared|services?|types)(?:\.\w+)*(?:\/|$)|(?:^|\/)index\.\w+$/;

const files = await readSources(join(import.meta.dir, ".."));
const product = productOf(files);

test("sources are found", () => {
	const paths = files.map(({ path }) => path);
	expect(paths).toEqual(expect.arrayContaining(["build.ts", "src/errors.ts", "test/boundaries.test.ts"]));
});

describe("rooms", () => {
	test("every file lies in one that is listed here", () => {
		expect(outsideRooms(product)).toEqual([]);
	});

	test.each(Object.keys(rooms).filter((place) => !place.includes("/")))(
		"%s imports only what it may",
		(room) => {
			const own = product.filter(({ path }) => roomOf(path) === room);
			expect(findForbiddenImports(own, rooms)).toEqual([]);
		},
	);
});

describe("fences", () => {
	test.each(fences)("$rule", (fence) => {
		expect(findBeyondFence(fence, product)).toEqual([]);
	});

	test("markup is written only in views", () => {
		expect(markupOutsideViews(product)).toEqual([]);
	});
});

describe("files", () => {
	test("a local import names its file to the end, and no import is computed", () => {
		expect(findUnclearImports(files)).toEqual([]);
	});

	test("there are no default exports", () => {
		const own = files.filter(({ path }) => !path.endsWith(".d.ts"));
		expect(findCode(own, DEFAULT_EXPORT)).toEqual([]);
	});

	test("no name says only that something is in it", () => {
		expect(files.map(({ path }) => path).filter((path) => SAYS_NOTHING.test(path))).toEqual([]);
	});

	test(`none has more than ${MOST_LINES} lines`, () => {
		expect(tooLong(files)).toEqual([]);
	});
});

describe("the checker finds", () => {
	test.each([
		["src/usage/day.ts", 'import { openLedger } from "../ledger/open.ts";'],
		["src/usage/day.ts", 'import type { Row } from "../reports/days.ts";'],
		["src/transcripts/parse.ts", 'export { save } from "../ledger/events.ts";'],
		["src/transcripts/parse.ts", 'import "../collector/scan.ts";'],
		["src/reports/days.ts", 'import { open } from "../ledger/open.ts";'],
		["src/reports/days.ts", 'import {\n\tone,\n\ttwo,\n} from "../ledger/events.ts";'],
		["src/ledger/open.ts", 'import { migrations } from "../embedded.ts";'],
		["src/ledger/events.ts", 'import { log } from "../log.ts";'],
		["src/cli/collect.ts", 'const { app } = await import("../web/app.ts");'],
		["src/cli/collect.ts", 'import { Page } from "../../views/overview.tsx";'],
		["src/web/app.ts", 'import { scan } from "../collector/scan.ts";'],
		["src/web/app.ts", 'import { PORT } from "../config.ts";'],
		["src/main.ts", 'import { collect } from "./cli/collect.ts";'],
		["src/cli/report.ts", 'import sql from "../../migrations/0001_ledger.sql" with { type: "text" };'],
		["views/overview.tsx", 'import { listDays } from "../src/reports/days.ts";'],
		["views/overview.tsx", 'import { type DayRow } from "../src/reports/days.ts";'],
		["views/overview.tsx", 'import type { Database } from "../src/ledger/database.ts";'],
		["public/charts.ts", 'import { formatCost } from "../src/usage/price.ts";'],
	])("%s with %s", (path, text) => {
		expect(findForbiddenImports([{ path, text }], rooms)).toHaveLength(1);
	});

	test.each([
		["src/ledger/migrate.ts", 'import { migrations } from "../embedded.ts";'],
		["src/ledger/cloud/pool.ts", 'import { log } from "../../log.ts";'],
		["src/ledger/cloud/pool.ts", 'import type { Database } from "../database.ts";'],
		["src/reports/days.ts", 'import type { Database } from "../ledger/database.ts";'],
		["src/cli/server/serve.ts", 'const { app } = await import("../../web/app.ts");'],
		["src/main.ts", 'const { runCommand } = await import("./cli/commands.ts");'],
		["views/overview.tsx", 'import type { DayRow } from "../src/reports/days.ts";'],
		["src/usage/day.ts", '// import { open } from "../ledger/open.ts";\n/* import "../ledger/open.ts"; */'],
		["src/usage/day.ts", 'const text = `\nimport { open } from "../ledger/open.ts";\n`;'],
		["src/usage/day.ts", "const QUOTE = /[\"'`]/;\n// import('../ledger/open.ts')\nconst END = /`/;"],
	])("nothing in %s with %s", (path, text) => {
		expect(findForbiddenImports([{ path, text }], rooms)).toEqual([]);
	});

	test.each([
		["src/cli/serve.ts", 'import { Elysia } from "elysia";'],
		["src/cli/serve.ts", 'import { html } from "@elysiajs/html";'],
		["src/usage/upload.ts", 'import { type } from "arktype";'],
		["src/collector/lock.ts", 'import { Database } from "bun:sqlite";'],
		["src/ledger/open.ts", 'await import("@sqlitecloud/drivers");'],
		["src/web/app.ts", 'import { Html } from "@kitajs/html";'],
		["src/ledger/open.ts", "const path = process.env.DATABASE_URL;"],
		["src/cli/terminal.ts", 'const plain = Bun.env["NO_COLOR"];'],
		["src/cli/collect.ts", "process.exit(3);"],
		["src/cli/collect.ts", 'import { exit } from "node:process";'],
		["src/usage/day.ts", "const today = new Date();"],
		["src/usage/day.ts", "const now = Date.now();"],
		["src/reports/days.ts", "const now = Temporal.Now.instant();"],
		["src/account/machine.ts", "const at = performance.now();"],
	])("a fence climbed: %s with %s", (path, text) => {
		expect(fences.flatMap((fence) => findBeyondFence(fence, [{ path, text }]))).toHaveLength(1);
	});

	test.each([
		["src/config.ts", "const path = process.env.DATABASE_URL;"],
		["src/main.ts", "process.exit(await main());"],
		["src/cli/collect.ts", "process.exitCode = 3;"],
		["src/usage/day.ts", "// Never new Date() or Date.now() here.\nconst day = new Date(at);"],
		["src/collector/scan.ts", "const now = Date.now();"],
	])("no fence climbed: %s with %s", (path, text) => {
		expect(fences.flatMap((fence) => findBeyondFence(fence, [{ path, text }]))).toEqual([]);
	});

	test("a room that is not listed, and markup outside views", () => {
		const planted = [made("src/helpers/text.ts"), made("src/web/page.tsx"), made("views/page.tsx")];
		expect(outsideRooms(planted)).toEqual(["src/helpers/text.ts"]);
		expect(markupOutsideViews(planted)).toEqual(["src/web/page.tsx"]);
	});

	test.each(["export default 1;", "const a = 1;\nexport { a as default };"])(
		"a default export: %s",
		(text) => {
			expect(findCode([{ path: "src/x.ts", text }], DEFAULT_EXPORT)).toHaveLength(1);
		},
	);

	test.each([
		"src/web/index.ts",
		"src/utils/a.ts",
		"src/web/types.ts",
		"views/shared/a.tsx",
		"test/lib/a.ts",
	])("a name that says nothing: %s", (path) => expect(SAYS_NOTHING.test(path)).toBe(true));

	test("a file that is too long", () => {
		const lines = (count: number) => ({ path: `${count}.ts`, text: "a;\n".repeat(count) });
		expect(tooLong([lines(MOST_LINES), lines(MOST_LINES + 1)])).toEqual(["301.ts has 301 lines"]);
	});
});

/** What ends up in the program or the browser; declarations hold no code. */
function productOf(all: readonly SourceFile[]): SourceFile[] {
	return all.filter(({ path }) => /^(?:src|views|public)\//.test(path) && !path.endsWith(".d.ts"));
}

function outsideRooms(all: readonly SourceFile[]): string[] {
	return all.map(({ path }) => path).filter((path) => rooms[roomOf(path)] === undefined);
}

function markupOutsideViews(all: readonly SourceFile[]): string[] {
	return all.map(({ path }) => path).filter((path) => path.endsWith("x") && !path.startsWith("views/"));
}

function tooLong(all: readonly SourceFile[]): string[] {
	return all
		.map(({ path, text }) => ({ path, count: text.split("\n").length - 1 }))
		.filter(({ count }) => count > MOST_LINES)
		.map(({ path, count }) => `${path} has ${count} lines`);
}

function made(path: string): SourceFile {
	return { path, text: "" };
}
