import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { LockedPackage } from "../build/lock.ts";
import { pathTo } from "../build/root.ts";
import { ReleaseError } from "./release-error.ts";
import type { Target } from "./targets.ts";

/**
 * Bun's runtime for a target: the package that `bun.lock` names, by npm from the registry that npm is set to. Bun would
 * fetch it by itself, from one registry only and without comparing it with the lock.
 *
 * @param folder where packages are kept, a path
 * @param npm the path of that program
 * @returns the path of the runtime
 * @throws ReleaseError where the package cannot be had or is not the one of the lock
 */
export async function fetchRuntime(
	{ runtimePackage, name }: Target,
	packages: readonly LockedPackage[],
	folder: string,
	npm: string | null = Bun.which("npm"),
): Promise<string> {
	const locked = packages.find((one) => one.key === runtimePackage);
	if (!locked) throw new ReleaseError(`bun.lock has no ${runtimePackage}, the runtime for ${name}.`);
	const archive = join(folder, `${runtimePackage.replace("@", "").replace("/", "-")}-${locked.version}.tgz`);
	if (!(await isWhole(archive, locked.integrity))) {
		await download(npm, locked, folder);
		if (!(await isWhole(archive, locked.integrity)))
			throw new ReleaseError(
				`What the registry gave for ${runtimePackage} is not what bun.lock has. Do not use it.`,
			);
	}
	return await unpack(archive, join(folder, name), name.startsWith("windows-") ? "bun.exe" : "bun");
}

async function isWhole(archive: string, integrity: string): Promise<boolean> {
	const file = Bun.file(archive);
	if (!(await file.exists())) return false;
	const digest = new Bun.CryptoHasher("sha512").update(await file.bytes()).digest("base64");
	return `sha512-${digest}` === integrity;
}

async function download(npm: string | null, { name, version }: LockedPackage, folder: string): Promise<void> {
	await mkdir(folder, { recursive: true });
	if (npm === null)
		throw new ReleaseError("A release is made with npm, which comes with Node. It is not on the PATH.");
	const words = [npm, "pack", `${name}@${version}`, "--pack-destination", folder, "--loglevel=error"];
	const child = Bun.spawn(words, { cwd: pathTo("."), stdin: "ignore", stdout: "ignore", stderr: "inherit" });
	if ((await child.exited) !== 0)
		throw new ReleaseError(`npm could not fetch ${name}@${version}; the lines above say why.`);
}

/** Anew each time: what lay there could have been changed since the archive was compared. */
async function unpack(archive: string, folder: string, program: string): Promise<string> {
	const aside = `${folder}.${process.pid}`;
	await rm(folder, { recursive: true, force: true });
	const content = await new Bun.Archive(await Bun.file(archive).bytes()).files(`package/bin/${program}`);
	const found = content.get(`package/bin/${program}`);
	if (!found) throw new ReleaseError(`${archive} has no ${program} in it.`);
	await mkdir(aside, { recursive: true });
	await Bun.write(join(aside, program), found, { mode: 0o755 });
	await rename(aside, folder);
	return join(folder, program);
}
