import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { join } from "node:path";
import { type Installing, SHELLS, whoInstalls } from "../support/installing.ts";
import { type Files, madeProgram, madeRelease, serveReleases } from "../support/release-server.ts";
import { until } from "../support/until.ts";

setDefaultTimeout(60_000);

const [OLD, NEW] = [madeRelease(madeProgram("0.9.0")), madeRelease(madeProgram("0.10.0"))];

/** A megabyte that cannot be packed well. */
const NOISE = crypto.getRandomValues(new Uint8Array(500_000)).toHex();
const CAN_MOUNT =
	Bun.which("unshare") !== null &&
	Bun.spawnSync(["unshare", "--mount", "mount", "-t", "tmpfs", "none", "/mnt"]).success;

/** The tools that change something. */
const STEPS = ["ln", "mkdir", "curl", "gzip", "chmod", "sync", "mv", "rm"];

/** Puts a stand-in before each step that ends everything after its work when its turn has come, as a terminal would. */
function makeSteps(folder: string): string {
	const steps = join(folder, "steps");
	mkdirSync(steps);
	for (const step of STEPS) {
		const script = `#!/bin/sh
turn=0
[ ! -e '${folder}/turn' ] || read -r turn <'${folder}/turn'
echo $((turn + 1)) >'${folder}/turn'
'${Bun.which(step)}' "$@"
status=$?
[ "$turn" != "$END_AT" ] || kill -s "$END_BY" 0
exit $status
`;
		writeFileSync(join(steps, step), script, { mode: 0o755 });
	}
	return steps;
}

/** Upgrades again and again, ended after some steps more each time, until one comes to its end. */
async function endAtEachStep(
	shell: readonly string[],
	signal: "KILL" | "TERM",
	look: (person: Installing, turn: number, code: number) => void,
	stride = 1,
): Promise<void> {
	await using server = await serveReleases({ latest: NEW });
	await whoInstalls(server, async (person) => {
		const { folder, bin, program, tools, start, version, left } = person;
		const path = `${makeSteps(folder)}:${tools}`;
		mkdirSync(bin, { recursive: true });
		const seen = new Set<string>();
		for (let turn = 0; ; turn += stride) {
			rmSync(join(folder, "turn"), { force: true });
			rmSync(join(bin, "ppulse"), { force: true });
			writeFileSync(program, madeProgram("0.9.0"), { mode: 0o755 });
			const env = { PATH: path, END_AT: String(turn), END_BY: signal };
			const code = await start([], { env, shell, isDetached: true }).exited;
			seen.add(version());
			if (code === 0) break;
			look(person, turn, code);
		}
		expect([...seen]).toEqual(["0.9.0", "0.10.0"]);
		expect(left()).toEqual(["ppulse", "promptpulse"]);
	});
}

describe.skipIf(process.platform === "win32")("R41: an upgrade that is ended after any of its steps", () => {
	test("by SIGKILL leaves the old program or the new one, and the next upgrade clears up", async () => {
		await endAtEachStep(["sh"], "KILL", ({ version }, turn, code) => {
			expect([turn, code, version()]).toEqual([turn, 137, expect.stringMatching(/^0\.(?:9|10)\.0$/)]);
		});
	});

	test.each(SHELLS.map((shell) => [shell.join(" "), shell] as const))(
		"by SIGTERM, in %s, leaves nothing beside that",
		async (_, shell) => {
			const look = ({ left }: Installing, turn: number, code: number) => {
				expect([turn, code]).toEqual([turn, 143]);
				expect([turn, left().filter((name) => name !== "ppulse")]).toEqual([turn, ["promptpulse"]]);
			};
			// What a shell does with a signal hardly depends on the step.
			await endAtEachStep(shell, "TERM", look, shell[0] === "sh" ? 1 : 4);
		},
	);
});

