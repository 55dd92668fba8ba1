import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { cpSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import manifest from "../../package.json";
import { packNpm } from "../../release/npm.ts";
import { tarOf } from "../../release/tar.ts";
import { fileNameOf, TARGETS } from "../../release/targets.ts";
import { VERSION } from "../../src/version.ts";
import { npmIn } from "../support/npm.ts";
import { packStandIns, readPacked } from "../support/npm-packages.ts";
import { serveRegistry } from "../support/npm-registry.ts";

let folder: string;
let made: string;
/** Where the packed files lie. */
let packed: string;
let names: string[];

beforeAll(async () => {
	folder = realpathSync(mkdtempSync(join(tmpdir(), "promptpulse-npm-")));
	made = join(folder, "made");
	({ folder: packed, names } = await packStandIns(made));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("the npm packages", () => {
	test("are one for each target and the main one, which has to be published last", () => {
		const ofTargets = TARGETS.map(({ name }) => `promptpulse-${name}-${VERSION}.tgz`);
		expect(names).toEqual([...ofTargets, `promptpulse-${VERSION}.tgz`]);
		expect(readdirSync(packed).sort()).toEqual([...names].sort());
	});

	test("promptpulse holds the launcher and what there is to read, and nothing else", () => {
		expect(listOf(`promptpulse-${VERSION}.tgz`)).toEqual([
			"644 package/LICENSE",
			"644 package/LICENSES.txt",
			"644 package/README.md",
			"644 package/find-program.cjs",
			"644 package/package.json",
			"755 package/promptpulse.cjs",
		]);
	});

	test.each([...TARGETS])(
		"@promptpulse/$name holds the program and what there is to read, and nothing else",
		(target) => {
			const program = target.name.startsWith("windows") ? "promptpulse.exe" : "promptpulse";
			const file = `promptpulse-${target.name}-${VERSION}.tgz`;
			expect(listOf(file)).toEqual([
				"644 package/LICENSE",
				"644 package/LICENSES.txt",
				"644 package/README.md",
				"644 package/package.json",
				`755 package/${program}`,
			]);
			const [packedProgram] = readPacked(join(packed, file)).slice(-1);
			expect(packedProgram?.content).toEqual(readFileSync(join(made, fileNameOf(target))));
		},
	);

	test("promptpulse has two commands, and of this very version one part for each system; no script, no dependency", () => {
		expect(manifestOf(`promptpulse-${VERSION}.tgz`)).toEqual({
			name: "promptpulse",
			version: VERSION,
			description: manifest.description,
			bin: { promptpulse: "promptpulse.cjs", ppulse: "promptpulse.cjs" },
			engines: { node: ">=18" },
			optionalDependencies: Object.fromEntries(TARGETS.map(({ name }) => [`@promptpulse/${name}`, VERSION])),
			license: "MIT",
			publishConfig: { access: "public" },
		});
	});

	test.each([
		["darwin-arm64", { os: ["darwin"], cpu: ["arm64"] }],
		["linux-x64", { os: ["linux"], cpu: ["x64"], libc: ["glibc"] }],
		["linux-arm64-musl", { os: ["linux"], cpu: ["arm64"], libc: ["musl"] }],
		["windows-x64", { os: ["win32"], cpu: ["x64"] }],
	])("@promptpulse/%s says which systems it is for", (target, system) => {
		expect(manifestOf(`promptpulse-${target}-${VERSION}.tgz`)).toEqual({
			name: `@promptpulse/${target}`,
			version: VERSION,
			description: `The program of promptpulse for ${target}.`,
			...system,
			preferUnplugged: true,
			license: "MIT",
			publishConfig: { access: "public" },
		});
	});

	test("name the repository where its address is known, as a proof of where they come from needs", async () => {
		const other = join(folder, "from-repository");
		cpSync(made, other, { recursive: true });
		const repository = "https://example.com/owner/name";
		await packNpm({ made: pathToFileURL(`${other}/`), targets: [], repository });
		const [main] = readdirSync(join(other, "npm"));
		const text = readPacked(join(other, "npm", main ?? "")).find(({ path }) => path.endsWith("package.json"));
		expect(JSON.parse(String(text?.content))).toMatchObject({
			repository: { type: "git", url: "git+https://example.com/owner/name.git" },
		});
	});

	test("are the same bytes again, whatever folder they are made in", async () => {
		const again = await packStandIns(join(folder, "elsewhere", "made"));
		for (const name of names) {
			expect(readFileSync(join(again.folder, name)).equals(readFileSync(join(packed, name)))).toBe(true);
		}
	});

	test("S79 hold nothing that is of the machine they were made on", () => {
		const own = [homedir(), join(import.meta.dir, "../.."), folder, process.env.USER].filter(
			(word) => word !== undefined && word.length > 4,
		) as string[];
		for (const name of names) {
			for (const { path, content } of readPacked(join(packed, name))) {
				if (/promptpulse(?:\.exe)?$/.test(path)) continue;
				const found = own.filter((word) => content.includes(word));
				expect({ name, path, found }).toEqual({ name, path, found: [] });
				expect(content.toString()).not.toMatch(/npm_[A-Za-z0-9]{36}|PRIVATE KEY|sourceMappingURL/);
			}
		}
	});

	test("are not made where a program or the licences are missing", async () => {
		for (const missing of ["promptpulse-darwin-x64", "LICENSES.txt"]) {
			const other = join(folder, `without-${missing}`);
			cpSync(made, other, { recursive: true });
			rmSync(join(other, missing));
			await expect(packNpm({ made: pathToFileURL(`${other}/`), targets: TARGETS })).rejects.toThrow(missing);
		}
	});
});

test("the repository itself is no package, and npm does not take it for one", async () => {
	await using registry = await serveRegistry();
	const home = join(folder, "publishing");
	const npm = npmIn(home, registry.url);
	writeFileSync(npm.env.npm_config_userconfig ?? "", `${registry.url.replace("http:", "")}:_authToken=x\n`);
	writeFileSync(join(home, "package.json"), JSON.stringify(manifest));
	const { code, err } = await npm.run(["npm", "publish"]);
	expect({ code, isPrivate: err.includes("EPRIVATE") }).toEqual({ code: 1, isPrivate: true });
	expect(registry.taken().filter((what) => what.startsWith("PUT"))).toEqual([]);
});

test("an archive takes no path that it could not keep", () => {
	for (const path of ["", "a b", "ä", "x".repeat(101)])
		expect(() => tarOf([{ path, content: new Uint8Array() }])).toThrow("does not fit");
});

function listOf(name: string): string[] {
	return readPacked(join(packed, name)).map(({ path, mode }) => `${mode.replace(/^0+/, "")} ${path}`);
}

function manifestOf(name: string): unknown {
	const file = readPacked(join(packed, name)).find(({ path }) => path === "package/package.json");
	return JSON.parse(String(file?.content));
}
