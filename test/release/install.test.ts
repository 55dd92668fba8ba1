import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdirSync, readFileSync, readlinkSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Installing, SHELLS, whoInstalls } from "../support/installing.ts";
import {
	INSTALLER,
	madeProgram,
	madeRelease,
	type ReleaseServer,
	serveReleases,
} from "../support/release-server.ts";

setDefaultTimeout(60_000);

const [OLD, NEW] = [madeRelease(madeProgram("0.9.0")), madeRelease(madeProgram("0.10.0"))];
let server: ReleaseServer;

beforeAll(async () => {
	server = await serveReleases({ latest: NEW, "0.9.0": OLD, "0.10.0": NEW });
});
afterAll(async () => {
	await server[Symbol.asyncDispose]();
});

describe.skipIf(process.platform === "win32").each(SHELLS.map((shell) => ({ shell, name: shell.join(" ") })))(
	"an installer that $name runs",
	({ shell }) => {
		test("installs under both names, finds it there, brings it to date and takes it away", async () => {
			await whoInstalls(server, async ({ home, bin, program, install, version, left }) => {
				const first = await install(["--version", "v0.9.0"], { shell });
				expect([first.code, first.err]).toEqual([0, ""]);
				expect(first.out).toContain(`PromptPulse 0.9.0 is in ${bin}.`);
				expect(first.out).toContain(`export PATH=${bin}:"$PATH"`);
				expect([version(), left(), readlinkSync(join(bin, "ppulse"))]).toEqual([
					"0.9.0",
					["ppulse", "promptpulse"],
					"promptpulse",
				]);
				expect(statSync(program).mode & 0o777).toBe(0o755);
				const second = await install([], { shell });
				expect(second.out).toContain(`PromptPulse 0.10.0 is in ${bin}, in the place of 0.9.0.`);
				expect([second.code, version(), left()]).toEqual([0, "0.10.0", ["ppulse", "promptpulse"]]);
				server.asked.length = 0;
				const third = await install([], { shell });
				expect([third.code, server.asked]).toEqual([0, ["/latest/download/SHA256SUMS"]]);
				expect(third.out).toContain(`PromptPulse 0.10.0 is in ${bin} already.`);
				const gone = await install(["--uninstall"], { shell });
				expect([gone.code, gone.err, left()]).toEqual([0, "", []]);
				expect(gone.out).toContain("~/.promptpulse");
				expect(readFileSync(join(home, ".local/said"), "utf8")).toBe("setup --remove --hook\n");
				const nothing = await install(["--uninstall"], { shell });
				expect([nothing.code, nothing.out]).toEqual([
					0,
					expect.stringContaining("There is no PromptPulse in"),
				]);
			});
		});

		test("refuses a downgrade but of a version that is named and allowed", async () => {
			await whoInstalls(server, async ({ install, version }) => {
				await install([], { shell });
				const named = await install(["--version", "0.9.0"], { shell });
				expect([named.code, named.err]).toEqual([5, expect.stringContaining("--allow-downgrade")]);
				const allowed = await install(["--allow-downgrade"], { shell });
				expect([allowed.code, version()]).toEqual([2, "0.10.0"]);
				const both = await install(["--version", "0.9.0", "--allow-downgrade"], { shell });
				expect([both.code, version()]).toEqual([0, "0.9.0"]);
			});
		});

		test("works in a home with blanks and quotes in its name, under any umask", async () => {
			const name = `o'ne "two" $HOME \`three`;
			await whoInstalls(
				server,
				async ({ bin, program, folder, install, version }) => {
					const through = ["sh", "-c", 'umask 077; exec "$@"', "sh"];
					const { code, err, out } = await install([], { shell, through });
					expect([code, err, version()]).toEqual([0, "", "0.10.0"]);
					expect(statSync(program).mode & 0o777).toBe(0o755);
					const line = out.split("\n").find((line) => line.includes("export PATH=")) ?? "";
					const shown = Bun.spawnSync(["sh", "-c", `${line}; printf %s "$PATH"`], {
						env: { PATH: "/bin:/usr/bin" },
					});
					expect(shown.stdout.toString()).toBe(`${bin}:/bin:/usr/bin`);
					const relative = await install(["--to", "here/and there/"], { shell });
					expect(relative.out).toContain(`is in ${folder}/here/and there.`);
					expect((await install(["--uninstall"], { shell })).code).toBe(0);
				},
				{ name },
			);
		});
	},
);

