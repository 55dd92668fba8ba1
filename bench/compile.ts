import { join } from "node:path";

/** The programs of `programs/`. */
type ProgramName = "empty" | "open-sqlite" | "empty-server" | "bare-overview";

/**
 * Compiles one of the programs that promptpulse is held against, with the same settings as promptpulse.
 *
 * @returns the path of the executable, in this folder
 */
export async function compileProgram(name: ProgramName, folder: string): Promise<string> {
	const outfile = join(folder, name);
	await Bun.build({
		entrypoints: [Bun.fileURLToPath(new URL(`programs/${name}.ts`, import.meta.url))],
		target: "bun",
		format: "esm",
		splitting: true,
		bytecode: true,
		minify: true,
		define: { "process.env.NODE_ENV": '"production"' },
		compile: {
			outfile,
			autoloadDotenv: false,
			autoloadBunfig: false,
			autoloadTsconfig: false,
			autoloadPackageJson: false,
		},
	});
	return outfile;
}
