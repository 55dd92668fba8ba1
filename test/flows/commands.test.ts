import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { listCommands } from "../support/all-commands.ts";
import { CASES, type Case } from "../support/command-cases.ts";
import { type Run, Stage } from "../support/command-stage.ts";
import { startMischief } from "../support/mischievous-server.ts";
import { mischievous, obeyedOf } from "../support/neutral.ts";
import { placeProgram } from "../support/placed-program.ts";
import type { CliResult } from "../support/run-cli.ts";
import { type ServedServer, serveServer } from "../support/served-server.ts";
import type { Person } from "../support/server.ts";

setDefaultTimeout(120_000);

let folder: string;
let served: ServedServer;
let mischief: ReturnType<typeof startMischief>;
const stages = {} as { ordinary: Stage; hostile: Stage };

beforeAll(async () => {
	folder = realpathSync(mkdtempSync(join(tmpdir(), "promptpulse-commands-")));
	const program = await placeProgram(join(folder, "bin"));
	served = await serveServer({ now: Date.now });
	const ada = await served.server.join("ada", "owner");
	const eve = await served.server.join("eve");
	mischief = startMischief((request) => served.server.server.handle(request));
	const make = (name: keyof typeof stages, origin: string, { keys }: Person) => {
		mkdirSync(join(folder, name));
		return Stage.make(join(folder, name), program, name === "hostile", { origin, key: keys.full });
	};
	[stages.ordinary, stages.hostile] = await Promise.all([
		make("ordinary", served.origin, ada),
		make("hostile", mischief.origin, eve),
	]);
});

afterAll(async () => {
	await mischief?.stop();
	await served?.stop();
	rmSync(folder, { recursive: true, force: true });
});

/** A setting has a name in it that cannot be used: nothing is printed. */
const REFUSED = 7;

const COMMANDS = listCommands();
const RUNS = COMMANDS.flatMap(({ path, hasJson }) =>
	(CASES[path] ?? []).map((one, at) => ({ path, at, one, hasJson: hasJson && one.json !== false })),
);

/** Runs a command in a home of its own. */
function run(
	stage: Stage,
	path: string,
	one: Case,
	how: Run,
	more: readonly string[] = [],
): Promise<CliResult> {
	const place = stage.place();
	const { words = () => [], until } = one;
	return stage.run(place, [...path.split(" "), ...words(place), ...more], { until, ...how });
}

/** Lines that are wider than the screen, other than those that end in a path, which stays whole to be copied. */
function tooWide(out: string, columns: number): string[] {
	return Bun.stripANSI(out)
		.split("\r\n")
		.filter((line) => Bun.stringWidth(line) > columns)
		.filter((line) => /\S \S/.test(line) && !/ \S*\/\S*$/.test(line));
}

test("every command of the program is run here, and with --json where it has that", () => {
	expect(Object.keys(CASES).sort()).toEqual(COMMANDS.map(({ path }) => path).sort());
	const withJson = new Set(RUNS.filter(({ hasJson }) => hasJson).map(({ path }) => path));
	for (const { path, hasJson } of COMMANDS) expect([path, withJson.has(path)]).toEqual([path, hasJson]);
});

// A pseudo-terminal is not to be had everywhere.
const onTerminals = describe.skipIf(process.platform === "win32");

onTerminals("every command", () => {
	test.concurrent.each(RUNS)("says the same to pipes and screens: $path ($at)", async ({ path, one }) => {
		const { code = 0, lays, whole = [], isSilent = false } = one;
		// Where it is seen that it can be ended is stderr.
		const isErrSeen = one.until !== undefined;
		const [piped, narrow, wide, grey, dumb] = await Promise.all([
			run(stages.ordinary, path, one, {}),
			run(stages.ordinary, path, one, { columns: 40, isErrSeen }),
			run(stages.ordinary, path, one, { columns: 200, isErrSeen }),
			run(stages.ordinary, path, one, { columns: 200, isErrSeen, env: { NO_COLOR: "1" } }),
			run(stages.ordinary, path, one, { columns: 80, isErrSeen: true, env: { NO_COLOR: "1", TERM: "dumb" } }),
		]);
		for (const result of [piped, narrow, wide, grey, dumb]) expect(result).toMatchObject({ code });
		expect(piped.out === "").toBe(isSilent);
		for (const text of [piped.out, piped.err, grey.out, grey.err, dumb.out])
			expect(text).not.toContain("\x1b");
		expect(obeyedOf(wide.out + narrow.out + dumb.out)).toEqual([]);
		if (lays) expect(tooWide(narrow.out, 40)).toEqual([]);
		if (lays) expect(tooWide(wide.out, 200)).toEqual([]);
		for (const text of whole) expect(Bun.stripANSI(wide.out)).toContain(text);
	});

	test.concurrent.each(RUNS)("lets no name do anything to a screen: $path ($at)", async ({ path, one }) => {
		const { code = 0, hostileCode = code, lays, isExact = false } = one;
		const [piped, narrow, wide] = await Promise.all([
			run(stages.hostile, path, one, {}),
			run(stages.hostile, path, one, { columns: 40, isErrSeen: one.until !== undefined }),
			run(stages.hostile, path, one, { columns: 200, isErrSeen: true }),
		]);
		for (const result of [piped, narrow, wide]) expect(result).toMatchObject({ code: hostileCode });
		for (const text of [piped.err, narrow.out, narrow.err, wide.out]) expect(obeyedOf(text)).toEqual([]);
		if (!isExact) expect(obeyedOf(piped.out)).toEqual([]);
		if (lays === "table") expect(tooWide(narrow.out, 40)).toEqual([]);
	});

	test.concurrent.each(RUNS.filter(({ hasJson }) => hasJson))(
		"prints JSON and nothing else with --json: $path ($at)",
		async ({ path, one }) => {
			const { code = 0, hostileCode = code } = one;
			const [piped, seen, hostile] = await Promise.all([
				run(stages.ordinary, path, one, {}, ["--json"]),
				run(stages.ordinary, path, one, { columns: 40 }, ["--json"]),
				run(stages.hostile, path, one, { columns: 40 }, ["--json"]),
			]);
			for (const result of [piped, seen]) expect(result).toMatchObject({ code });
			expect(hostile).toMatchObject({ code: hostileCode });
			for (const { out } of hostileCode === REFUSED ? [piped, seen] : [piped, seen, hostile]) {
				expect(typeof JSON.parse(out)).toBe("object");
			}
			expect(obeyedOf(hostile.out + hostile.err)).toEqual([]);
		},
	);
});

