import { beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { join } from "node:path";
import { saveNewInvite } from "../../src/ledger/invites.ts";
import { PRIVACY_SETTINGS } from "../../src/usage/privacy.ts";
import { encodeEvent } from "../../src/usage/upload.ts";
import { answer, MAIN } from "../support/answers.ts";
import { emptyPath } from "../support/doctor.ts";
import { codesBelow, codesIn, tablesBelow } from "../support/document-tables.ts";
import { DOCUMENTS } from "../support/documents.ts";
import { ccusageFile } from "../support/importing.ts";
import { eventOf } from "../support/ledger.ts";
import { bodiesIn, type Recorded, withRecordingServer } from "../support/recording-server.ts";
import { inHome } from "../support/run-cli.ts";
import { emptyLedger } from "../support/scan.ts";
import { progressLine } from "../support/transcript.ts";

/** Processes start slowly on a busy machine. */
setDefaultTimeout(60_000);

const ROOT = join(import.meta.dir, "../..");

const text = DOCUMENTS.find(({ path }) => path === "docs/privacy.md")?.text ?? "";

/** Transcripts in which every field of an upload is told by some line. */
const SHOP = "/home/ann/code/shop";
const TELLING = [
	answer(1, { branch: "fix/cart" }),
	answer(1, { timestamp: "2026-03-02T10:00:02.000Z", usage: { input_tokens: 11, output_tokens: 90 } }),
	answer(2, { agent: "a1b2c3d", sidechain: true }),
	answer(2, { timestamp: "2026-03-02T11:00:00.000Z" }),
	answer(3, { line: { forkedFrom: { sessionId: "x", messageUuid: "y" } } }),
	progressLine({ id: "msg_4", requestId: "req_4", uuid: "uuid-4" }),
	answer(5, {
		line: { costUSD: 0.5 },
		usage: {
			speed: "fast",
			inference_geo: "us",
			service_tier: "batch",
			server_tool_use: { web_search_requests: 2 },
			iterations: [{ type: "advisor_message", model: "claude-opus-4-6", input_tokens: 3, output_tokens: 4 }],
		},
	}),
];

function inShop(line: string): string {
	return line.replace("/home/dev/app", SHOP);
}

/** All that a machine sent while its person did everything that asks a server, and what a dry run printed. */
let sent: Recorded[] = [];
const printed: string[] = [];
/** `verify: GET /api/usage/digest` */
const askedBy: string[] = [];
/** By setting of privacy, what a dry run says of the first response. */
const veiled = new Map<string, { project?: string; branch?: string }>();

beforeAll(async () => {
	await withRecordingServer(async (running) => {
		const { server, alice, recorded, host } = running;
		const { code: invite } = await server.db.transaction((tx) =>
			saveNewInvite(tx, { role: "member", createdBy: null, expiresAt: server.now + 3_600_000 }, server.now),
		);
		await inHome(
			{ [MAIN.replace("-dev-app", "-ann-code-shop")]: TELLING.map(inShop) },
			async ({ cli, home }) => {
				const env = { PATH: emptyPath(home) };
				const run = async (words: string, ends: readonly number[] = [0]) => {
					const before = recorded.length;
					const { code, out, err } = await cli(words.split(" "), { env });
					expect([words, ends.includes(code) || code, err]).toEqual([words, true, err]);
					const [command = ""] = words.split(" ");
					for (const one of recorded.slice(before)) askedBy.push(`${command}: ${nameOf(one)}`);
					return out;
				};
				for (const setting of PRIVACY_SETTINGS) {
					await run(`config set projectPrivacy ${setting}`);
					const [upload = "{}"] = bodiesIn(await run("collect --dry-run --json"));
					const { events } = JSON.parse(upload);
					veiled.set(
						setting,
						events.find(({ output }: { output: number }) => output === 90),
					);
				}
				await run("config unset projectPrivacy");
				const account = `--username eve --email eve@example.com --invite ${invite}`;
				await run(`login --server http://${host} ${account} --ingest-only`);
				printed.push(...bodiesIn(await run("collect --dry-run --json")));
				await run("collect");
				await run(`login ${alice.keys.full} --server http://${host} --yes`);
				for (const kind of ["daily", "session", "blocks"]) {
					printed.push(...bodiesIn(await run(`collect --dry-run --json -g ${kind}`)));
					await run(`collect -g ${kind}`);
				}
				for (const kind of ["daily", "session", "blocks"]) {
					await run(`import ccusage ${ccusageFile(`v18-${kind}`)} --yes --machine desk`);
				}
				await run("collect");
				await run("import remove ccusage --yes");
				await run("whoami");
				await run("dashboard --no-open");
				// A server that has something else is asked for single responses.
				await server.db.run("update events set output = output - 1");
				await run("verify", [9]);
				await run("doctor --json", [0, 1]);
			},
		);
		sent = [...recorded];
	});
}, 120_000);

/** `events[].extra[].model`, for each value in a body that is neither list nor object. */
function fieldsOf(value: unknown, path = ""): string[] {
	if (Array.isArray(value)) {
		const isPlain = value.every((one) => typeof one !== "object" || one === null);
		return isPlain ? [path] : value.flatMap((one) => fieldsOf(one, `${path}[]`));
	}
	if (typeof value !== "object" || value === null) return [path];
	return Object.entries(value).flatMap(([name, of]) => fieldsOf(of, path === "" ? name : `${path}.${name}`));
}

function nameOf({ method, path }: Recorded): string {
	return `${method} ${path}`;
}

const unique = (names: readonly string[]) => [...new Set(names)].toSorted();
const bodyFields = ({ body }: Recorded) => (body === "" ? [] : fieldsOf(JSON.parse(body)));

describe("of what leaves a machine, the document on privacy names", () => {
	test("every request and which commands make it, and none that is not made", () => {
		const [table] = tablesBelow(text, "## What leaves a machine");
		const told = (table?.rows ?? []).flatMap(([request = "", by = ""]) => {
			return codesIn(by).map((call) => `${call.split(" ")[0]}: ${codesIn(request)[0]}`);
		});
		expect(unique(told)).toEqual(unique(askedBy));
	});

	test("every address that the program has for a server, whether or not the commands above came to it", async () => {
		const sources = new Bun.Glob("src/{collector,cli}/**/*.ts").scan({ cwd: ROOT });
		const addresses = new Set<string>();
		for await (const path of sources) {
			// Files that were saved from the older program's addresses are told apart by these.
			if (path.startsWith("src/collector/imports/")) continue;
			const code = await Bun.file(join(ROOT, path)).text();
			for (const [, address = ""] of code.matchAll(/["`](\/(?:api\/[\w/-]+|health))(?=[?"`])/g))
				addresses.add(address);
		}
		const told = codesBelow(text, "## What leaves a machine").flatMap(
			(code) => / (\/\S+)/.exec(code)?.[1] ?? [],
		);
		expect(unique(told)).toEqual(unique([...addresses]));
	});

	test("every header, and none that is not sent", () => {
		const headers = sent.flatMap(({ headers }) => headers);
		const [, table] = tablesBelow(text, "## What leaves a machine");
		const told = (table?.rows ?? []).flatMap(([cell = ""]) =>
			cell.replaceAll("`", "").toLowerCase().split(", "),
		);
		expect(unique(told)).toEqual(unique(headers));
		const without = sent.filter(({ headers }) => !headers.includes("x-api-key")).map(({ path }) => path);
		expect(unique(without)).toEqual(["/api/users", "/health"]);
	});

	test("every field of a response and of its machine, and none that is not sent", () => {
		const uploads = sent.filter(({ path }) => path === "/api/usage/events");
		expect(uploads.length).toBeGreaterThan(0);
		const told = [...codesBelow(text, "### Of each machine"), ...codesBelow(text, "### Of each response")];
		const fields = told.filter((code) => /^v$|^machine\.|^events\[/.test(code));
		expect(unique(fields)).toEqual(unique(uploads.flatMap(bodyFields)));
		const known = Object.keys(encodeEvent(eventOf())).map((name) => `events[].${name}`);
		const ownNames = fields
			.filter((code) => code.startsWith("events"))
			.map((code) => code.replace(/(extra)\[\].*/, "$1"));
		expect(unique(ownNames)).toEqual(unique(known));
	});

	test.each([
		["days", "daily"],
		["sessions", "sessions"],
		["blocks", "blocks"],
	])("every field of totals of %s, and none that is not sent", (kind, path) => {
		const totals = sent.filter((one) => one.path === `/api/usage/${path}/batch`);
		expect(totals.length).toBeGreaterThan(0);
		const rows = tablesBelow(text, "### Of each total").flatMap((table) => table.rows);
		const told = rows
			.filter(([, of = ""]) => of.split(", ").includes(kind))
			.flatMap(([cell]) => codesIn(cell));
		expect(unique(told)).toEqual(unique(totals.flatMap(bodyFields)));
	});

	test("everything of the person, and nothing that is not sent", () => {
		const others = sent.filter(({ path }) => !/^\/api\/usage\/(?:events|\w+\/batch)$/.test(path));
		const fields = others.flatMap((one) => [...bodyFields(one), ...one.query]);
		expect(unique(codesBelow(text, "### Of you, once"))).toEqual(
			unique(fields.filter((field) => field !== "")),
		);
	});

	test("what leaves of projects and branches under each setting", () => {
		const [table] = tablesBelow(text, "### Projects and branches");
		const cellOf = (value: string | undefined, setting: string) => {
			if (value === undefined) return "nothing";
			return setting === "hash" && /^[\w-]{16}$/.test(value) ? "16 characters" : `\`${value}\``;
		};
		const told = (table?.rows ?? []).map(([setting = "", project = "", branch = ""]) => {
			return [setting.split("`")[1], project.replace(/ that only.*/, ""), branch];
		});
		const found = [...veiled].map(([setting, { project, branch }]) => [
			setting,
			cellOf(project, setting),
			cellOf(branch, setting),
		]);
		expect(told).toEqual(found);
	});

	test("nothing but what a dry run prints before", () => {
		const bodies = sent
			.filter(({ path }) => /^\/api\/usage\/(?:events|\w+\/batch)$/.test(path))
			.map(({ body }) => body);
		for (const body of printed) expect(bodies).toContain(body);
		expect(printed.length).toBe(4);
	});
});

test("of a server it names every table, and none that is not there", async () => {
	const db = await emptyLedger();
	const tables = await db.all<{ name: string }>(
		"select name from sqlite_master where type = 'table' order by name",
	);
	const [, kept = ""] = text.split("\n## What a server keeps\n");
	const [section = ""] = kept.split("\n## ");
	const told = [...section.matchAll(/`([a-z_0-9]+)`/g)].map(([, name = ""]) => name);
	// Marks of transactions are only where the database is far away.
	expect(told.toSorted()).toEqual([...tables.map(({ name }) => name), "commits"].toSorted());
	await db.close();
});