describe.skipIf(process.platform === "win32")("an installer", () => {
	/** Serves the new release, and holds its package back until it is let go. */
	async function withHeld(
		use: (
			person: Installing,
			held: { asked: Promise<void>; release(): void; isGone(): boolean },
		) => Promise<void>,
	): Promise<void> {
		await using server = await serveReleases({ latest: NEW });
		const asked = Promise.withResolvers<void>();
		const released = Promise.withResolvers<boolean>();
		let gone = false;
		server.before = (path: string, response: ServerResponse) => {
			if (!path.endsWith(".gz")) return false;
			response.on("close", () => {
				gone = true;
			});
			asked.resolve();
			return released.promise;
		};
		const held = { asked: asked.promise, release: () => released.resolve(false), isGone: () => gone };
		await whoInstalls(server, (person) => use(person, held));
		held.release();
	}

	test("does not work beside another one", async () => {
		await withHeld(async ({ install, start, version, left }, { asked, release }) => {
			const first = start();
			await asked;
			const second = await install();
			expect([second.code, second.err]).toEqual([
				8,
				expect.stringContaining("Another installer is at work in"),
			]);
			release();
			expect([await first.exited, version(), left()]).toEqual([0, "0.10.0", ["ppulse", "promptpulse"]]);
		});
	});

	const signals = [
		["SIGTERM", 143],
		["SIGINT", 130],
		["SIGHUP", 129],
	] as const;

	test.each(signals)(
		"stops at %s while it waits for the network, and its new folder is gone",
		async (signal, code) => {
			await withHeld(async ({ start, left }, { asked, isGone }) => {
				const child = start();
				await asked;
				child.kill(signal);
				expect(await child.exited).toBe(code);
				expect(left).toThrow("ENOENT");
				await until("the end of the download", isGone);
			});
		},
	);

	test("takes over from a killed one, though another process has its number, but not within two hours", async () => {
		await using server = await serveReleases({ latest: NEW });
		await whoInstalls(server, async ({ bin, install, left }) => {
			mkdirSync(bin, { recursive: true });
			const lock = join(bin, ".promptpulse-install");
			symlinkSync(String(process.pid), lock);
			const early = await install();
			expect([early.code, early.err]).toEqual([8, expect.stringContaining(`remove ${lock}.`)]);
			Bun.spawnSync(["touch", "-h", "-d", "2026-01-01", lock]);
			expect([(await install()).code, left()]).toEqual([0, ["ppulse", "promptpulse"]]);
			for (const odd of ["no number", "../../..", "-1", "0"]) {
				symlinkSync(odd, lock);
				expect([odd, (await install()).code, left()]).toEqual([odd, 0, ["ppulse", "promptpulse"]]);
			}
		});
	});

	test("S69 says so where files may not become so large, and leaves nothing of them", async () => {
		const limits: [Files, number, string][] = [
			[madeRelease(`${madeProgram("0.10.0")}#${NOISE}`), 5, "than this shell may write"],
			[madeRelease(`${madeProgram("0.10.0")}#${"x".repeat(1_000_000)}`), 7, "Make room there"],
		];
		for (const [latest, wanted, sentence] of limits) {
			await using server = await serveReleases({ latest });
			await whoInstalls(server, async ({ bin, program, install, version, left }) => {
				mkdirSync(bin, { recursive: true });
				writeFileSync(program, madeProgram("0.9.0"), { mode: 0o755 });
				// In blocks of 512 bytes: no file may become larger than this.
				const through = ["sh", "-c", 'ulimit -f 1000; exec "$@"', "sh"];
				const { code, err } = await install([], { through });
				expect([code, err]).toEqual([wanted, expect.stringContaining(sentence)]);
				expect([version(), left()]).toEqual(["0.9.0", ["promptpulse"]]);
			});
		}
	});

	test.skipIf(!CAN_MOUNT)("S69 says so where the disk is full", async () => {
		await using server = await serveReleases({ latest: madeRelease(`${madeProgram("0.10.0")}#${NOISE}`) });
		for (const tools of [["curl"], ["wget"]]) {
			const use = async ({ bin, install }: Installing) => {
				mkdirSync(bin, { recursive: true });
				const script = `"$MOUNT" -t tmpfs -o size=300k,mode=755 none '${bin}' && { "$@"; code=$?; "$LS" -A '${bin}'; exit $code; }`;
				const through = ["unshare", "--mount", "sh", "-c", script, "sh"];
				const env = { MOUNT: Bun.which("mount") ?? "", LS: Bun.which("ls") ?? "" };
				const { code, out, err } = await install([], { through, env });
				expect([code, err]).toEqual([7, expect.stringContaining("Make room there")]);
				expect(out.split("\n").slice(1)).toEqual([""]);
			};
			await whoInstalls(server, use, { tools });
		}
	});

	test("may replace what runs all the time: every run is of the old one or of the new one", async () => {
		await using server = await serveReleases({ latest: NEW, "0.9.0": OLD });
		await whoInstalls(server, async ({ program, install, folder }) => {
			await install(["--version", "0.9.0"]);
			const runs = join(folder, "runs");
			const loop = Bun.spawn([
				"/bin/sh",
				"-c",
				`while :; do '${program}' --version >>'${runs}' 2>&1 || echo failed >>'${runs}'; done`,
			]);
			for (const args of [[], ["--version", "0.9.0", "--allow-downgrade"], []]) {
				expect((await install(args)).code).toBe(0);
			}
			loop.kill();
			await loop.exited;
			expect([...new Set(readFileSync(runs, "utf8").trim().split("\n"))].sort()).toEqual(["0.10.0", "0.9.0"]);
		});
	});
});
