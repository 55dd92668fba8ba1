import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { readAudit } from "../../release/audit.ts";
import { packed } from "../../release/pack.ts";
import { ReleaseError } from "../../release/release-error.ts";
import { fetchRuntime } from "../../release/runtime.ts";
import { findSecrets } from "../../release/secrets.ts";
import { sign } from "../../release/sign.ts";
import { tarOf } from "../../release/tar.ts";
import { fileNameOf, TARGETS } from "../../release/targets.ts";
import { copySources, makeOwnRelease, ownTarget, REPOSITORY, TIME } from "../support/made-release.ts";
import { environmentOf } from "../support/run-cli.ts";
import { inFolder } from "../support/scan.ts";

setDefaultTimeout(120_000);

const program = fileNameOf(ownTarget());

let folder: string;
let made: string;

beforeAll(async () => {
	folder = mkdtempSync(join(tmpdir(), "promptpulse-release-"));
	made = join(folder, "made");
	await makeOwnRelease(made, { url: "https://github.com/ada/promptpulse/releases" });
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const read = (name: string) => readFileSync(join(made, name));

describe("a release", () => {
	test("has these files and no others", () => {
		const names = [
			program,
			`${program}.gz`,
			"LICENSES.txt",
			"SHA256SUMS",
			"install.ps1",
			"install.sh",
			"npm",
			"sbom.cdx.json",
		];
		expect(readdirSync(made).sort()).toEqual(names.sort());
		expect(readdirSync(folder)).toEqual(["made"]);
	});

	test("has a sum of every file, of npm's packages too, as sha256sum writes them", () => {
		const lines = read("SHA256SUMS").toString().trimEnd().split("\n");
		const packages = readdirSync(join(made, "npm")).map((name) => `npm/${name}`);
		expect(packages).toHaveLength(2);
		const top = readdirSync(made).filter((name) => name !== "SHA256SUMS" && name !== "npm");
		const names = [...top, ...packages];
		expect(lines).toEqual(
			names.sort().map((name) => `${createHash("sha256").update(read(name)).digest("hex")}  ${name}`),
		);
	});

	test("has the program packed too, without a time in it", () => {
		const packed = read(`${program}.gz`);
		expect(gunzipSync(packed).equals(read(program))).toBe(true);
		expect(packed.readUInt32LE(4)).toBe(0);
	});

	test("has the licences that the program prints", () => {
		const { stdout } = Bun.spawnSync([join(made, program), "licenses"], {
			env: environmentOf({ home: folder }),
		});
		expect(stdout.toString()).toBe(read("LICENSES.txt").toString());
	});

	test("has installers that know where it will be downloaded from", () => {
		expect(read("install.sh").toString()).toContain("'https://github.com/ada/promptpulse/releases'");
		expect(read("install.ps1").toString()).toContain("'https://github.com/ada/promptpulse/releases'");
	});

	test("S79 has no secret in it and no folder of the machine that made it", () => {
		for (const name of [program, "LICENSES.txt", "sbom.cdx.json", "install.sh", "install.ps1"]) {
			expect(findSecrets(read(name), [REPOSITORY, folder]), name).toEqual([]);
		}
	});

	test("is the same to the byte where it is made in another folder, by somebody else", async () => {
		mkdirSync(join(REPOSITORY, "dist"), { recursive: true });
		const copy = mkdtempSync(join(REPOSITORY, "dist/made-elsewhere-"));
		const home = join(folder, "home of another");
		try {
			copySources(copy);
			const of = (path: string) => JSON.stringify(join(copy, path));
			// What is packed has nothing in it but these.
			const script = `
				const { makeGenerated } = await import(${of("build/generated.ts")});
				const { collectNotices } = await import(${of("build/notices.ts")});
				const { buildReleaseFile } = await import(${of("build.ts")});
				const { sbomText } = await import(${of("release/sbom.ts")});
				const { licenceText } = await import(${of("src/cli/licence-text.ts")});
				const at = (name) => Bun.pathToFileURL(${JSON.stringify(home)} + "/" + name);
				await makeGenerated();
				const foreign = { target: "${ownTarget().bun}", runtime: process.execPath };
				await buildReleaseFile(at("${program}"), foreign);
				await Bun.write(at("sbom.cdx.json"), await sbomText(${TIME}));
				await Bun.write(at("LICENSES.txt"), licenceText(await collectNotices()) + "\\n");`;
			mkdirSync(home);
			const child = Bun.spawn([process.execPath, "-e", script], {
				cwd: folder,
				env: environmentOf({ home, env: { TZ: "Asia/Tokyo", LC_ALL: "C" } }),
				stderr: "pipe",
			});
			expect([await child.stderr.text(), await child.exited]).toEqual(["", 0]);
			for (const name of [program, "sbom.cdx.json", "LICENSES.txt"])
				expect(readFileSync(join(home, name)).equals(read(name)), name).toBe(true);
		} finally {
			rmSync(copy, { recursive: true, force: true });
			rmSync(home, { recursive: true, force: true });
		}
	});
});

describe("a release that must not be", () => {
	test("leaves the former one as it was: its program is for another system than it says", async () => {
		const [target] = TARGETS.filter(({ facts }) => facts.format !== ownTarget().facts.format);
		if (!target) throw new Error("there are targets of other systems");
		await inFolder(async (place) => {
			const former = join(place, "release");
			mkdirSync(former);
			writeFileSync(join(former, "SHA256SUMS"), "former");
			const mistaken = makeOwnRelease(former, { targets: [{ ...target, bun: ownTarget().bun }] });
			await expect(mistaken).rejects.toThrow("format is");
			expect(readdirSync(place)).toEqual(["release"]);
			expect(readFileSync(join(former, "SHA256SUMS"), "utf8")).toBe("former");
		});
	});

	test("leaves the former one as it was: its sources were changed meanwhile", async () => {
		await inFolder(async (place) => {
			const former = join(place, "release");
			mkdirSync(former);
			writeFileSync(join(former, "SHA256SUMS"), "former");
			const confirm = async () => {
				// By then all of it is made.
				const [aside] = readdirSync(place).filter((name) => name !== "release");
				expect(readdirSync(join(place, aside ?? ""))).toContain("SHA256SUMS");
				throw new ReleaseError("They were changed.");
			};
			await expect(makeOwnRelease(former, { confirm })).rejects.toThrow("They were changed.");
			expect(readdirSync(place)).toEqual(["release"]);
			expect(readFileSync(join(former, "SHA256SUMS"), "utf8")).toBe("former");
		});
	});

	test.skipIf(process.platform === "win32").each([
		["the command fails", "exit 3;", "ended with 3"],
		["there is no such command", "/no/such/signer", "ended with 127"],
		["the command makes nothing", "true", "has made no"],
		["the command makes an empty file", 'f() { : > "$1.sig"; }; f', "has made no"],
	])("is one that nobody signed: %s", async (_, command, words) => {
		await inFolder(async (place) => {
			const file = join(place, "SHA256SUMS");
			writeFileSync(file, "sums");
			await expect(sign(command, file)).rejects.toThrow(words);
		});
	});

	test.skipIf(process.platform === "win32")("S79 has a runtime that is not the one of bun.lock", async () => {
		await inFolder(async (place) => {
			const npm = join(place, "npm");
			const archive = `oven-${ownTarget().runtimePackage.split("/")[1]}-1.0.0.tgz`;
			writeFileSync(npm, `#!/bin/sh\necho forged > "$4/${archive}"\n`, { mode: 0o755 });
			const locked = { key: ownTarget().runtimePackage, name: "@oven/bun", version: "1.0.0" };
			const packages = [{ ...locked, integrity: "sha512-AAAA", dependsOn: [], isSystemBound: true }];
			const fetched = fetchRuntime(ownTarget(), packages, join(place, "kept"), npm);
			await expect(fetched).rejects.toThrow("is not what bun.lock has");
			expect(readdirSync(join(place, "kept"))).toEqual([archive]);
		});
	});
});

test.skipIf(process.platform === "win32")(
	"S79: a kept runtime is that of bun.lock each time, whatever was changed where it lies",
	async () => {
		await inFolder(async (place) => {
			const { runtimePackage: key, name } = ownTarget();
			const kept = join(place, "kept");
			const archive = join(kept, `oven-${key.split("/")[1]}-1.0.0.tgz`);
			const content = new TextEncoder().encode("the runtime");
			const sound = packed(tarOf([{ path: "package/bin/bun", content, isProgram: true }]));
			const integrity = `sha512-${createHash("sha512").update(sound).digest("base64")}`;
			const packages = [
				{ key, name: "@oven/bun", version: "1.0.0", integrity, dependsOn: [], isSystemBound: true },
			];
			mkdirSync(kept);
			const source = join(place, "sound.tgz");
			writeFileSync(source, sound);
			const npm = join(place, "npm");
			writeFileSync(npm, `#!/bin/sh\ncp '${source}' '${archive}'\n`, { mode: 0o755 });
			const runtime = async () => readFileSync(await fetchRuntime(ownTarget(), packages, kept, npm), "utf8");
			writeFileSync(archive, "forged");
			expect(await runtime()).toBe("the runtime");
			writeFileSync(join(kept, name, "bun"), "forged");
			writeFileSync(join(kept, name, "more"), "forged");
			expect(await runtime()).toBe("the runtime");
			expect(readdirSync(join(kept, name))).toEqual(["bun"]);
		});
	},
);

test.skipIf(process.platform === "win32")("a command signs what it gets as its last argument", async () => {
	await inFolder(async (place) => {
		const file = join(place, "a file's SHA256SUMS");
		writeFileSync(file, "sums");
		await sign(`sh -c 'cp "$2" "$2.sig"; echo "$1" >> "$2.sig"' signer -k`, file);
		expect(readFileSync(`${file}.sig`, "utf8")).toBe("sums-k\n");
	});
});

describe("S79 the audit", () => {
	test("tells what the registry has against packages", () => {
		const known = { severity: "high", title: "Runs what it reads", url: "https://example.com/1", id: 1 };
		expect(readAudit(JSON.stringify({ lz4js: [known] }), "")).toEqual({
			advisories: [{ package: "lz4js", severity: "high", title: known.title, url: known.url }],
		});
		expect(readAudit("{}", "")).toEqual({ advisories: [] });
	});

	test("tells why it knows nothing, where nobody answered", () => {
		expect(readAudit("", "error: 405\n")).toEqual({ reason: "error: 405" });
		expect(readAudit("<html>", "").advisories).toBeUndefined();
	});
});
