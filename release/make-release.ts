import { mkdir, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { collectNotices } from "../build/notices.ts";
import { pathTo } from "../build/root.ts";
import { buildReleaseFile } from "../build.ts";
import manifest from "../package.json";
import { licenceText } from "../src/cli/licence-text.ts";
import { inspect } from "./inspect.ts";
import { packNpm } from "./npm.ts";
import { packed } from "./pack.ts";
import { ReleaseError } from "./release-error.ts";
import { sbomText } from "./sbom.ts";
import { findSecrets } from "./secrets.ts";
import { sign } from "./sign.ts";
import { stampInstaller } from "./stamp.ts";
import { sumsOf } from "./sums.ts";
import { fileNameOf, type Target } from "./targets.ts";

export type Release = {
	targets: readonly Target[];
	/** The path of Bun's runtime for a target. */
	runtimeOf(target: Target): Promise<string>;
	/** Where versions will be downloaded from; without it the installers ask whoever runs them. */
	url?: string | undefined;
	/** Lines of an allowed-signers file of OpenSSH, or nothing. */
	signers: string;
	/** A command of the shell, which signs the file that it gets as its last argument. */
	sign?: string | undefined;
	/** When the sources are of, epoch ms. */
	time: number | undefined;
	/** Where it goes, as a `file:` URL that ends in a slash. What is there goes away. */
	out: URL;
	/** Asked when all is made: where it throws, there is no new release. */
	confirm?(): Promise<void>;
	/** Takes sentences about how it goes. */
	tell(sentence: string): void;
};

const INSTALLERS = ["install.sh", "install.ps1"];
const OTHERS = ["sbom.cdx.json", "LICENSES.txt"];

/**
 * Makes the files of a release. They are made aside: a folder that is there is a whole release.
 *
 * @throws ReleaseError where a binary is not what it has to be
 */
export async function makeRelease(release: Release): Promise<void> {
	const { targets, out, url, time, tell } = release;
	const aside = new URL(`${out.href.slice(0, -1)}.${process.pid}/`);
	try {
		await mkdir(aside, { recursive: true });
		for (const target of targets) await makeBinary(release, target, aside);
		await Bun.write(new URL("LICENSES.txt", aside), `${licenceText(await collectNotices())}\n`);
		await Bun.write(new URL("sbom.cdx.json", aside), await sbomText(time));
		await makeInstallers(release, aside);
		const packages = await packNpm({ made: aside, targets, repository: repositoryOf(url) });
		const binaries = targets.map(fileNameOf).flatMap((name) => [name, `${name}.gz`]);
		const sums = new URL("SHA256SUMS", aside);
		const inNpm = packages.map((name) => `npm/${name}`);
		await Bun.write(sums, await sumsOf(aside, [...binaries, ...INSTALLERS, ...OTHERS, ...inNpm]));
		if (release.sign !== undefined) await sign(release.sign, Bun.fileURLToPath(sums));
		await release.confirm?.();
		await rm(out, { recursive: true, force: true });
		await rename(aside, out);
	} finally {
		await rm(aside, { recursive: true, force: true });
	}
	tell(`The release of ${manifest.version} is in ${Bun.fileURLToPath(out)}`);
}

async function makeBinary({ runtimeOf, tell }: Release, target: Target, folder: URL): Promise<void> {
	const file = new URL(fileNameOf(target), folder);
	await buildReleaseFile(file, { target: target.bun, runtime: await runtimeOf(target) });
	const program = await Bun.file(file).bytes();
	const ownFolders = [pathTo(".").replace(/[\\/]$/, ""), homedir()];
	const secrets = findSecrets(program, ownFolders).map((found) => `${target.name}: ${found}`);
	const faults = [...inspect(program, target), ...secrets];
	if (faults.length > 0) throw new ReleaseError(faults.join("\n"));
	const small = packed(program);
	await Bun.write(new URL(`${file.href}.gz`), small);
	const [size, packedSize] = [program, small].map(({ length }) => `${(length / 1e6).toFixed(1)} MB`);
	tell(`${fileNameOf(target)}: ${size}, packed ${packedSize}`);
}

async function makeInstallers({ url, signers, tell }: Release, folder: URL): Promise<void> {
	for (const name of INSTALLERS) {
		const text = await Bun.file(new URL(name, import.meta.url)).text();
		const stamped =
			url === undefined ? text : stampInstaller(text, { url, signers, version: manifest.version });
		await Bun.write(new URL(name, folder), stamped);
	}
	if (url === undefined) tell("The installers do not know where to download from: --url tells them.");
}

/** The repository that an address of releases on GitHub is of. */
function repositoryOf(url: string | undefined): string | undefined {
	return /^(https:\/\/github\.com\/[^/]+\/[^/]+)\/releases\/?$/.exec(url ?? "")?.[1];
}
