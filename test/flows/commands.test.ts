import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { buildBinary } from "../../build.ts";
import { listCommands } from "../support/all-commands.ts";
import { CASES, type Case } from "../support/command-cases.ts";
import { type Run, Stage } from "../support/command-stage.ts";
import { startMischief } from "../support/mischievous-server.ts";
import { obeyedOf } from "../support/neutral.ts";
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
	await buildBinary(pathToFileURL(`${join(folder, "bin")}/`));
	served = await serveServer({ now: Date.now });
	const ada = await served.server.join("ada", "owner");
	const eve = await served.server.join("eve");
	mischief = startMischief(served.origin);
	const make = (name: keyof typeof stages, origin: string, { keys }: Person) => {
		mkdirSync(join(folder, name));
		const program = join(folder, "bin/promptpulse");
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
	const { words = () => [], until, types } = one;
	return stage.run(place, [...path.split(" "), ...words(place), ...more], { until, types, ...how });
}

/** Lines that are wider than the screen, other than those that end in a path, which stays whole to be copied. */
function tooWide(out: string, columns: number): string[] {
	return Bun.stripANSI(out)
		.split("\r\n")
		.filter((line) => Bun.stringWidth(line) > columns)
		.filter((line) => line.includes(" ") && !/ \S*\/\S*$/.test(line));
}

test("every command of the program is run here, and with --json where it has that", () => {
	expect(Object.keys(CASES).sort()).toEqual(COMMANDS.map(({ path }) => path).sort());
	const withJson = new Set(RUNS.filter(({ hasJson }) => hasJson).map(({ path }) => path));
	for (const { path, hasJson } of COMMANDS) expect([path, withJson.has(path)]).toEqual([path, hasJson]);
});

// A pseudo-terminal is not to be had everywhere.
describe.skipIf(process.platform === "win32").each(RUNS)(
	"promptpulse $path ($at)",
	({ path, one, hasJson }) => {
		const { code = 0, hostileCode = code, lays, whole = [], isSilent = false } = one;

		test("says the same to a pipe, to screens of any width, and without colours", async () => {
			const stage = stages.ordinary;
			const [piped, narrow, wide, grey, dumb] = await Promise.all([
				run(stage, path, one, {}),
				run(stage, path, one, { columns: 40, isErrSeen: one.until !== undefined }),
				run(stage, path, one, { columns: 200, isErrSeen: one.until !== undefined }),
				run(stage, path, one, { columns: 200, env: { NO_COLOR: "1" }, isErrSeen: one.until !== undefined }),
				run(stage, path, one, { columns: 80, isErrSeen: true, env: { NO_COLOR: "1", TERM: "dumb" } }),
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

		test.if(hasJson)("prints JSON and nothing else, to pipes and to screens", async () => {
			const [piped, seen, hostile] = await Promise.all([
				run(stages.ordinary, path, one, {}, ["--json"]),
				run(stages.ordinary, path, one, { columns: 40 }, ["--json"]),
				run(stages.hostile, path, one, { columns: 40 }, ["--json"]),
			]);
			for (const result of [piped, seen]) expect(result).toMatchObject({ code });
			for (const { out } of [piped, seen]) expect(JSON.parse(out)).toBeObject();
			if (hostileCode !== 7) expect(typeof JSON.parse(hostile.out)).toBe("object");
			expect(hostile.code).toBe(hostileCode);
			for (const { out, err } of [piped, seen, hostile]) expect(obeyedOf(out + err)).toEqual([]);
		});

		test("lets no name do anything to a screen", async () => {
			const results = await Promise.all([
				run(stages.hostile, path, one, {}),
				run(stages.hostile, path, one, { columns: 40, isErrSeen: one.until !== undefined }),
				run(stages.hostile, path, one, { columns: 200, isErrSeen: true }),
			]);
			for (const { out, err } of results) expect(obeyedOf(`${out}\n${err}`)).toEqual([]);
			if (lays === "table") expect(tooWide(results[1]?.out ?? "", 40)).toEqual([]);
			for (const result of results) expect(result).toMatchObject({ code: hostileCode });
		});
	},
);
