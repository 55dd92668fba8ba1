import { findBundledPackages } from "../build/bundled.ts";
import { folderOf, type LockedPackage, readLock } from "../build/lock.ts";
import { readAllLicences } from "../build/package-licence.ts";
import { RUNTIME_PARTS } from "../build/runtime-parts.ts";
import manifest from "../package.json";
import { TARGETS } from "./targets.ts";

type Licence = { license: { id: string } } | { expression: string };
type Component = {
	type: "application" | "library" | "platform";
	"bom-ref": string;
	name: string;
	version?: string;
	/** `required` is in a binary; `excluded` only makes, checks or tests it. */
	scope?: "required" | "excluded";
	hashes?: { alg: "SHA-512"; content: string }[];
	licenses: Licence[];
	purl?: string;
	components?: Component[];
};
type Dependency = { ref: string; dependsOn: string[] };

const ROOT_REF = `promptpulse@${manifest.version}`;
const BUN_VERSION = manifest.devDependencies.bun;
const BUN_REF = `bun-runtime@${BUN_VERSION}`;

/**
 * The parts of a release as CycloneDX 1.6: every package of `bun.lock`, whatever it is for, and Bun's runtime with what is
 * in it. Equal sources make an equal text.
 *
 * @param time of the sources, epoch ms; left out where nobody knows it
 */
export async function sbomText(time: number | undefined): Promise<string> {
	const lock = await readLock();
	const licences = await readAllLicences(lock.packages);
	const bundled = new Set(await findBundledPackages());
	const runtimes = new Set(TARGETS.map(({ runtimePackage }) => runtimePackage));
	const isRequired = ({ key }: LockedPackage) => bundled.has(folderOf(key)) || runtimes.has(key);

	const components = new Map<string, Component>([[BUN_REF, bunRuntime()]]);
	const edges = new Map<string, Set<string>>([
		[ROOT_REF, new Set([BUN_REF])],
		[BUN_REF, new Set()],
	]);
	const refs = new Map(lock.packages.map((one) => [one.key, purlOf(one)]));
	const link = (from: string, keys: readonly string[]) => {
		const known = edges.get(from) ?? new Set();
		for (const key of keys) known.add(refs.get(key) ?? "");
		edges.set(from, known);
	};
	link(ROOT_REF, lock.dependsOn);
	link(BUN_REF, [...runtimes]);
	for (const one of lock.packages) {
		const ref = purlOf(one);
		const scope = isRequired(one) || components.get(ref)?.scope === "required" ? "required" : "excluded";
		components.set(ref, packageComponent(one, scope, licences.get(one.key) ?? ""));
		link(ref, one.dependsOn);
	}
	return format([...components.values()].sort(byRef), dependenciesOf(edges), time);
}

function packageComponent(one: LockedPackage, scope: "required" | "excluded", licence: string): Component {
	const digest = Buffer.from(one.integrity.slice("sha512-".length), "base64").toString("hex");
	return {
		type: "library",
		"bom-ref": purlOf(one),
		name: one.name,
		version: one.version,
		scope,
		hashes: [{ alg: "SHA-512", content: digest }],
		licenses: licencesOf(licence),
		purl: purlOf(one),
	};
}

function bunRuntime(): Component {
	return {
		type: "platform",
		"bom-ref": BUN_REF,
		name: "Bun runtime",
		version: BUN_VERSION,
		scope: "required",
		licenses: licencesOf("MIT"),
		purl: `pkg:github/oven-sh/bun@bun-v${BUN_VERSION}`,
		components: RUNTIME_PARTS.map(({ name, licence }) => ({
			type: "library",
			"bom-ref": `${BUN_REF}/${name}`,
			name,
			licenses: licencesOf(licence),
		})),
	};
}

function dependenciesOf(edges: ReadonlyMap<string, ReadonlySet<string>>): Dependency[] {
	return [...edges]
		.map(([ref, keys]) => ({ ref, dependsOn: [...keys].sort() }))
		.sort((one, other) => (one.ref < other.ref ? -1 : 1));
}

function format(components: Component[], dependencies: Dependency[], time: number | undefined): string {
	const metadata = {
		...(time === undefined ? {} : { timestamp: new Date(time).toISOString() }),
		component: {
			type: "application",
			"bom-ref": ROOT_REF,
			name: manifest.name,
			version: manifest.version,
			licenses: licencesOf(manifest.license),
		},
	};
	const content = { metadata, components, dependencies };
	const head = { bomFormat: "CycloneDX", specVersion: "1.6", serialNumber: serialOf(content), version: 1 };
	return `${JSON.stringify({ ...head, ...content }, null, "\t")}\n`;
}

/** A UUID of version 8, which is whatever its maker likes: here the digest of the content. */
function serialOf(content: object): string {
	const digest = new Bun.CryptoHasher("sha256").update(JSON.stringify(content)).digest("hex");
	const groups = [
		digest.slice(0, 8),
		digest.slice(8, 12),
		`8${digest.slice(13, 16)}`,
		`8${digest.slice(17, 20)}`,
	];
	return `urn:uuid:${groups.join("-")}-${digest.slice(20, 32)}`;
}

function purlOf({ name, version }: LockedPackage): string {
	return `pkg:npm/${name.replace("@", "%40")}@${version}`;
}

function licencesOf(licence: string): Licence[] {
	return /\s/.test(licence) ? [{ expression: licence }] : [{ license: { id: licence } }];
}

function byRef(one: Component, other: Component): number {
	return one["bom-ref"] < other["bom-ref"] ? -1 : 1;
}