/** What has commands of its own below it. */
const GROUPS = [...new Set(COMMANDS.map(({ path }) => path.split(" ").slice(0, -1).join(" ")))].filter(
	Boolean,
);
const PATHS = [...COMMANDS.map(({ path }) => path), ...GROUPS].map((path) => path.split(" "));

onTerminals("what is told of a command", () => {
	test.concurrent.each([[""], ...PATHS])("is its help, on any screen and off it: %s", async (...path) => {
		const words = [...path.filter(Boolean), "--help"];
		const stage = stages.ordinary;
		const results = await Promise.all([
			stage.run(stage.place(), words),
			stage.run(stage.place(), words, { columns: 40 }),
			stage.run(stage.place(), words, { columns: 200, isErrSeen: true }),
		]);
		for (const { code, out, err } of results) {
			expect({ code, err }).toEqual({ code: 0, err: "" });
			expect(out).toMatch(/^Usage: promptpulse/m);
			expect(out).not.toContain("\x1b");
		}
	});

	test.concurrent.each(PATHS)("is that it has no such flag, whatever that is called: %s", async (...path) => {
		const stage = stages.hostile;
		const words = [...path, `--${mischievous("nothing")}`];
		const results = await Promise.all([
			stage.run(stage.place(), words),
			stage.run(stage.place(), words, { columns: 40, isErrSeen: true }),
		]);
		for (const { code, out, err } of results) {
			expect(code).toBe(2);
			expect(out + err).toContain("unknown option '--nothing[31m");
			expect(obeyedOf(out + err)).toEqual([]);
		}
	});

	test.concurrent.each(GROUPS)("is its help where it says too little: %s", async (group) => {
		const stage = stages.ordinary;
		const { code, out, err } = await stage.run(stage.place(), group.split(" "));
		expect({ code, out }).toEqual({ code: 2, out: "" });
		expect(err).toContain(`Usage: promptpulse ${group}`);
	});
});

onTerminals("on a screen that is drawn on, names do nothing either:", () => {
	test.concurrent.each([40, 200])("the running block, %d columns wide", async (columns) => {
		const stage = stages.hostile;
		const words = ["report", "blocks", "--live"];
		const how = { columns, isErrSeen: true, until: "until Ctrl-C" };
		const { code, out } = await stage.run(stage.place(), words, how);
		expect(code).toBe(0);
		expect(out).toContain("shop[31m");
		expect(obeyedOf(out, true)).toEqual([]);
		const picture = out.slice(0, out.indexOf("\x1b[?1049l"));
		for (const line of Bun.stripANSI(picture).split(/\r+\n/)) {
			expect(Bun.stringWidth(line)).toBeLessThanOrEqual(columns);
		}
	});

	test.concurrent.each([[["login"]], [["import", "remove", "ccusage"]]])(
		"where it cannot be drawn on, nobody is asked: %p",
		async (words) => {
			const stage = stages.hostile;
			const how = { columns: 80, isErrSeen: true, env: { TERM: "dumb" } };
			const { code, out } = await stage.run(stage.place(), [...words], how);
			expect(code).toBe(2);
			expect(out).toMatch(/Nothing was (?:changed|removed)/);
			expect(out).not.toContain("\x1b");
		},
	);

	test.concurrent.each([
		[["import", "remove", "ccusage"], "Remove what was imported", "old desktop[31m"],
		[["login", "--server", "http://127.0.0.1:9"], "Replace that login?", "eve[31m"],
	])("the question of %p", async (words, question, name) => {
		const stage = stages.hostile;
		const how = { columns: 200, isErrSeen: true, types: [question, "n"] } as const;
		const { out } = await stage.run(stage.place(), words, how);
		expect(out).toContain(name);
		// How a question is drawn is not ours.
		expect(out.replaceAll("\x1b", "")).not.toMatch(/(?![\r\n])[\p{Cc}\p{Cf}]/u);
		expect(out).not.toMatch(/^\W*INJECTED/m);
	});
});
