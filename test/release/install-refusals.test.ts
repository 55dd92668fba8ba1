import { describe, expect, setDefaultTimeout, test } from "bun:test";
import {
	chmodSync,
	existsSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	symlinkSync,
	writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";

import { stampInstaller } from "../../release/stamp.ts";
import { type Installing, whoInstalls } from "../support/installing.ts";
import {
	type Files,
	INSTALLER,
	madeProgram,
	madeRelease,
	type ReleaseServer,
	serveReleases,
	signRelease,
	withSums,
} from "../support/made-release.ts";
import { AS_ORDINARY_USER } from "../support/run-cli.ts";
import { inFolder } from "../support/scan.ts";
import { SELF_SIGNED } from "../support/self-signed.ts";

setDefaultTimeout(60_000);

const OLD = madeRelease(madeProgram("0.9.0"));
const NEW = madeRelease(madeProgram("0.10.0"));

/** Every file of a release whose name ends so, changed. */
function changed(end: RegExp, change: (content: Buffer) => Uint8Array | string): Files {
	const entries = Object.entries(NEW).map(([name, content]) => [
		name,
		end.test(name) ? change(Buffer.from(content)) : content,
	]);
	return Object.fromEntries(entries);
}

/** Installs over 0.9.0, which has to be there afterwards as it was, with nothing beside it. */
async function isRefused(
	server: ReleaseServer,
	{ args = [] as string[], script = INSTALLER, tools = ["curl"], own = {}, without = [] as string[] } = {},
): Promise<[number, string]> {
	let told: [number, string] = [0, ""];
	const use = async ({ bin, program, install, version, left }: Installing) => {
		mkdirSync(bin, { recursive: true });
		writeFileSync(program, madeProgram("0.9.0"), { mode: 0o755 });
		const { code, err } = await install(args, { script });
		expect([version(), left()]).toEqual(["0.9.0", ["promptpulse"]]);
		told = [code, err];
	};
	await whoInstalls(server, use, { tools, own, without });
	return told;
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
		["a list without an end", changed(/SUMS$/, () => Buffer.alloc(3_000_000, "a\n")), 4, "SHA256SUMS"],
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
			const script = stamped(folder, { version: "0.11.0" });
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

describe.skipIf(process.platform === "win32")("S69 an installer that knows who signs", () => {
	test.skipIf(Bun.which("ssh-keygen") === null)("takes what they have signed, and nothing else", async () => {
		await inFolder(async (folder) => {
			const signed = signRelease(NEW, join(folder, "theirs"));
			const other = signRelease(NEW, join(folder, "others"));
			const script = stamped(folder, { signers: `# Who may sign.\n${signed.signers}\n` });
			await using server = await serveReleases({ latest: signed.files });
			await whoInstalls(server, async ({ install, version }) => {
				const { code, err } = await install([], { script });
				expect([code, err, version()]).toEqual([0, "", "0.10.0"]);
			});
			const lists: [Files, string][] = [
				[NEW, "is not signed"],
				[other.files, "is not by a key that this installer knows"],
				[{ ...signed.files, SHA256SUMS: OLD.SHA256SUMS ?? "" }, "is not by a key"],
				[{ ...signed.files, "SHA256SUMS.sig": "-----BEGIN SSH SIGNATURE-----\n" }, "is not by a key"],
			];
			for (const [latest, sentence] of lists) {
				server.releases.latest = latest;
				expect(await isRefused(server, { script })).toEqual([5, expect.stringContaining(sentence)]);
			}
			const wrongPurpose = stamped(folder, { signers: signed.signers.replace(" ", ' namespaces="file" ') });
			server.releases.latest = signed.files;
			expect((await isRefused(server, { script: wrongPurpose }))[0]).toBe(5);
		});
	});

	test("says what to do where nothing can check a signature", async () => {
		await inFolder(async (folder) => {
			const script = stamped(folder, { signers: "me ssh-ed25519 AAAAC3NzaC1lZDI1NTE5" });
			await using server = await serveReleases({ latest: NEW });
			const told = await isRefused(server, { script, without: ["ssh-keygen"] });
			expect(told).toEqual([1, expect.stringContaining("openssh-client")]);
			const old = { "ssh-keygen": "#!/bin/sh\necho 'unknown option -- Y' >&2; exit 1\n" };
			server.releases.latest = { ...NEW, "SHA256SUMS.sig": "" };
			expect(await isRefused(server, { script, own: old })).toEqual([
				5,
				expect.stringContaining("option -- Y"),
			]);
		});
	});
});

describe.skipIf(process.platform === "win32")("S69 an installer downloads", () => {
	test.each([
		"http://example.com/releases",
		"http://127.0.0.1.example.com/",
		"http://localhost.example.com/",
		"http://127.0.0.1:80@example.com/",
		"ftp://127.0.0.1/",
		"file:///tmp",
		"HTTP://127.0.0.1/",
		"//example.com",
		"https://",
		"https://-o/",
		"https://example.com/ -o /tmp/x",
		"https://example.com/$(touch x)",
		"https://example.com/?a=b",
	])("nothing from %s", async (url) => {
		await whoInstalls({ url }, async ({ install }) => {
			const { code, err } = await install([], {
				env: { PATH: dirname(Bun.which("sed") ?? ""), http_proxy: "127.0.0.1:1" },
			});
			expect([code, err]).toEqual([2, expect.stringContaining("The address")]);
		});
	});

	const downloaders = ["curl", "wget", "wget2", "busybox"].filter((name) => Bun.which(name));
	const trusting = (name: string): Record<string, string> =>
		name === "curl"
			? {}
			: { wget: `#!/bin/sh\nexec ${Bun.which(name)} ${name === "busybox" ? "wget" : ""} "$@"\n` };

	test.each(downloaders)("over https, by %s, and follows no way out of it", async (name) => {
		await using plain = await serveReleases({ latest: NEW });
		await using server = await serveReleases({ latest: NEW }, { isSecure: true });
		const use = async ({ folder, home, install, left }: Installing) => {
			const authority = join(folder, "authority.pem");
			writeFileSync(authority, SELF_SIGNED.cert);
			mkdirSync(home);
			const stranger = await install();
			expect([stranger.code === 0, plain.asked]).toEqual([false, []]);
			for (const config of [".wgetrc", ".wget2rc"])
				writeFileSync(join(home, config), `ca_certificate = ${authority}\n`);
			const env = { CURL_CA_BUNDLE: authority };
			// This one does not look at certificates.
			const isStrict = name !== "busybox";
			server.before = (path, response) => {
				if (!path.endsWith(".gz")) return false;
				response.writeHead(302, { location: `${plain.url}${path}` }).end();
				return true;
			};
			const led = await install([], { env });
			expect([led.code, led.err]).toEqual([5, expect.stringContaining("leads elsewhere than over https")]);
			expect(left).toThrow();
			server.before = (path, response) => {
				if (path.startsWith("/download/v9")) return false;
				response.writeHead(302, { location: `/download/v9/${path.split("/").pop()}` }).end();
				return true;
			};
			server.releases["9"] = NEW;
			const within = await install([], { env });
			expect(within.code).toBe(isStrict ? 0 : 5);
		};
		await whoInstalls(server, use, name === "curl" ? {} : { tools: [], own: trusting(name) });
	});

	test.each([
		"/elsewhere",
		"//127.0.0.1:1/x",
		"HTTPS://127.0.0.1:1/x",
		"http://127.0.0.1:1/x",
		"ftp://127.0.0.1/x",
	])("no more than once what leads to %s", async (location) => {
		await using server = await serveReleases({ latest: NEW });
		server.before = (path, response) => {
			if (!path.endsWith("SUMS")) return false;
			response.writeHead(302, { location }).end();
			return true;
		};
		for (const tools of [["curl"], ["wget"]])
			expect((await isRefused(server, { tools }))[0]).toBeOneOf([4, 5]);
	});
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

/** The installer of a release. */
function stamped(folder: string, facts: { signers?: string; version?: string }): string {
	const script = join(folder, "install.sh");
	const text = readFileSync(INSTALLER, "utf8");
	writeFileSync(
		script,
		stampInstaller(text, { url: "https://example.com/", signers: "", version: "0.1.0", ...facts }),
	);
	return script;
}

function gz(text: string): Uint8Array {
	return Bun.gzipSync(text);
}