describe.skipIf(process.platform === "win32")("the installer", () => {
	const sized: [string, Record<string, string>, string][] = [
		["x64 and glibc", { uname: machine("Linux", "x86_64") }, "linux-x64"],
		["arm64 and glibc", { uname: machine("Linux", "aarch64") }, "linux-arm64"],
		["musl beside no glibc", { getconf: "exit 1", ldd: "echo musl libc; exit 1" }, "linux-x64-musl"],
		["glibc without getconf", { getconf: "exit 1", ldd: "echo 'ldd (Debian GLIBC 2.36)'" }, "linux-x64"],
		["an Intel Mac", { uname: machine("Darwin", "x86_64"), sysctl: "echo 0" }, "darwin-x64"],
		["a Mac", { uname: machine("Darwin", "arm64"), sysctl: "echo 1" }, "darwin-arm64"],
		["a translated shell on a Mac", { uname: machine("Darwin", "x86_64"), sysctl: "echo 1" }, "darwin-arm64"],
	];

	test.each(sized)("takes the right build on %s", async (_, own, build) => {
		const tools = { uname: machine("Linux", "x86_64"), getconf: "echo 64", ldd: "exit 1", ...own };
		const use = async ({ install }: Installing) => {
			// There is no such version, so that it ends with the question for it.
			const { out } = await install(["--version", "7.7.7"]);
			expect(out).toContain(`promptpulse-${build} from`);
		};
		await whoInstalls(server, use, { own: asScripts(tools) });
	});

	const unfit: [string, Record<string, string>, string][] = [
		["32-bit programs", { uname: machine("Linux", "aarch64"), getconf: "echo 32" }, "32-bit"],
		["a 32-bit processor", { uname: machine("Linux", "armv7l") }, "armv7l"],
		["FreeBSD", { uname: machine("FreeBSD", "amd64") }, "FreeBSD"],
		["Windows", { uname: machine("MINGW64_NT-10.0", "x86_64") }, "install.ps1"],
	];

	test.each(unfit)("says that there is nothing for %s", async (_, own, word) => {
		const use = async ({ install }: Installing) => {
			const { code, err } = await install();
			expect([code, err]).toEqual([1, expect.stringContaining(word)]);
		};
		await whoInstalls(server, use, { own: asScripts(own) });
	});

	const lacking: [string, string[], string[], string][] = [
		["a downloader", [], [], "Neither curl nor wget"],
		["a program for checksums", ["curl"], ["sha256sum"], "Neither sha256sum nor shasum nor openssl"],
		["gzip", ["curl"], ["gzip"], "gzip is not here"],
	];

	test.each(lacking)("says so where there is not %s", async (_, tools, without, sentence) => {
		const use = async ({ install }: Installing) => {
			const { code, err } = await install();
			expect([code, err]).toEqual([1, expect.stringContaining(sentence)]);
		};
		await whoInstalls(server, use, { tools, without });
	});

	test.each(["wget", "wget2", "busybox"].filter((name) => Bun.which(name)))(
		"downloads by %s too",
		async (name) => {
			const own = { wget: `#!/bin/sh\nexec ${Bun.which(name)} ${name === "busybox" ? "wget" : ""} "$@"\n` };
			await whoInstalls(
				server,
				async ({ install, version }) => {
					const { code, err } = await install();
					expect([code, err, version()]).toEqual([0, "", "0.10.0"]);
					const missing = await install(["--version", "7.0.0"]);
					expect([missing.code, missing.err]).toEqual([4, expect.stringContaining("There is no http")]);
				},
				{ tools: [], own },
			);
		},
	);

	test.each(["shasum", "openssl"].filter((name) => Bun.which(name)))("checks by %s too", async (name) => {
		// shasum is a script of Perl, which lies elsewhere.
		const own = {
			[name]: `#!/bin/sh\nPATH='${dirname(Bun.which("perl") ?? "/usr/bin/perl")}' exec ${Bun.which(name)} "$@"\n`,
		};
		await whoInstalls(server, async ({ install }) => expect((await install()).code).toBe(0), {
			own,
			without: ["sha256sum"],
		});
	});

	test("does nothing at all where it came by half", () => {
		const text = readFileSync(INSTALLER, "utf8").trimEnd();
		const cuts = [...text.matchAll(/\n/g)].map(({ index }) => index);
		for (let cut = text.length - 60; cut < text.length; cut++) cuts.push(cut);
		for (const cut of cuts) {
			const { stdout } = Bun.spawnSync(["/bin/sh"], { stdin: Buffer.from(text.slice(0, cut)), env: {} });
			expect([cut, stdout.toString()]).toEqual([cut, ""]);
		}
	});

	test.skipIf(Bun.which("shellcheck") === null)("is as shellcheck would have it, for any shell", () => {
		const { stdout, exitCode } = Bun.spawnSync(["shellcheck", "--shell=sh", INSTALLER]);
		expect([stdout.toString(), exitCode]).toEqual(["", 0]);
	});

	test("comes by a pipe, with its flags behind it", async () => {
		await whoInstalls(server, async ({ folder, install }) => {
			const through = ["sh", "-c", 'cat "$2" | { shift 2; sh -s -- "$@"; }', "sh"];
			const { code, err } = await install(["--to", "elsewhere"], { through });
			expect([code, err, readlinkSync(join(folder, "elsewhere/ppulse"))]).toEqual([0, "", "promptpulse"]);
		});
	});

	test("starts the program as itself, whatever is set for Bun", async () => {
		const looks = `\n[ -z "\${BUN_BE_BUN-}\${BUN_OPTIONS-}" ] || exit 9\n[`;
		const program = madeProgram("0.10.0").replace("\n[", looks);
		await using own = await serveReleases({ latest: madeRelease(program) });
		await whoInstalls(own, async ({ install, left }) => {
			const env = { BUN_BE_BUN: "1", BUN_OPTIONS: "--help" };
			for (const args of [[], ["--uninstall"]]) expect((await install(args, { env })).code).toBe(0);
			expect(left()).toEqual([]);
		});
	});

	test("tells where another program of the name comes first, or that all is well", async () => {
		await whoInstalls(server, async ({ bin, folder, tools, install }) => {
			const well = await install([], { env: { PATH: `${bin}:${tools}` } });
			expect(well.out).toContain("Run promptpulse");
			const other = join(folder, "other");
			mkdirSync(other);
			writeFileSync(join(other, "promptpulse"), "#!/bin/sh\n", { mode: 0o755 });
			const second = await install([], { env: { PATH: `${other}:${bin}:${tools}` } });
			expect(second.out).toContain(`finds another one first: ${other}/promptpulse`);
		});
	});

	test("takes ~/bin that is a link, and leaves alone what is called ppulse and is something else", async () => {
		await whoInstalls(server, async ({ home, bin, install, version }) => {
			mkdirSync(join(home, "bin"), { recursive: true });
			mkdirSync(join(home, ".local"));
			symlinkSync("../bin", bin);
			writeFileSync(join(bin, "ppulse"), "mine");
			const { code, out } = await install();
			expect([code, version(), readFileSync(join(bin, "ppulse"), "utf8")]).toEqual([0, "0.10.0", "mine"]);
			expect(out).toContain("The short name ppulse was left out");
			expect((await install(["--uninstall"])).code).toBe(0);
			expect(readFileSync(join(bin, "ppulse"), "utf8")).toBe("mine");
		});
	});

	test("keeps the program where its schedule cannot be taken away, unless told to", async () => {
		await whoInstalls(server, async ({ program, install, left }) => {
			await install();
			writeFileSync(program, readFileSync(program, "utf8").replace(/^echo.*/m, "exit 7"));
			const kept = await install(["--uninstall"]);
			expect([kept.code, kept.err]).toEqual([1, expect.stringContaining("--keep-schedule")]);
			expect(left()).toEqual(["ppulse", "promptpulse"]);
			expect((await install(["--uninstall", "--keep-schedule"])).code).toBe(0);
			expect(left()).toEqual([]);
		});
	});

	test("tells its flags without any of the rest", async () => {
		await whoInstalls({ url: "" }, async ({ install }) => {
			const { code, out } = await install(["--help"], { env: { HOME: undefined } });
			expect([code, out]).toEqual([0, expect.stringContaining("--uninstall")]);
			const unstamped = await install();
			expect([unstamped.code, unstamped.err]).toEqual([
				2,
				expect.stringContaining("PROMPTPULSE_DOWNLOAD_URL"),
			]);
		});
	});
});

function machine(system: string, cpu: string): string {
	return `[ "$1" = -s ] && echo ${system} || echo ${cpu}`;
}

function asScripts(texts: Record<string, string>): Record<string, string> {
	return Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, `#!/bin/sh\n${text}\n`]));
}
