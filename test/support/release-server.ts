import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { fileNameOf, TARGETS } from "../../release/targets.ts";
import { SELF_SIGNED } from "./self-signed.ts";

export const INSTALLER = join(import.meta.dir, "../../release/install.sh");

/** What a release calls its files for systems that have a shell. */
const BUILDS = TARGETS.map(fileNameOf).filter((name) => !name.endsWith(".exe"));

/** The files of a release by name. */
export type Files = Record<string, Uint8Array | string>;

/** A program that says it is this version of PromptPulse, and notes what it is told in `said` beside itself. */
export function madeProgram(version: string): string {
	return `#!/bin/sh
# PROMPTPULSE_GRANULARITY
[ "\${1-}" = --version ] && { printf '%s\\n' '${version}'; exit 0; }
echo "$*" >>"$(dirname "$0")/../said"
`;
}

/** A release in which every system gets the same program. */
export function madeRelease(program: Uint8Array | string): Files {
	const files: Files = {};
	const packed = gzipSync(program, { level: 1 });
	for (const build of BUILDS) {
		files[build] = program;
		files[`${build}.gz`] = packed;
	}
	return withSums(files);
}

/** The same files under a list of their checksums. */
export function withSums(files: Files): Files {
	const known = new Map<Uint8Array | string, string>();
	const sumOf = (content: Uint8Array | string) => {
		const sum = known.get(content) ?? createHash("sha256").update(content).digest("hex");
		known.set(content, sum);
		return sum;
	};
	const { SHA256SUMS: _, ...rest } = files;
	const lines = Object.entries(rest).map(([name, content]) => `${sumOf(content)}  ${name}\n`);
	return { ...rest, SHA256SUMS: lines.sort().join("") };
}

/** Signs the list of checksums by a new key; `signers` is the line that allows it. */
export function signRelease(files: Files, folder: string): { files: Files; signers: string } {
	mkdirSync(folder);
	const [key, list] = [join(folder, "key"), join(folder, "SHA256SUMS")];
	writeFileSync(list, files.SHA256SUMS ?? "");
	keygen("-q", "-t", "ed25519", "-N", "", "-C", "somebody", "-f", key);
	keygen("-q", "-Y", "sign", "-f", key, "-n", "promptpulse-release", list);
	const signature = readFileSync(`${list}.sig`);
	return {
		files: { ...files, "SHA256SUMS.sig": signature },
		signers: `somebody@example.com ${readFileSync(`${key}.pub`, "utf8")}`,
	};
}

function keygen(...words: string[]): void {
	const { success, stderr } = Bun.spawnSync(["ssh-keygen", ...words]);
	if (!success) throw new Error(`ssh-keygen ${words.join(" ")}: ${stderr}`);
}

/** Where releases are downloaded from. */
export type ReleaseServer = AsyncDisposable & {
	url: string;
	/** What is served, by version and as `latest`. */
	releases: Record<string, Files>;
	/** The paths that were asked for. */
	asked: string[];
	/** Answers in its own way and returns true, or leaves it to the server. */
	before: ((path: string, response: ServerResponse) => boolean | Promise<boolean>) | undefined;
};

/** Serves releases on the loopback address, over https as `localhost` where told so. */
export async function serveReleases(
	releases: Record<string, Files>,
	{ isSecure = false } = {},
): Promise<ReleaseServer> {
	const server = isSecure ? createTlsServer(SELF_SIGNED) : createServer();
	server.on("request", async ({ url: path = "" }, response: ServerResponse) => {
		release.asked.push(path);
		if (await release.before?.(path, response)) return;
		const [, version = "latest", name = ""] =
			/^\/(?:download\/v([^/]+)|latest\/download)\/([^/]+)$/.exec(path) ?? [];
		const content = release.releases[version]?.[name];
		if (content === undefined) response.writeHead(404).end("There is no such file.");
		else response.writeHead(200, { "content-length": Buffer.byteLength(content) }).end(content);
	});
	await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
	const { port } = server.address() as AddressInfo;
	const release: ReleaseServer = {
		url: isSecure ? `https://localhost:${port}` : `http://127.0.0.1:${port}`,
		releases,
		asked: [],
		before: undefined,
		async [Symbol.asyncDispose]() {
			server.closeAllConnections();
			await new Promise((closed) => server.close(closed));
		},
	};
	return release;
}

/** What an installer may need of a system, beside a downloader. */
const TOOLS = (
	"cat chmod cut dirname expr find getconf grep gzip head id ldd ln ls mkdir mv printf readlink rm rmdir sed " +
	"sh sha256sum ssh-keygen sync sysctl tail timeout tr true uname"
).split(" ");

/**
 * Makes a folder for PATH with what an installer needs and these tools more. There `sleep` does not sleep, so that what
 * is tried again is tried at once.
 *
 * @param own scripts in place of tools, or beside them
 */
export function makeToolbox(
	folder: string,
	more: readonly string[],
	own: Record<string, string> = {},
	without: readonly string[] = [],
): string {
	mkdirSync(folder, { recursive: true });
	const scripts: Record<string, string> = { sleep: "#!/bin/sh\n", ...own };
	for (const [name, text] of Object.entries(scripts)) {
		writeFileSync(join(folder, name), text);
		chmodSync(join(folder, name), 0o755);
	}
	for (const tool of [...TOOLS, ...more].filter((tool) => !(tool in scripts) && !without.includes(tool))) {
		const path = Bun.which(tool);
		if (path !== null) symlinkSync(path, join(folder, tool));
	}
	return folder;
}
