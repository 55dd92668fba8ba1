import { mkdir, rm } from "node:fs/promises";
import manifest from "../package.json";
import { packed } from "./pack.ts";
import { type TarFile, tarOf } from "./tar.ts";
import { fileNameOf, TARGETS, type Target } from "./targets.ts";

type Manifest = Record<string, unknown> & { name: string };

export type NpmRelease = {
	/** Where `LICENSES.txt` and the programs lie, under their names in a release; a `file:` URL that ends in a slash. */
	made: URL;
	/** Of what programs were made; the main package names the packages of all targets there are. */
	targets: readonly Target[];
	/** The repository's address. A package that says where it comes from has to name it. */
	repository?: string | undefined;
};

/** What npm calls them. */
const SYSTEMS: Readonly<Record<string, string>> = { linux: "linux", darwin: "darwin", windows: "win32" };

/**
 * Packs the npm packages into `npm/` beside the programs: one for each target with its program, and `promptpulse`, which
 * starts the one that fits. The same programs make the same bytes; whatever was in the folder goes.
 *
 * No package has a script or a dependency that is not one of these.
 *
 * @returns the names of the files in the order in which they have to be published: whoever finds `promptpulse` finds
 * what it needs
 * @throws Error where a program or `LICENSES.txt` is missing
 */
export async function packNpm({ made, targets, repository }: NpmRelease): Promise<string[]> {
	const out = new URL("npm/", made);
	await rm(out, { recursive: true, force: true });
	await mkdir(out, { recursive: true });
	const licences = [
		await fileAt(new URL("../LICENSE", import.meta.url), "LICENSE"),
		await fileAt(new URL("LICENSES.txt", made), "LICENSES.txt"),
	];
	const common = commonFields(repository);
	const names: string[] = [];
	const pack = async (fields: Manifest, files: readonly TarFile[]) => {
		const name = `${fields.name.replace("@", "").replace("/", "-")}-${manifest.version}.tgz`;
		const all = [...files, ...licences, jsonFile(fields)];
		all.sort((one, other) => (one.path < other.path ? -1 : 1));
		const inPackage = all.map((file) => ({ ...file, path: `package/${file.path}` }));
		await Bun.write(new URL(name, out), packed(tarOf(inPackage)));
		names.push(name);
	};
	for (const target of targets)
		await pack({ ...systemFields(target), ...common }, await systemFiles(made, target));
	await pack({ ...mainFields(), ...common }, await mainFiles());
	return names;
}

function commonFields(repository: string | undefined) {
	return {
		license: manifest.license,
		...(repository === undefined ? {} : { repository: { type: "git", url: `git+${repository}.git` } }),
		publishConfig: { access: "public" },
	};
}

function mainFields(): Manifest {
	return {
		name: "promptpulse",
		version: manifest.version,
		description: manifest.description,
		bin: { promptpulse: "promptpulse.cjs", ppulse: "promptpulse.cjs" },
		engines: { node: ">=18" },
		// Exact: a program of another version is another program.
		optionalDependencies: Object.fromEntries(TARGETS.map((target) => [nameOf(target), manifest.version])),
	};
}

function mainFiles(): Promise<TarFile[]> {
	const from = new URL("npm/", import.meta.url);
	return Promise.all([
		fileAt(new URL("promptpulse.cjs", from), "promptpulse.cjs", true),
		fileAt(new URL("find-program.cjs", from), "find-program.cjs"),
		fileAt(new URL("README.md", from), "README.md"),
	]);
}

function nameOf({ name }: Target): string {
	return `@promptpulse/${name}`;
}

function systemFields(target: Target): Manifest {
	const [os = "", cpu, libc = "glibc"] = target.name.split("-");
	const system = SYSTEMS[os];
	if (system === undefined)
		throw new Error(`teach release/npm.ts what npm calls the system of ${target.name}`);
	return {
		name: nameOf(target),
		version: manifest.version,
		description: `The program of promptpulse for ${target.name}.`,
		os: [system],
		cpu: [cpu],
		...(os === "linux" ? { libc: [libc] } : {}),
		// Yarn leaves packages packed otherwise, and what is packed cannot be run.
		preferUnplugged: true,
	};
}

async function systemFiles(made: URL, target: Target): Promise<TarFile[]> {
	const program = fileNameOf(target);
	const readme = `# ${nameOf(target)}\n\nThe program of promptpulse for ${target.name}. Install promptpulse, which brings the one that fits.\n`;
	return [
		await fileAt(new URL(program, made), program.replace(`-${target.name}`, ""), true),
		{ path: "README.md", content: new TextEncoder().encode(readme) },
	];
}

function jsonFile(fields: Manifest): TarFile {
	const text = `${JSON.stringify(fields, null, 2)}\n`;
	return { path: "package.json", content: new TextEncoder().encode(text) };
}

async function fileAt(from: URL, path: string, isProgram = false): Promise<TarFile> {
	return { path, content: await Bun.file(from).bytes(), isProgram };
}
