import type { BunPlugin } from "bun";
import { ASSETS } from "./assets.ts";
import { LIGHT_COMMANDER } from "./light-commander.ts";
import { pathTo } from "./root.ts";

/**
 * The packages of which code or files are in the binary, as folders of the repository (`node_modules/open`), sorted.
 * What a package brings that the bundler leaves out does not count.
 */
export async function findBundledPackages(): Promise<string[]> {
	const copied = ASSETS.filter(({ isBundled }) => !isBundled).map(({ from }) => from);
	const bundled = ASSETS.filter(({ isBundled }) => isBundled).map(({ from }) => from);
	const files = await Promise.all([
		listBundledFiles("src/main.ts", "bun"),
		...bundled.map((entry) => listBundledFiles(entry, "browser")),
	]);
	const folders = [...copied, ...files.flat()].flatMap((path) => packageFolderOf(path) ?? []);
	return [...new Set(folders)].sort();
}

/** The folder of the innermost package that a file lies in; undefined for a file of our own. */
export function packageFolderOf(path: string): string | undefined {
	return /^(?:.*\/)?(node_modules\/(?:.*\/node_modules\/)?(?:@[^/]+\/)?[^/]+)\//.exec(
		path.replaceAll("\\", "/"),
	)?.[1];
}

/** What is generated comes after this, and what is in it of others is counted beside it. */
const WITHOUT_GENERATED: BunPlugin = {
	name: "without generated",
	setup(build) {
		build.onResolve({ filter: /\/generated\// }, ({ path }) => ({ path, external: true }));
	},
};

async function listBundledFiles(entry: string, target: "bun" | "browser"): Promise<string[]> {
	const { metafile } = await Bun.build({
		entrypoints: [pathTo(entry)],
		target,
		splitting: target === "bun",
		metafile: true,
		plugins: target === "bun" ? [LIGHT_COMMANDER, WITHOUT_GENERATED] : [],
		external: ["/assets/*"],
	});
	if (!metafile) throw new Error(`The bundler did not tell what is in ${entry}.`);
	return Object.values(metafile.outputs).flatMap(({ inputs }) =>
		Object.entries(inputs)
			.filter(([, { bytesInOutput }]) => bytesInOutput > 0)
			.map(([path]) => path),
	);
}
