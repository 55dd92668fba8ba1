import { resolve } from "node:path";
import { Command, Option } from "commander";
import { findBundledPackages } from "../build/bundled.ts";
import { makeGenerated } from "../build/generated.ts";
import { readLock } from "../build/lock.ts";
import { pathTo, ROOT } from "../build/root.ts";
import manifest from "../package.json";
import { auditPackages } from "./audit.ts";
import { makeRelease } from "./make-release.ts";
import { ReleaseError } from "./release-error.ts";
import { fetchRuntime } from "./runtime.ts";
import { areCommitted, findSecretsInSources, timeOfSources } from "./sources.ts";
import { TARGETS } from "./targets.ts";

type Options = { tag?: string; target?: string[]; url?: string; signers?: string; sign?: string; out: URL };

/** Packages of Bun's runtimes; they are compared with bun.lock each time. */
const RUNTIMES = pathTo("node_modules/.cache/promptpulse-runtimes");

const command = new Command("release")
	.description("Makes all that a release consists of, in dist/release.")
	.addOption(
		new Option("--target <names...>", "only for these systems").choices(TARGETS.map(({ name }) => name)),
	)
	.option("--tag <tag>", "the tag that is released: it has to be the version's, such as v1.2.3")
	.option("--url <address>", "where versions will be downloaded from, for the installers")
	.option("--signers <file>", "allowed-signers lines of OpenSSH, for the installers; needs --url")
	.option("--sign <command>", "signs the file that it gets as its last argument, as FILE.sig")
	.option(
		"--out <folder>",
		"where it goes; what is there goes away",
		asFolder,
		new URL("dist/release/", ROOT),
	)
	.action(release);

try {
	await command.parseAsync();
} catch (error) {
	if (!(error instanceof ReleaseError)) throw error;
	console.error(error.message);
	process.exitCode = 1;
}

async function release({ tag, target, url, signers, sign, out }: Options): Promise<void> {
	if (tag !== undefined && tag !== `v${manifest.version}`)
		throw new ReleaseError(`The tag ${tag} is not that of the version in package.json, ${manifest.version}.`);
	const [isCommitted, time] = await Promise.all([areCommitted(), timeOfSources()]);
	if (isCommitted === false) {
		if (tag !== undefined)
			throw new ReleaseError(`The sources are not those of ${tag}: commit or undo what was changed.`);
		console.log("The sources are not those of a commit, so nobody can make the same release again.");
	}
	if (signers !== undefined && url === undefined)
		throw new ReleaseError("Name the --url too: without it the installers are not told anything.");
	await checkSources();
	await makeGenerated();
	const { packages } = await readLock();
	await makeRelease({
		targets: TARGETS.filter(({ name }) => target?.includes(name) ?? true),
		runtimeOf: (one) => fetchRuntime(one, packages, RUNTIMES),
		url,
		signers: signers === undefined ? "" : await Bun.file(signers).text(),
		sign,
		time,
		async confirm() {
			if ((await areCommitted()) === isCommitted && (await timeOfSources()) === time) return;
			throw new ReleaseError("The sources were changed while the release was made: make it again.");
		},
		out,
		tell: console.log,
	});
}

/** @throws ReleaseError for a secret in the sources, or where something is known against what will be in the binary */
async function checkSources(): Promise<void> {
	const secrets = await findSecretsInSources();
	if (secrets === undefined)
		console.log("The sources were not searched for secrets: this is no Git repository.");
	if (secrets?.length) throw new ReleaseError(secrets.join("\n"));
	const audit = await auditPackages();
	if (audit.advisories === undefined) {
		console.log(`The packages were not audited: the registry did not tell what is known (${audit.reason}).`);
		return;
	}
	const bundled = await findBundledPackages();
	const told = audit.advisories.map(({ package: name, severity, title, url }) => ({
		isBundled: bundled.includes(`node_modules/${name}`),
		text: `${name}, ${severity}: ${title} (${url})`,
	}));
	for (const { text, isBundled } of told)
		if (!isBundled) console.log(`Known, but not in the binary: ${text}`);
	const inBinary = told
		.filter(({ isBundled }) => isBundled)
		.map(({ text }) => `It would be in the binary: ${text}`);
	if (inBinary.length > 0) throw new ReleaseError(inBinary.join("\n"));
}

function asFolder(path: string): URL {
	return Bun.pathToFileURL(`${resolve(path)}/`);
}
