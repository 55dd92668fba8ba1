import { expect, test } from "bun:test";
import { mkdirSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { sweep } from "../../build/sweep.ts";
import { inFolder } from "../support/scan.ts";

const HOURS = 3_600_000;

test("what builds left that were stopped goes an hour later, and nothing else does", async () => {
	await inFolder(async (folder) => {
		const at = (name: string, hours: number) =>
			utimesSync(join(folder, name), new Date(), new Date(Date.now() - hours * HOURS));
		for (const [name, hours] of [
			["aside.1", 2],
			["aside.2", 0.5],
			["kept", 9],
		] as const) {
			mkdirSync(join(folder, name));
			writeFileSync(join(folder, name, "half"), "");
			at(name, hours);
		}
		writeFileSync(join(folder, "aside.3"), "");
		at("aside.3", 2);
		await sweep(pathToFileURL(`${folder}/`), /^aside\.\d+$/);
		expect(readdirSync(folder).sort()).toEqual(["aside.2", "kept"]);
	});
});
