import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { listSettings, readConfig } from "../../src/config.ts";
import { copyOf, execForm, isLetThrough, pairsOf, readDockerfile } from "../support/dockerfile.ts";

/** Processes start slowly on a busy machine. */
setDefaultTimeout(60_000);

const ROOT = join(import.meta.dir, "../..");
const read = (name: string) => readFileSync(join(ROOT, name), "utf8");

const instructions = readDockerfile(read("Dockerfile"));
const ignoreFile = read(".dockerignore");
const final = instructions.filter(({ stage }) => stage === instructions.at(-1)?.stage);
const all = (name: string, of = final) => of.filter((one) => one.name === name).map(({ rest }) => rest);
const one = (name: string): string => {
	const [only = "", ...others] = all(name);
	expect([name, others]).toEqual([name, []]);
	return only;
};
const copies = instructions.flatMap((instruction) => {
	const copy = instruction.name === "COPY" ? copyOf(instruction) : undefined;
	return copy ? [copy] : [];
});
/** What is there to be copied; the files of a release are only sometimes. */
const sources = copies.flatMap((copy) => copy.sources).filter((name) => !name.includes("*"));

/** What may stand in the environment of a container without being a setting of ours. */
const OF_SQLITE = ["SQLITE_TMPDIR"];

describe("the image", () => {
	test("runs the program alone, as nobody with rights, known by number", () => {
		expect(execForm(one("ENTRYPOINT"))).toEqual(["/usr/local/bin/promptpulse"]);
		expect(execForm(one("CMD"))).toEqual(["serve"]);
		expect(one("USER")).toMatch(/^[1-9]\d{3,}:[1-9]\d{3,}$/);
		expect(one("STOPSIGNAL")).toBe("SIGTERM");
		// Such an image has no shell, so nothing can be run while it is made, either.
		expect(all("RUN")).toEqual([]);
		expect(all("ADD", instructions)).toEqual([]);
	});

	test("looks after its own health with its own program, sooner than Docker gives up", () => {
		const [, timeout = "", command = ""] = /--timeout=(\d+)s .* CMD (.*)$/.exec(one("HEALTHCHECK")) ?? [];
		expect(execForm(command)).toEqual([...execForm(one("ENTRYPOINT")), "serve", "--health"]);
		expect(Number(timeout)).toBeGreaterThan(4);
	});

	test("sets what has to be otherwise in a container, by the names that the program reads, and no secret", () => {
		const environment = Object.assign({}, ...all("ENV").map(pairsOf)) as Record<string, string>;
		const known = listSettings(() => undefined, {}).map(({ variable }) => variable);
		expect(Object.keys(environment).filter((name) => ![...known, ...OF_SQLITE].includes(name))).toEqual([]);
		const { host, port, home, databaseUrl } = readConfig(environment);
		expect({ host, port, home, databaseUrl }).toEqual({
			host: "0.0.0.0",
			port: one("EXPOSE"),
			home: "/data",
			databaseUrl: "/data/server.db",
		});
		expect(environment.SQLITE_TMPDIR).toBe("/data");
		const words = instructions.map(({ rest }) => rest).join("\n");
		expect(words).not.toMatch(/KEY|TOKEN|SECRET|PASSWORD|apikey/);
	});

	test("says what it is, and takes the rest from whoever builds it", () => {
		const labels = pairsOf(all("LABEL").join(" "));
		const names = ["title", "description", "licenses", "version", "revision", "source"];
		expect(Object.keys(labels)).toEqual(names.map((name) => `org.opencontainers.image.${name}`));
		for (const name of ["VERSION", "REVISION", "SOURCE"]) {
			expect(labels[`org.opencontainers.image.${name.toLowerCase()}`]).toBe(`$\{${name}}`);
			expect(all("ARG")).toContain(`${name}=""`);
		}
	});

	test("has a folder for a volume that is its user's, and no VOLUME, which Railway does not build", () => {
		const [data = ""] = all("COPY").filter((rest) => rest.endsWith(" /data"));
		expect(data).toContain(`--chown=${one("USER")} `);
		expect(all("VOLUME", instructions)).toEqual([]);
	});

	test("comes from base images that are named by version", () => {
		const images = all("ARG", instructions).filter((rest) => /_IMAGE=/.test(rest));
		expect(images).toHaveLength(2);
		for (const image of images) expect(image).toMatch(/=[\w./-]+:[\w.-]+$/);
		for (const image of images) expect(image).not.toEndWith(":latest");
	});
});

describe("what goes to the builder", () => {
	test("is all that is copied", () => {
		for (const name of sources) {
			expect([name, existsSync(join(ROOT, name))]).toEqual([name, true]);
			expect([name, isLetThrough(ignoreFile, name)]).toEqual([name, true]);
		}
		for (const name of ["src/web/api/events.ts", "views/parts/page.tsx", "promptpulse-linux-arm64"]) {
			expect([name, isLetThrough(ignoreFile, name)]).toEqual([name, true]);
		}
	});

	test("is nothing else", () => {
		const copied = new Set(sources.map((name) => name.split("/")[0]));
		const there = readdirSync(ROOT).filter((name) => !/^promptpulse-linux-/.test(name));
		for (const name of there)
			expect([name, isLetThrough(ignoreFile, name)]).toEqual([name, copied.has(name)]);
		const never = [".git/config", ".env", "node_modules/bun/bin/bun.exe", "dist/promptpulse", "server.db"];
		for (const name of [...never, "src/generated/assets.ts", "src/generated.1/assets.ts", ".npmrc"]) {
			expect([name, isLetThrough(ignoreFile, name)]).toEqual([name, false]);
		}
	});

	describe("suffices", () => {
		let folder: string;

		beforeAll(() => {
			folder = mkdtempSync(join(tmpdir(), "promptpulse-image-"));
			for (const { sources: names, target } of copies) {
				for (const name of names.filter((text) => !text.includes("*"))) {
					const to = target.endsWith("/") ? join(target, name) : target;
					const filter = (path: string) => isLetThrough(ignoreFile, path.slice(ROOT.length + 1));
					cpSync(join(ROOT, name), join(folder, to), { recursive: true, filter });
				}
			}
			symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
		});

		afterAll(() => rmSync(folder, { recursive: true, force: true }));

		function run(...words: string[]): void {
			const child = Bun.spawnSync([process.execPath, "--no-env-file", ...words], { cwd: folder });
			expect([words, child.exitCode, child.stderr.toString()]).toEqual([words, 0, expect.any(String)]);
		}

		test("to make all that the program is made from", () => {
			expect(all("RUN", instructions).join("\n")).toContain("node bootstrap.mjs build.ts;");
			expect(existsSync(join(folder, "bootstrap.mjs"))).toBe(true);
			run("build.ts", "generated");
			run("build", "src/main.ts", "--target=bun", "--splitting", "--outdir=made");
			expect(existsSync(join(folder, "made", "main.js"))).toBe(true);
		});
	});
});
