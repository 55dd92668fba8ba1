import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ASSETS } from "../../build/assets.ts";
import { packageFolderOf } from "../../build/bundled.ts";
import { LIGHT_COMMANDER } from "../../build/light-commander.ts";
import { collectNotices } from "../../build/notices.ts";
import { isFree, readLicence } from "../../build/package-licence.ts";
import { RUNTIME_PARTS } from "../../build/runtime-parts.ts";
import { licenceText } from "../../src/cli/licence-text.ts";
import { inHome } from "../support/run-cli.ts";
import { inFolder } from "../support/scan.ts";

setDefaultTimeout(60_000);

const root = join(import.meta.dir, "../..");
const notices = await collectNotices();
const named = new Set(notices.packages.map(({ name }) => `node_modules/${name}`));

describe("licences", () => {
	test("name every package of which code is in the program, by the maps of its sources", async () => {
		const build = await Bun.build({
			entrypoints: [join(root, "src/main.ts"), join(root, "public/charts.ts")],
			target: "bun",
			splitting: true,
			sourcemap: "external",
			plugins: [LIGHT_COMMANDER],
		});
		const maps = build.outputs.filter(({ kind }) => kind === "sourcemap");
		const sources = await Promise.all(maps.map(async (map) => (await map.json()).sources as string[]));
		const inside = new Set(sources.flat().flatMap((path) => packageFolderOf(path) ?? []));
		expect(inside.size).toBeGreaterThan(40);
		expect([...inside].filter((folder) => !named.has(folder))).toEqual([]);
	});

	test("name every package of which a file is in the program as it is", () => {
		const folders = ASSETS.flatMap(({ from }) => packageFolderOf(from) ?? []);
		expect(folders).toContain("node_modules/@fontsource-variable/geist");
		expect(folders.filter((folder) => !named.has(folder))).toEqual([]);
	});

	test("name every library and package that Bun says is in its runtime", async () => {
		const document = await Bun.file(join(root, "node_modules/bun-types/docs/project/license.mdx")).text();
		const rows = Array.from(document.matchAll(/^\|[^|]*\[`?([^`\]]+)`?\]\(/gm), ([, name = ""]) => name);
		expect(rows.length).toBeGreaterThan(45);
		const parts = RUNTIME_PARTS.map(({ name }) => name);
		expect(rows.filter((name) => !parts.includes(name))).toEqual([]);
		expect(document).toContain("JavaScriptCore (and WebKit)");
		expect(parts).toContain("WebKit and JavaScriptCore");
	});

	test("say of each part what has to be said of it, in full", () => {
		for (const { name, notice } of notices.packages) {
			expect(notice, name).toMatch(/copyright|\(c\)|Permission to use/i);
			expect(notice.length, name).toBeGreaterThan(50);
		}
		for (const { name, notice } of notices.runtime) {
			const [, texts = ""] = /The full text stands below: (.*)$/.exec(notice) ?? [];
			expect(texts, name).not.toBe("");
			for (const text of texts.split(", ")) expect(notices.texts[text]?.length, text).toBeGreaterThan(150);
		}
	});

	test("say of the JPEG library what the runtime itself says of it, and what its licence wants said", async () => {
		const runtime = Buffer.from(await Bun.file(process.execPath).arrayBuffer());
		const at = runtime.indexOf("The libjpeg-turbo Project and many others");
		const [years = "none"] = /[\d-]+ $/.exec(runtime.toString("latin1", at - 12, at)) ?? [];
		const { notice } = notices.runtime.find(({ name }) => name === "libjpeg-turbo") ?? {};
		expect(notice).toContain(`${years}The libjpeg-turbo Project and many others`);
		expect(notice).toContain("This software is based in part on the work of the Independent JPEG Group.");
	});

	test("tell that parts are under the LGPL, its text, and how to put others in their place", () => {
		const text = licenceText(notices);
		expect(text).toContain("GNU LESSER GENERAL PUBLIC LICENSE");
		expect(text).toContain("GNU LIBRARY GENERAL PUBLIC LICENSE");
		expect(text).toContain("by running its build.ts with that Bun");
		expect(text).toContain("SIL OPEN FONT LICENSE");
	});

	test.each([
		["AGPL-3.0-only", 'has the licence "AGPL-3.0-only"'],
		["SEE LICENSE IN LICENSE.txt", "does not allow"],
		[undefined, 'has the licence ""'],
	])("that nobody has allowed end a build: %p", async (license, words) => {
		await inFolder(async (folder) => {
			mkdirSync(join(folder, "package"));
			writeFileSync(join(folder, "package/package.json"), JSON.stringify({ name: "bad", license }));
			expect(readLicence(join(folder, "package"))).rejects.toThrow(words);
		});
	});

	test.each([
		["MIT", true],
		["BSD-3-Clause", true],
		["(MIT OR GPL-3.0-only)", true],
		["MIT AND Apache-2.0", true],
		["MIT AND GPL-3.0-only", false],
		["AGPL-3.0-only", false],
		["", false],
	])('"%s" is free: %p', (licence, free) => {
		expect(isFree(licence)).toBe(free);
	});

	test("are printed by the program, for people and for programs", async () => {
		await inHome({}, async ({ cli }) => {
			expect(await cli(["licenses"])).toEqual({ code: 0, out: `${licenceText(notices)}\n`, err: "" });
			expect(JSON.parse((await cli(["licenses", "--json"])).out)).toEqual(notices);
		});
	});
});
