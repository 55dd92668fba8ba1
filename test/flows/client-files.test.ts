import { describe, expect, setDefaultTimeout, test } from "bun:test";
import {
	chmodSync,
	chownSync,
	existsSync,
	lchownSync,
	linkSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	renameSync,
	statSync,
	symlinkSync,
	utimesSync,
	writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { mintKey } from "../../src/account/api-key.ts";
import { openLedger } from "../../src/ledger/open.ts";
import { answer, MAIN } from "../support/answers.ts";
import { AS_ORDINARY_USER, type CliHome, inHome } from "../support/run-cli.ts";
import { NOW } from "../support/scan.ts";
import { until } from "../support/until.ts";

/** Processes start slowly on a busy machine. */
setDefaultTimeout(60_000);

/** Root alone may give a file away. */
const IS_ROOT = process.getuid?.() === 0;
const SOMEBODY = 12_345;

/** Everything in a folder, with what may be done with it: `config.json 600`. */
function modesIn(folder: string): string[] {
	return readdirSync(folder, { recursive: true, encoding: "utf8" })
		.sort()
		.map((name) => `${name} ${modeOf(join(folder, name))}`);
}

function modeOf(path: string): string {
	return (statSync(path).mode & 0o7777).toString(8);
}

function underUmask(mask: string): string[] {
	return ["sh", "-c", `umask ${mask}; exec "$@"`, "sh"];
}

/** Who runs it: root, whom nothing binds, and an ordinary user, if both can be had. */
const WHO = [
	{ who: "whoever runs the tests", through: [] as readonly string[] },
	...(IS_ROOT && AS_ORDINARY_USER ? [{ who: "an ordinary user", through: AS_ORDINARY_USER }] : []),
];

// Windows has no such bits.
if (process.platform !== "win32") {
	describe.each(WHO)("for $who", ({ through }) => {
		test.each(["000", "022", "077"])(
			"the home and all in it are their owner's alone, under umask %s",
			async (mask) => {
				await inHome({ [MAIN]: [answer(1)] }, async ({ home, kept, cli }) => {
					const run = async (...words: string[]) => {
						const env = { PROJECT_PATH_PRIVACY: "hash" };
						const { code, err } = await cli(words, { env, through: [...through, ...underUmask(mask)] });
						expect({ words, code, err: code === 0 ? "" : err }).toEqual({ words, code: 0, err: "" });
					};
					await run("config", "set", "server", "http://127.0.0.1:9");
					await run("config", "set", "machineLabel", "desk");
					await run("config", "unset", "server");
					await run("collect", "--no-push");
					await run("collect", "--dry-run", "--json");
					await run("collect", "--detach", "--debounce", "0s");
					await until("a note", () => readFileSync(join(kept, "last-run.json"), "utf8").includes('"hook"'));
					// Its log stays while somebody reads.
					const reader = await openLedger(join(kept, "ledger.db"), NOW);
					await reader.all("select 1 from events");
					await run("collect", "--full", "--no-push");
					const modes = modesIn(kept);
					await reader.close();
					expect(modes).toEqual(
						[
							"collect.lock",
							"config.json",
							"config.lock",
							"last-run.json",
							"ledger.db",
							"ledger.db-shm",
							"ledger.db-wal",
							"machine.json",
							"pending.lock",
							"secret.json",
						].map((name) => `${name} 600`),
					);
					expect(modeOf(kept)).toBe("700");
					await run("user", "create", "ada", "--database", join(home, "server.db"));
					await run("backup", join(home, "copy.db"), "--database", join(home, "server.db"));
					expect([modeOf(join(home, "server.db")), modeOf(join(home, "copy.db"))]).toEqual(["600", "600"]);
				});
			},
		);

		test.each(["755", "770", "777"])(
			"a home of mode %s is closed to others, which is told once",
			async (mode) => {
				await inHome({ [MAIN]: [answer(1)] }, async ({ kept, cli }) => {
					await cli(["collect"]);
					chmodSync(kept, Number.parseInt(mode, 8));
					for (const name of readdirSync(kept)) chmodSync(join(kept, name), 0o666);
					const { code, err } = await cli(["collect", "--quiet"], { through });
					expect({ code, err }).toEqual({
						code: 0,
						err: `Others could look into ${kept} until now; they cannot any more. What is there is yours alone.\n`,
					});
					expect(modeOf(kept)).toBe("700");
					expect(modesIn(kept).filter((shown) => !shown.endsWith(" 600"))).toEqual([]);
					expect(await cli(["collect", "--quiet"], { through })).toEqual({ code: 0, out: "", err: "" });
				});
			},
		);
	});

	test("a folder that is there for others too is left as it is; what lies in it is closed", async () => {
		await inHome({ [MAIN]: [answer(1)] }, async ({ home, cli }) => {
			const shared = join(home, "shared");
			mkdirSync(shared);
			chmodSync(shared, 0o1777);
			chmodSync(home, 0o755);
			// Others' folders lie in it, as in /srv.
			const place = join(home, "place");
			mkdirSync(join(place, "of-somebody"), { recursive: true });
			chmodSync(place, 0o755);
			for (const folder of [shared, home, place]) {
				const before = modeOf(folder);
				expect((await cli(["collect", "--quiet"], { env: { PROMPTPULSE_HOME: folder } })).code).toBe(0);
				expect(modeOf(folder)).toBe(before);
				expect(modeOf(join(folder, "ledger.db"))).toBe("600");
			}
		});
	});

	test("a home that is a link to a folder of one's own is as good as the folder", async () => {
		await inHome({ [MAIN]: [answer(1)] }, async ({ home, kept, cli, report }) => {
			const real = join(home, "dotfiles");
			mkdirSync(real);
			chmodSync(real, 0o755);
			symlinkSync(real, kept);
			expect((await cli(["collect"])).code).toBe(0);
			expect(modeOf(real)).toBe("700");
			expect((await cli(["config", "set", "machineLabel", "desk"])).code).toBe(0);
			expect(existsSync(join(real, "config.json"))).toBe(true);
			expect((await report("daily")).totals.responses).toBe(1);
		});
	});

	describe.each(["ledger.db", "collect.lock", "machine.json", "secret.json", "config.json", "config.lock"])(
		"a %s",
		(name) => {
			/** What touches it. */
			const words = name.startsWith("config")
				? ["config", "set", "machineLabel", "desk"]
				: ["collect", "--dry-run"];

			async function expectRefused({ kept, cli }: CliHome, sentence: string): Promise<void> {
				const run = name.startsWith("config") ? words : ["collect"];
				const { code, out, err } = await cli(run);
				expect({ code, out }).toEqual({ code: 7, out: "" });
				expect(err).toContain(`${join(kept, name)} ${sentence}`);
				expect(err).toMatch(/^(?:[/A-Z].*\.\n){2}$/);
			}

			test("that is a link is not followed, and what it leads to stays as it is", async () => {
				await inHome({ [MAIN]: [answer(1)] }, async (it) => {
					const target = join(it.home, "target");
					writeFileSync(target, "mine", { mode: 0o644 });
					mkdirSync(it.kept, { mode: 0o700 });
					symlinkSync(target, join(it.kept, name));
					await expectRefused(it, "is a link to another file, which is not followed");
					expect(readFileSync(target, "utf8")).toBe("mine");
					expect(modeOf(target)).toBe("644");
				});
			});

			if (IS_ROOT)
				test("of another user is refused", async () => {
					await inHome({ [MAIN]: [answer(1)] }, async (it) => {
						await it.cli(["collect"]);
						await it.cli(["config", "set", "projectPrivacy", "hash"]);
						await it.cli(["collect", "--dry-run"]);
						chownSync(join(it.kept, name), SOMEBODY, SOMEBODY);
						await expectRefused(it, `belongs to another user of this machine (number ${SOMEBODY}).`);
					});
				});
		},
	);

	if (IS_ROOT) {
		test.each(["folder", "link"])(
			"a home that is the %s of another user is refused, and nothing is put there",
			async (what) => {
				await inHome({ [MAIN]: [answer(1)] }, async ({ home, kept, cli }) => {
					const folder = what === "link" ? join(home, "other") : kept;
					mkdirSync(folder, { mode: 0o777 });
					if (what === "link") symlinkSync(folder, kept);
					lchownSync(kept, SOMEBODY, SOMEBODY);
					for (const words of [
						["collect"],
						["report"],
						["config", "set", "machineLabel", "x"],
						["whoami"],
						["collect", "--debounce", "0s"],
						["config", "list"],
					]) {
						const { code, out, err } = await cli(words);
						expect({ words, code, out }).toEqual({ words, code: 7, out: "" });
						expect(err).toContain(`${kept} belongs to another user of this machine (number ${SOMEBODY}).`);
						expect(err).toContain("Name a folder of your own in PROMPTPULSE_HOME");
					}
					expect(readdirSync(folder)).toEqual([]);
				});
			},
		);
	}

	test("what killed writes have left goes with the next write; what is young or somebody's own stays", async () => {
		await inHome({}, async ({ kept, cli }) => {
			mkdirSync(kept, { mode: 0o700 });
			const names = [
				"config.json.4711",
				"config.json.0123456789ab",
				"config.json.bak",
				"config.json.2026-11-24",
			];
			for (const name of names) {
				writeFileSync(join(kept, name), JSON.stringify({ apiKey: mintKey("full") }));
				utimesSync(join(kept, name), 1, 1);
			}
			writeFileSync(join(kept, "config.json.ba9876543210"), "{}");
			await cli(["config", "set", "machineLabel", "desk"]);
			expect(readdirSync(kept).sort()).toEqual([
				"config.json",
				"config.json.2026-11-24",
				"config.json.ba9876543210",
				"config.json.bak",
				"config.lock",
			]);
		});
	});

	test("another name of a file is not written through", async () => {
		await inHome({}, async ({ home, kept, cli }) => {
			await cli(["config", "set", "machineLabel", "desk"]);
			const other = join(home, "other.json");
			linkSync(join(kept, "config.json"), other);
			const before = readFileSync(other, "utf8");
			await cli(["config", "set", "machineLabel", "chair"]);
			expect(readFileSync(other, "utf8")).toBe(before);
		});
	});

	test("a home that is moved away between two runs is made anew as it was", async () => {
		await inHome({ [MAIN]: [answer(1)] }, async ({ kept, cli }) => {
			await cli(["collect"]);
			renameSync(kept, `${kept}.moved`);
			await cli(["collect"], { through: underUmask("000") });
			expect(modeOf(kept)).toBe("700");
		});
	});
}
