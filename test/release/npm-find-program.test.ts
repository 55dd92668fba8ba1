import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TARGETS } from "../../release/targets.ts";
import { VERSION } from "../../src/version.ts";
import { packStandIns, readPacked } from "../support/npm-packages.ts";

/** The main package alone. */
let folder: string;

beforeAll(async () => {
	folder = realpathSync(mkdtempSync(join(tmpdir(), "promptpulse-npm-")));
	const { folder: packed } = await packStandIns(join(folder, "made"));
	for (const { path, content } of readPacked(join(packed, `promptpulse-${VERSION}.tgz`)))
		writeFileSync(join(folder, path.replace("package/", "")), content);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What is said of a machine whose part is not installed, which begins with the part's name. */
async function partFor(machine: string): Promise<string> {
	const script = `console.log(require("./find-program.cjs").findProgram(${machine}).trouble)`;
	const child = Bun.spawn(["node", "-e", script], { cwd: folder, stdout: "pipe", stderr: "inherit" });
	return (await child.stdout.text()).trimEnd();
}

describe("the part for a machine", () => {
	test.each(TARGETS.map(({ name, facts }) => [name, facts] as const))("%s", async (name, facts) => {
		const [os, arch] = name.split("-");
		const platform = os === "windows" ? "win32" : os;
		const loader = facts.format === "elf" ? facts.interpreter : "none";
		const machine = `{ platform: "${platform}", arch: "${arch}", exists: (path) => path === "${loader}" }`;
		expect(await partFor(machine)).toStartWith(`@promptpulse/${name}, `);
	});

	test.each([
		["glibc", "linux-x64"],
		["musl", "linux-x64-musl"],
	])("that has both loaders is that of Node's own, %s", async (libc, name) => {
		const machine = `{ platform: "linux", arch: "x64", exists: () => true, ownLibc: () => "${libc}" }`;
		expect(await partFor(machine)).toStartWith(`@promptpulse/${name}, `);
	});

	test("that has no loader is none, and what it lacks is named", async () => {
		const machine = `{ platform: "linux", arch: "arm64", exists: () => false }`;
		expect(await partFor(machine)).toBe(
			"This system starts no programs of other Linux systems: there is neither /lib/ld-linux-aarch64.so.1 nor /lib/ld-musl-aarch64.so.1. Install glibc or musl, or what your system has in its place, then try again.",
		);
	});

	test.each([
		["freebsd", "x64"],
		["win32", "arm64"],
		["linux", "ia32"],
		["__proto__", "constructor"],
	])("%s on %s is none, and the others are named", async (platform, arch) => {
		expect(await partFor(`{ platform: "${platform}", arch: "${arch}" }`)).toBe(
			`PromptPulse is not made for this system (${platform}, ${arch}). It is made for ${TARGETS.map(({ name }) => name).join(", ")}.`,
		);
	});

	test("is never one that lies in the folder one happens to be in", async () => {
		const elsewhere = realpathSync(mkdtempSync(join(tmpdir(), "promptpulse-hostile-")));
		try {
			for (const { name } of TARGETS) {
				const part = join(elsewhere, "node_modules/@promptpulse", name);
				mkdirSync(part, { recursive: true });
				writeFileSync(
					join(part, "package.json"),
					`{ "name": "@promptpulse/${name}", "version": "${VERSION}" }`,
				);
				for (const program of ["promptpulse", "promptpulse.exe"])
					writeFileSync(join(part, program), "#!/bin/sh\necho hijacked\n", { mode: 0o755 });
			}
			const child = Bun.spawnSync(["node", join(folder, "promptpulse.cjs"), "--version"], { cwd: elsewhere });
			expect([child.exitCode, child.stdout.toString()]).toEqual([1, ""]);
			expect(child.stderr.toString()).toContain("was left out, as npm does");
		} finally {
			rmSync(elsewhere, { recursive: true, force: true });
		}
	});
});
