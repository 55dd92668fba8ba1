import { pathTo } from "./root.ts";

/** A package as `bun.lock` has it. */
export type LockedPackage = {
	/** Where it lies, as the lock says it: `cliui/string-width` is the one inside of cliui. */
	key: string;
	name: string;
	version: string;
	/** `sha512-` and the digest in Base64. */
	integrity: string;
	/** Keys of the packages that it is linked with, sorted; those that are nowhere are left out. */
	dependsOn: string[];
	/** Whether only some systems have it. */
	isSystemBound: boolean;
};

/** `dependsOn` is what package.json names. */
export type Lock = { dependsOn: string[]; packages: LockedPackage[] };

type Wanted = Record<string, string>;
type Details = {
	dependencies?: Wanted;
	optionalDependencies?: Wanted;
	peerDependencies?: Wanted;
	os?: unknown;
	cpu?: unknown;
};
type LockText = {
	workspaces: { "": Details & { devDependencies?: Wanted } };
	packages: Record<string, [specifier: string, registry: string, details: Details, integrity: string]>;
};

/** All packages of `bun.lock`, sorted by key. */
export async function readLock(text?: string): Promise<Lock> {
	const parsed = Bun.JSONC.parse(text ?? (await Bun.file(pathTo("bun.lock")).text())) as LockText;
	const keys = new Set(Object.keys(parsed.packages));
	const packages = Object.entries(parsed.packages).map(([key, [specifier, , details, integrity]]) => {
		const at = specifier.lastIndexOf("@");
		if (at < 1 || !integrity?.startsWith("sha512-"))
			throw new Error(
				`bun.lock has no version from the registry for ${key}: teach build/lock.ts what it means`,
			);
		return {
			key,
			name: specifier.slice(0, at),
			version: specifier.slice(at + 1),
			integrity,
			dependsOn: resolveAll(key, details, keys),
			isSystemBound: details.os !== undefined || details.cpu !== undefined,
		};
	});
	const { dependencies, devDependencies } = parsed.workspaces[""];
	return {
		dependsOn: Object.keys({ ...dependencies, ...devDependencies }).sort(),
		packages: packages.sort((one, other) => (one.key < other.key ? -1 : 1)),
	};
}

/** The folder that a package is installed in: `node_modules/cliui/node_modules/string-width`. */
export function folderOf(key: string): string {
	return segmentsOf(key)
		.map((name) => `node_modules/${name}`)
		.join("/");
}

function resolveAll(key: string, details: Details, keys: ReadonlySet<string>): string[] {
	const wanted = { ...details.dependencies, ...details.optionalDependencies, ...details.peerDependencies };
	const found = Object.keys(wanted).flatMap((name) => resolve(key, name, keys) ?? []);
	return [...new Set(found)].sort();
}

/** As Node looks for a package: inside of who wants it, then further and further out. */
function resolve(key: string, name: string, keys: ReadonlySet<string>): string | undefined {
	const around = segmentsOf(key);
	for (let depth = around.length; depth >= 0; depth--) {
		const place = [...around.slice(0, depth), name].join("/");
		if (keys.has(place)) return place;
	}
	return undefined;
}

function segmentsOf(key: string): string[] {
	return key.match(/@[^/]+\/[^/]+|[^/]+/g) ?? [];
}
