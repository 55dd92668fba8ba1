import { link, mkdir, open, rename, rm } from "node:fs/promises";
import { makeGenerated } from "./build/generated.ts";
import { LIGHT_COMMANDER } from "./build/light-commander.ts";
import { formatPrices, packagePrices } from "./build/prices.ts";
import { pathTo, ROOT } from "./build/root.ts";
import { sealProgram } from "./build/seal.ts";
import { sweep } from "./build/sweep.ts";

/** Another system, and Bun's runtime for it: the path of that program. */
export type Foreign = { target: Bun.Build.CompileTarget; runtime: string };

/**
 * Compiles `promptpulse`, one file that runs from any folder, and links `ppulse` to it.
 *
 * @param out a folder, as a `file:` URL that ends in a slash
 */
export async function buildBinary(out = new URL("dist/", ROOT)): Promise<void> {
	const binary = process.platform === "win32" ? "promptpulse.exe" : "promptpulse";
	const short = binary.replace("promptpulse", "ppulse");
	await inFolderAside(out, async (aside) => {
		await compile(new URL(binary, aside));
		await link(new URL(binary, aside), new URL(short, aside));
		for (const name of [binary, short]) await rename(new URL(name, aside), new URL(name, out));
	});
}

/**
 * Compiles `promptpulse` for this system or a foreign one, under the name that it is given out by.
 *
 * @param file where it goes, as a `file:` URL; there is all of it there or nothing new
 */
export async function buildReleaseFile(file: URL, foreign: Foreign): Promise<void> {
	await inFolderAside(new URL("./", file), async (aside) => {
		const made = new URL(foreign.target.includes("windows") ? "promptpulse.exe" : "promptpulse", aside);
		await compile(made, foreign);
		await rename(made, file);
	});
}

/**
 * What is built is made aside and renamed: what runs it by the clock finds the old one or the new one, whenever the build
 * is stopped.
 */
async function inFolderAside(out: URL, make: (aside: URL) => Promise<void>): Promise<void> {
	const aside = new URL(`${ASIDE}${process.pid}/`, out);
	await mkdir(aside, { recursive: true });
	await make(aside);
	await rm(aside, { recursive: true });
	for (const folder of [out, ROOT]) await sweep(folder, LEFT);
}

const ASIDE = ".made-by-";
/** Their folders aside, and what the compiler writes where it runs. */
const LEFT = new RegExp(`^${RegExp.escape(ASIDE)}|\\.bun-build$`);

/**
 * It must not read what it finds where it is started: a `bunfig.toml` there could run code, a `.env` could change
 * settings.
 */
async function compile(file: URL, foreign?: Foreign): Promise<void> {
	const startedIn = process.cwd();
	// Paths in the source maps are told from here, and have to be the same wherever this is started.
	process.chdir(pathTo("."));
	const build = await Bun.build({
		entrypoints: [pathTo("src/main.ts")],
		target: "bun",
		format: "esm",
		// Without splitting every module is loaded at start, also those of other commands.
		splitting: true,
		bytecode: true,
		minify: true,
		sourcemap: "inline",
		define: { "process.env.NODE_ENV": '"production"' },
		plugins: [LIGHT_COMMANDER],
		compile: {
			outfile: Bun.fileURLToPath(file),
			...(foreign && { target: foreign.target, executablePath: foreign.runtime }),
			autoloadDotenv: false,
			autoloadBunfig: false,
			autoloadTsconfig: false,
			autoloadPackageJson: false,
		},
	}).finally(() => process.chdir(startedIn));
	for (const log of build.logs) console.error(String(log));
	if (!build.success) throw new Error("The binary could not be built.");
	if ((foreign?.target ?? process.platform).includes("darwin"))
		await sealProgram(Bun.fileURLToPath(file), "promptpulse");
	const made = await open(file, "r+");
	await made.sync();
	await made.close();
}

if (import.meta.main) {
	const [step = "binary"] = Bun.argv.slice(2);
	switch (step) {
		case "binary":
			await makeGenerated();
			await buildBinary();
			console.log("dist/promptpulse is built. Copy it to a folder on your PATH.");
			break;
		case "generated":
			await makeGenerated();
			break;
		case "prices":
			await Bun.write(new URL("src/usage/prices.json", ROOT), formatPrices(packagePrices()));
			break;
		default:
			throw new Error(`There is no step "${step}". The steps are: binary, generated, prices.`);
	}
}
