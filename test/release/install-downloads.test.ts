import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Installing, isRefused, stampedInstaller, whoInstalls } from "../support/installing.ts";
import {
	type Files,
	madeProgram,
	madeRelease,
	serveReleases,
	signRelease,
} from "../support/release-server.ts";
import { inFolder } from "../support/scan.ts";
import { SELF_SIGNED } from "../support/self-signed.ts";

setDefaultTimeout(60_000);

const [OLD, NEW] = [madeRelease(madeProgram("0.9.0")), madeRelease(madeProgram("0.10.0"))];

describe.skipIf(process.platform === "win32")("S69 an installer that knows who signs", () => {
	test.skipIf(Bun.which("ssh-keygen") === null)("takes what they have signed, and nothing else", async () => {
		await inFolder(async (folder) => {
			const signed = signRelease(NEW, join(folder, "theirs"));
			const other = signRelease(NEW, join(folder, "others"));
			const script = stampedInstaller(folder, { signers: `# Who may sign.\n${signed.signers}\n` });
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
			const wrongPurpose = stampedInstaller(folder, {
				signers: signed.signers.replace(" ", ' namespaces="file" '),
			});
			server.releases.latest = signed.files;
			expect((await isRefused(server, { script: wrongPurpose }))[0]).toBe(5);
		});
	});

	test("says what to do where nothing can check a signature", async () => {
		await inFolder(async (folder) => {
			const script = stampedInstaller(folder, { signers: "me ssh-ed25519 AAAAC3NzaC1lZDI1NTE5" });
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
