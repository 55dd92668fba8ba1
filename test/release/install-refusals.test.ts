import { describe, expect, setDefaultTimeout, test } from "bun:test";
import {
	chmodSync,
	chownSync,
	existsSync,
	mkdirSync,
	readdirSync,
	statSync,
	symlinkSync,
	writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { type Installing, isRefused, stampedInstaller, whoInstalls } from "../support/installing.ts";
import { type Files, madeProgram, madeRelease, serveReleases, withSums } from "../support/release-server.ts";
import { AS_ORDINARY_USER } from "../support/run-cli.ts";
import { inFolder } from "../support/scan.ts";

setDefaultTimeout(60_000);

const NEW = madeRelease(madeProgram("0.10.0"));

/** Every file of a release whose name ends so, changed. */
function changed(end: RegExp, change: (content: Buffer) => Uint8Array | string): Files {
	const entries = Object.entries(NEW).map(([name, content]) => [
		name,
		end.test(name) ? change(Buffer.from(content)) : content,
	]);
	return Object.fromEntries(entries);
}

describe.skipIf(process.platform === "win32")("S69 an installer stops, and what was there stays, at", () => {
	const half = (content: Buffer) => content.subarray(0, content.length / 2);
	const releases: [string, Files, number, string][] = [
		["a packed program that is another one", changed(/\.gz$/, () => "other"), 5, "is not what the list of"],
		["a packed program that is cut", changed(/\.gz$/, half), 5, "came incomplete"],
		[
			"a packed program that was published by half",
			withSums(changed(/\.gz$/, half)),
			5,
			"is broken as it was",
		],
		[
			"a program in a package of another one",
			withSums(changed(/\.gz$/, () => gz("other"))),
			5,
			"is not what",
		],
		[
			"a list without the name",
			changed(/SUMS$/, (c) => c.toString().replaceAll("promptpulse-", "prompt-")),
			5,
			"does not name",
		],
		["a list with the name twice", changed(/SUMS$/, (c) => `${c}${c}`), 5, "does not name"],
		[
			"a list without the package",
			changed(/SUMS$/, (c) => c.toString().replace(/^.*\.gz\n/gm, "")),
			5,
			"does not name",
		],
		[
			"a list with sums that are none",
			changed(/SUMS$/, (c) => c.toString().replace(/^\w{8}/gm, "$(touch)")),
			5,
			"does not name",
		],
		["a list that is a page", changed(/SUMS$/, () => "<html>Log in, please.</html>"), 5, "does not name"],
		["a list without an end", changed(/SUMS$/, () => Buffer.alloc(3_000_000, "a\n")), 5, "is larger than"],
		["an older release as the latest one", madeRelease(madeProgram("0.8.9")), 5, "and 0.8.9 is older"],
		["a candidate of the release that is there", madeRelease(madeProgram("0.9.0-rc.1")), 5, "is older"],
		["a program without a version", madeRelease("#!/bin/sh\necho Hello there\n"), 1, "does not run here"],
		["a program that does not run", madeRelease("\x7fELF for something else"), 1, "does not run here"],
		["a program that fails", madeRelease("#!/bin/sh\necho no GLIBC_9.9 >&2; exit 127\n"), 1, "no GLIBC_9.9"],
		["a version that is a path", madeRelease(madeProgram("../../../tmp/x")), 1, "does not run here"],
		[
			"a version that is a command",
			madeRelease(madeProgram("$(touch /tmp/installed-by-version)")),
			1,
			"does not run",
		],
		["a version of two lines", madeRelease(madeProgram("0.11.0\n0.11.0")), 1, "does not run here"],
		["a version that is too long", madeRelease(madeProgram(`1.0.${"9".repeat(40)}`)), 1, "does not run here"],
		["no release", {}, 4, "There is no http"],
	];

	test.each(releases)("%s", async (_, latest, code, sentence) => {
		await using server = await serveReleases({ latest });
		expect(await isRefused(server)).toEqual([code, expect.stringContaining(sentence)]);
		expect(existsSync("/tmp/installed-by-version")).toBe(false);
	});

	test("another version than the one that was asked for", async () => {
		await using server = await serveReleases({ "1.0.0": NEW });
		const told = await isRefused(server, { args: ["--version", "1.0.0"] });
		expect(told).toEqual([5, expect.stringContaining("Version 1.0.0 was asked for")]);
	});

	test("a latest release that is older than the installer itself", async () => {
		await using server = await serveReleases({ latest: NEW });
		await inFolder(async (folder) => {
			const script = stampedInstaller(folder, { version: "0.11.0" });
			expect(await isRefused(server, { script })).toEqual([
				5,
				expect.stringContaining("this installer is of 0.11.0"),
			]);
		});
	});

	test.each(["../../x", "$(touch x)", "1.0", "1.0.0 --to /", "1.0.0\n", "-1.0.0", "1.0.0-", "v", ""])(
		"the word %j for a version",
		async (word) => {
			await using server = await serveReleases({ latest: NEW });
			const [code] = await isRefused(server, { args: ["--version", word] });
			expect([code, server.asked]).toEqual([2, []]);
		},
	);

	test.each(["curl", "wget"].filter((name) => Bun.which(name)))(
		"what a connection cuts, by %s",
		async (name) => {
			await using server = await serveReleases({ latest: NEW });
			let cuts = 0;
			server.before = (path, response) => {
				if (!path.endsWith(".gz")) return false;
				cuts++;
				response.writeHead(200, { "content-length": 100_000 }).write("half", () => response.destroy());
				return true;
			};
			expect(await isRefused(server, { tools: [name] })).toEqual([
				4,
				expect.stringContaining("could not be downloaded"),
			]);
			expect(cuts).toBe(3);
		},
	);
});

describe.skipIf(process.platform === "win32")("S69 an installer leaves alone", () => {
	const others: [string, (person: Installing) => void, number, string][] = [
		[
			"a link to a program",
			({ folder, program }) => link(folder, program, madeProgram("0.9.0")),
			5,
			"is a link",
		],
		["a link to nothing", ({ program }) => symlinkSync("/nowhere", program), 5, "is a link"],
		[
			"a program that is another one",
			({ program }) => writeFileSync(program, "#!/bin/sh\ntouch ran\n", { mode: 0o755 }),
			5,
			"no PromptPulse",
		],
		["a folder of its name", ({ program }) => mkdirSync(program), 5, "no PromptPulse"],
		[
			"a file in the place of its link",
			({ bin }) => writeFileSync(join(bin, ".promptpulse-install"), ""),
			7,
			"Nothing can be written",
		],
	];

	test.each(others)("%s", async (_, prepare, code, sentence) => {
		await using server = await serveReleases({ latest: NEW });
		await whoInstalls(server, async (person) => {
			mkdirSync(person.bin, { recursive: true });
			prepare(person);
			const before = person.left();
			for (const args of [[], ["--uninstall", "--keep-schedule"]]) {
				if (args.length > 0 && before[0] !== "promptpulse") continue;
				const told = await person.install(args);
				expect([told.code, told.err, person.left()]).toEqual([
					code,
					expect.stringContaining(sentence),
					before,
				]);
			}
			expect(existsSync(join(person.folder, "ran"))).toBe(false);
		});
	});

	test.each([0o777, 0o1777])("a folder that everyone may write to (%o), and what is in it", async (mode) => {
		await using server = await serveReleases({ latest: NEW });
		await whoInstalls(server, async ({ folder, tools, install }) => {
			const shared = join(folder, "it's shared");
			mkdirSync(shared);
			const program = join(shared, "promptpulse");
			writeFileSync(program, madeProgram("0.9.0").replace("[", "/bin/touch ran; ["), { mode: 0o755 });
			symlinkSync(shared, join(folder, "link"));
			chmodSync(shared, mode);
			for (const to of [shared, join(folder, "link")]) {
				for (const args of [[], ["--uninstall"]]) {
					const told = await install(["--to", to, ...args]);
					expect([told.code, told.err]).toEqual([5, expect.stringContaining("Everyone on this machine")]);
					expect(readdirSync(shared)).toEqual(["promptpulse"]);
				}
			}
			expect(existsSync(join(folder, "ran"))).toBe(false);
			const told = await install(["--to", shared]);
			const advice = /\((chmod .*)\), or/.exec(told.err)?.[1] ?? "";
			Bun.spawnSync(["sh", "-c", advice], { env: { PATH: tools } });
			expect((await install(["--to", shared])).code).toBe(0);
		});
	});

	test.skipIf(process.getuid?.() !== 0)(
		"a program of somebody else, which it does not even run",
		async () => {
			await using server = await serveReleases({ latest: NEW });
			await whoInstalls(server, async ({ folder, bin, program, install, left }) => {
				mkdirSync(bin, { recursive: true });
				writeFileSync(program, madeProgram("0.9.0").replace("[", "/bin/touch ran; ["), { mode: 0o755 });
				chownSync(program, 4_711, 4_711);
				for (const args of [[], ["--uninstall"]]) {
					const told = await install(args);
					expect([told.code, told.err]).toEqual([5, expect.stringContaining("belongs to somebody else")]);
				}
				expect([left(), existsSync(join(folder, "ran"))]).toEqual([["promptpulse"], false]);
				chownSync(program, 1_000, 1_000);
				expect((await install()).code).toBe(0);
			});
		},
	);

	test("no folder that others may write to, under any umask", async () => {
		await using server = await serveReleases({ latest: NEW });
		await whoInstalls(server, async ({ home, bin, program, install }) => {
			const through = ["sh", "-c", 'umask 000; exec "$@"', "sh"];
			expect((await install([], { through })).code).toBe(0);
			for (const path of [join(home, ".local"), bin, program]) expect(statSync(path).mode & 0o022).toBe(0);
		});
	});

	test.skipIf(AS_ORDINARY_USER === undefined)("a folder that it may not write to", async () => {
		await using server = await serveReleases({ latest: NEW });
		await whoInstalls(server, async ({ bin, folder, install }) => {
			mkdirSync(bin, { recursive: true, mode: 0o555 });
			chmodSync(bin, 0o555);
			const through = AS_ORDINARY_USER ?? [];
			for (const to of [bin, join(bin, "deeper"), "/dev/null/x"]) {
				const told = await install(["--to", to], { through });
				expect([told.code, told.err]).toEqual([
					7,
					expect.stringContaining(`Nothing can be written to ${to}.`),
				]);
			}
			expect(readdirSync(folder).sort()).toEqual(["home", "tools"]);
		});
	});
});

function link(folder: string, program: string, text: string): void {
	writeFileSync(join(folder, "real"), text, { mode: 0o755 });
	symlinkSync(join(folder, "real"), program);
}

function gz(text: string): Uint8Array {
	return Bun.gzipSync(text);
}
