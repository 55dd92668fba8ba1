import { describe, expect, setDefaultTimeout, test } from "bun:test";
import {
	chmodSync,
	existsSync,
	mkdirSync,
	readFileSync,
	renameSync,
	rmSync,
	statSync,
	symlinkSync,
	utimesSync,
	writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { judgeDisk } from "../../src/cli/doctor/disk-checks.ts";
import { judgeSqlite } from "../../src/cli/doctor/program-checks.ts";
import { emptyPath, examine } from "../support/doctor.ts";
import { type CliHome, inHome } from "../support/run-cli.ts";

/** Processes start slowly on a busy machine. */
setDefaultTimeout(60_000);

const LOGIN = JSON.stringify({ username: "ada" });

/** A home in which a collect has run, and a `config.json` lies. */
async function used(use: (home: CliHome) => Promise<void>): Promise<void> {
	await inHome({}, async (home) => {
		await home.cli(["collect", "--quiet"]);
		writeFileSync(join(home.kept, "config.json"), LOGIN, { mode: 0o600 });
		await use(home);
	});
}

function modeOf(path: string): number {
	return statSync(path).mode & 0o777;
}

describe("the doctor, of the home", () => {
	test("tells rights that others have, and --fix takes them away and says so", async () => {
		await used(async (home) => {
			const [config, ledger] = [join(home.kept, "config.json"), join(home.kept, "ledger.db")];
			chmodSync(home.kept, 0o755);
			chmodSync(config, 0o644);
			chmodSync(ledger, 0o660);
			const told = await examine(home);
			expect(told.failing).toEqual(["home", "files in it"]);
			expect(told.of("home").found).toBe(
				`Others may look into ${home.kept} or write there (its rights are 755).`,
			);
			expect(told.of("home").mend).toBe(`Run promptpulse doctor --fix, or chmod 700 ${home.kept}`);
			expect(told.of("files in it").found).toBe(
				`Others may read or change ledger.db, config.json in ${home.kept}. If there is a key in config.json, replace it by a new one.`,
			);
			expect([modeOf(home.kept), modeOf(config), modeOf(ledger)]).toEqual([0o755, 0o644, 0o660]);

			const mended = await examine(home, ["--fix"]);
			expect({ code: mended.code, failing: mended.failing }).toEqual({ code: 0, failing: [] });
			expect(mended.fixed).toEqual([
				`Closed ${home.kept} to everybody else: its rights are 700 now.`,
				`Closed ${ledger} to everybody else: its rights are 600 now.`,
				`Closed ${config} to everybody else: its rights are 600 now.`,
			]);
			expect([modeOf(home.kept), modeOf(config), modeOf(ledger)]).toEqual([0o700, 0o600, 0o600]);
			expect(readFileSync(config, "utf8")).toBe(LOGIN);
			expect((await examine(home, ["--fix"])).fixed).toEqual([]);
		});
	});

	test("says to people what --fix did", async () => {
		await used(async ({ home, kept, cli }) => {
			chmodSync(kept, 0o750);
			const { code, out } = await cli(["doctor", "--fix"], { env: { PATH: emptyPath(home) } });
			expect(code).toBe(0);
			expect(out).toContain(`\nClosed ${kept} to everybody else: its rights are 700 now.\nOf `);
		});
	});

	test("--fix changes nothing that is not of PromptPulse", async () => {
		await used(async (home) => {
			const foreign = join(home.kept, "notes.txt");
			writeFileSync(foreign, "mine", { mode: 0o644 });
			const old = join(home.kept, "notes.txt.0123456789ab");
			writeFileSync(old, "mine too", { mode: 0o644 });
			utimesSync(old, 0, 0);
			expect((await examine(home, ["--fix"])).fixed).toEqual([]);
			expect([modeOf(foreign), modeOf(old)]).toEqual([0o644, 0o644]);
		});
	});

	test("tells what killed writes have left for more than a day, and --fix removes it", async () => {
		await used(async (home) => {
			const names = ["config.json.0123456789ab", "machine.json.4711", "config.json.ba9876543210"];
			const [old, older, young] = names.map((name) => join(home.kept, name));
			if (!old || !older || !young) throw new Error("there are three");
			for (const path of [old, older, young]) writeFileSync(path, "half", { mode: 0o600 });
			const before = Date.now() / 1000 - 25 * 3_600;
			for (const path of [old, older]) utimesSync(path, before, before);
			const told = await examine(home);
			expect(told.of("files left over")).toMatchObject({
				state: "warning",
				found: expect.stringMatching(/^2 files in /),
				mend: "Run promptpulse doctor --fix",
			});
			expect(existsSync(old)).toBe(true);
			const mended = await examine(home, ["--fix"]);
			expect(mended.fixed.toSorted()).toEqual([
				`Removed ${old}, which a killed write had left.`,
				`Removed ${older}, which a killed write had left.`,
			]);
			expect([old, older, young].map((path) => existsSync(path))).toEqual([false, false, true]);
		});
	});

	test("follows a link to a folder of one's own, and no link in it", async () => {
		await used(async (home) => {
			const elsewhere = join(home.home, "dotfiles");
			renameSync(home.kept, elsewhere);
			symlinkSync(elsewhere, home.kept);
			expect((await examine(home)).of("home").found).toBe(`${home.kept}, a link to a folder of yours`);
			const machine = join(elsewhere, "machine.json");
			renameSync(machine, join(home.home, "other.json"));
			symlinkSync(join(home.home, "other.json"), machine);
			const told = await examine(home, ["--fix"]);
			expect(told.failing).toEqual(["files in it", "machine id"]);
			expect(told.of("machine id").found).toContain("is a link to another file");
			expect(told.fixed).toEqual([]);
		});
	});

	test.if(process.getuid?.() === 0)(
		"refuses what belongs to somebody else, and asks it nothing",
		async () => {
			await used(async (home) => {
				Bun.spawnSync(["chown", "-R", "12345", home.kept]);
				const told = await examine(home, ["--fix"]);
				expect(told.failing).toEqual([
					"home",
					"files in it",
					"files left over",
					"machine id",
					"config.json",
					"key",
					"ledger",
				]);
				expect(told.of("home")).toMatchObject({
					found: `${home.kept} belongs to another user of this machine (number 12345).`,
					mend: expect.stringContaining("PROMPTPULSE_HOME"),
				});
				expect(told.fixed).toEqual([]);
			});
		},
	);

	test("tells a home that is no folder", async () => {
		await inHome({}, async (home) => {
			writeFileSync(home.kept, "");
			expect((await examine(home)).of("home").found).toBe(`${home.kept} is no folder.`);
			rmSync(home.kept);
			symlinkSync(join(home.home, "nowhere"), home.kept);
			expect((await examine(home)).of("home").found).toBe(`${home.kept} is a link that leads nowhere.`);
		});
	});

	test("leaves a folder open that is there for others too", async () => {
		await inHome({}, async (home) => {
			chmodSync(home.home, 0o755);
			const told = await examine(home, ["--fix"], { env: { PROMPTPULSE_HOME: home.home } });
			expect(told.of("home")).toMatchObject({
				state: "passed",
				found: `${home.home}, which is there for others too`,
			});
			expect(modeOf(home.home)).toBe(0o755);
		});
	});

	test("quotes a path that a shell would take apart", async () => {
		await inHome({}, async (home) => {
			const kept = join(home.home, "it's mine; rm -rf x");
			mkdirSync(kept, { mode: 0o755 });
			const told = await examine(home, [], { env: { PROMPTPULSE_HOME: kept } });
			expect(told.of("home").mend).toEndWith(`chmod 700 '${home.home}/it'\\''s mine; rm -rf x'`);
		});
	});
});

describe("the doctor, of settings", () => {
	test.each([
		["config.json", "[]", "config.json", "holds no object"],
		["config.json", '{"server": 7}', "config.json", '"server" is not a text'],
		["config.json", '{"projects": {"/home/me/secret": {"ignore": "yes"}}}', "config.json", "/home/me/secret"],
		["machine.json", '{"id": "laptop"}', "machine id", "has no machine id in it"],
		["machine.json", "{", "machine id", "cannot be read"],
	])("tells a %s that says %s", async (name, text, check, sentence) => {
		await used(async (home) => {
			writeFileSync(join(home.kept, name), text, { mode: 0o600 });
			const told = await examine(home);
			expect(told.failing).toContain(check);
			expect(told.of(check).found).toContain(sentence);
			expect(told.of(check).mend).not.toBeNull();
		});
	});

	test("tells a name and a privacy that are none, wherever they come from", async () => {
		await used(async (home) => {
			const env = { MACHINE_ID: "a\u0007b", PROJECT_PATH_PRIVACY: "everything" };
			const told = await examine(home, [], { env });
			expect(told.failing).toEqual(["MACHINE_ID", "PROJECT_PATH_PRIVACY"]);
			expect(told.of("PROJECT_PATH_PRIVACY")).toMatchObject({
				found: 'PROJECT_PATH_PRIVACY is "everything", which is no setting of it.',
				mend: expect.stringContaining("Set it to one of basename, full, hash, none"),
			});
			writeFileSync(join(home.kept, "config.json"), '{"projectPrivacy": "nothing"}', { mode: 0o600 });
			expect((await examine(home)).failing).toEqual(["PROJECT_PATH_PRIVACY"]);
		});
	});

	test("makes no secret, and tells one that is none", async () => {
		await used(async (home) => {
			const env = { PROJECT_PATH_PRIVACY: "hash" };
			const path = join(home.kept, "secret.json");
			expect((await examine(home, ["--fix"], { env })).failing).toEqual([]);
			expect(existsSync(path)).toBe(false);
			writeFileSync(path, "{}", { mode: 0o600 });
			const told = await examine(home, [], { env });
			expect(told.failing).toEqual(["PROJECT_PATH_PRIVACY"]);
			expect(told.of("PROJECT_PATH_PRIVACY").found).toContain("has no secret in it");
		});
	});
});

describe("how disks and SQLite are judged", () => {
	const GB = 1024 ** 3;
	const [EXT4, NFS] = [0xef53, 0x6969];
	test.each([
		["a disk with room", { type: EXT4, freeBytes: 50 * GB, bytes: 100 * GB }, "passed"],
		["a large disk that is nearly full", { type: EXT4, freeBytes: 10 * GB, bytes: 1_000 * GB }, "passed"],
		["a disk with less than 5 %", { type: EXT4, freeBytes: GB, bytes: 100 * GB }, "warning"],
		["a disk with less than 100 MB", { type: EXT4, freeBytes: 99e6, bytes: 0.5 * GB }, "warning"],
		["a disk that is full", { type: EXT4, freeBytes: 4_096, bytes: 100 * GB }, "failed"],
		["a disk over a network", { type: NFS, freeBytes: 50 * GB, bytes: 100 * GB }, "warning"],
	])("%s", (_what, disk, state) => {
		// Only Linux numbers disks like this.
		if (process.platform === "linux") expect(judgeDisk(disk).state).toBe(state as "passed");
	});

	test.each([
		["3.38.0", "passed"],
		["3.54.1", "passed"],
		["3.37.2", "failed"],
		["unknown", "failed"],
	])("SQLite %s", (version, state) => expect(judgeSqlite(version).state).toBe(state as "passed"));
});
