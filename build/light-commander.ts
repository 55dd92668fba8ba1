import type { BunPlugin } from "bun";

/** What commander loads beside what it needs here, and what stands for it: `node:util` takes twice as long as all of it. */
const STAND_INS: readonly [loaded: string, standIn: string][] = [
	[
		"import { stripVTControlCharacters } from 'node:util';",
		"const stripVTControlCharacters = Bun.stripANSI;",
	],
	// Commands that are programs of their own, of which there are none.
	["import childProcess from 'node:child_process';", "const childProcess = undefined;"],
];

export const LIGHT_COMMANDER: BunPlugin = {
	name: "light commander",
	setup(build) {
		build.onLoad({ filter: /[\\/]commander[\\/]lib[\\/](?:command|help)\.js$/ }, async ({ path }) => {
			let contents = await Bun.file(path).text();
			for (const [loaded, standIn] of STAND_INS) contents = contents.replace(loaded, standIn);
			if (/from 'node:(?:util|child_process)'/.test(contents))
				throw new Error(`teach build/light-commander.ts what ${path} loads`);
			return { contents, loader: "js" };
		});
	},
};
