import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A registry on the loopback address. */
export type NpmRegistry = AsyncDisposable & {
	/** Its address, with a slash at its end. */
	url: string;
	/** What was asked of it since the last time: packages' names and files' names, and what else with its method. */
	taken(): string[];
};

type Manifest = { name: string; version: string };

/** Serves all packed packages of some folders as the npm registry does: what there is of a package, and its files. */
export async function serveRegistry(...folders: readonly string[]): Promise<NpmRegistry> {
	const packages = new Map<string, Map<string, Record<string, unknown>>>();
	const files = new Map<string, Uint8Array<ArrayBuffer>>();
	let taken: string[] = [];
	const server = Bun.serve({
		hostname: "127.0.0.1",
		port: 0,
		fetch({ url, method }) {
			const what = decodeURIComponent(new URL(url).pathname).slice(1);
			if (method !== "GET") taken.push(`${method} ${what}`);
			const file = files.get(what);
			const versions = packages.get(what);
			if (file === undefined && versions === undefined) return Response.json({}, { status: 404 });
			taken.push(what);
			if (file !== undefined) return new Response(file);
			const latest = [...(versions?.keys() ?? [])].at(-1);
			return Response.json({
				name: what,
				"dist-tags": { latest },
				versions: Object.fromEntries(versions ?? []),
			});
		},
	});
	const url = `http://127.0.0.1:${server.port}/`;
	for (const path of folders.flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)))) {
		const bytes = new Uint8Array(readFileSync(path));
		const manifest = await manifestIn(bytes);
		const name = `files/${manifest.name}-${manifest.version}.tgz`;
		files.set(name, bytes);
		const dist = { tarball: `${url}${name}`, integrity: digestOf(bytes) };
		const versions = packages.get(manifest.name) ?? new Map();
		packages.set(manifest.name, versions.set(manifest.version, { ...manifest, dist }));
	}
	return {
		url,
		taken() {
			const all = taken;
			taken = [];
			return all;
		},
		async [Symbol.asyncDispose]() {
			await server.stop(true);
		},
	};
}

async function manifestIn(packed: Uint8Array<ArrayBuffer>): Promise<Manifest> {
	const text = await (await new Bun.Archive(packed).files("package/package.json"))
		.get("package/package.json")
		?.text();
	return JSON.parse(text ?? "");
}

function digestOf(bytes: Uint8Array): string {
	return `sha512-${new Bun.CryptoHasher("sha512").update(bytes).digest("base64")}`;
}
