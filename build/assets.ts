import { brotliCompressSync, constants } from "node:zlib";
import { pathTo } from "./root.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** A file of the pages: what it is called, the repository's file it comes from, and whether that is bundled or taken as it is. */
type AssetSource = { name: string; type: string; from: string; isBundled?: true };

export const ASSETS: readonly AssetSource[] = [
	{
		name: "geist.woff2",
		type: "font/woff2",
		from: "node_modules/@fontsource-variable/geist/files/geist-latin-wght-normal.woff2",
	},
	{
		name: "geist-licence.txt",
		type: "text/plain",
		from: "node_modules/@fontsource-variable/geist/LICENSE",
	},
	{ name: "icon.svg", type: "image/svg+xml", from: "public/icon.svg" },
	{ name: "htmx.js", type: "text/javascript", from: "node_modules/htmx.org/dist/htmx.min.js" },
	{ name: "charts.js", type: "text/javascript", from: "public/charts.ts", isBundled: true },
	{ name: "app.css", type: "text/css", from: "public/app.css", isBundled: true },
];

/**
 * The pages' files under names with a hash of their content, packed for the browsers that take it, and the module that
 * embeds them.
 *
 * @param folder where they go, as a `file:` URL that ends in a slash
 */
export async function makeAssets(folder: URL): Promise<void> {
	const imports: string[] = [];
	const entries: string[] = [];
	const addresses = new Map<string, string>();
	for (const { name, type, from, isBundled } of ASSETS) {
		const content = withAddresses(
			name,
			await (isBundled ? bundle(from) : Bun.file(pathTo(from)).bytes()),
			addresses,
		);
		const hash = new Bun.CryptoHasher("sha256").update(content).digest("hex").slice(0, 12);
		const address = name.replace(/(?=\.[a-z0-9]+$)/, `.${hash}`);
		addresses.set(name, address);
		const packed =
			type === "font/woff2" ? {} : { br: brotli(content), gzip: Bun.gzipSync(content, { level: 9 }) };
		const files = Object.entries({ file: content, ...packed });
		for (const [form, bytes] of files) await Bun.write(new URL(`${address}.${form}`, folder), bytes);
		imports.push(
			...files.map(
				([form]) => `import ${idOf(name, form)} from "./${address}.${form}" with { type: "file" };`,
			),
		);
		const fields = files.map(([form]) => `${form}: ${idOf(name, form)}`).join(", ");
		entries.push(`\t{ name: "${name}", address: "${address}", type: "${contentType(type)}", ${fields} },`);
	}
	const list = ["export const assets: readonly Asset[] = [", ...entries, "];"];
	await Bun.write(new URL("assets.ts", folder), `${[...imports, ASSET_TYPE, ...list].join("\n")}\n`);
}

const ASSET_TYPE = `
/** A file of the pages. \`file\`, \`br\` and \`gzip\` are paths that Bun.file reads. Made by build/assets.ts. */
export type Asset = { name: string; address: string; type: string; file: string; br?: string; gzip?: string };
`;

function idOf(name: string, form: string): string {
	return `${name.replace(/[^a-z0-9]/g, "_")}_${form}`;
}

function contentType(type: string): string {
	return type.startsWith("text/") ? `${type}; charset=utf-8` : type;
}

/** The style sheet names the font as it is called here; its address has a hash. */
function withAddresses(name: string, content: Bytes, addresses: ReadonlyMap<string, string>): Bytes {
	if (name !== "app.css") return content;
	let text = new TextDecoder().decode(content);
	for (const [known, address] of addresses) text = text.replaceAll(`/assets/${known}`, `/assets/${address}`);
	return new TextEncoder().encode(text);
}

async function bundle(entry: string): Promise<Bytes> {
	const build = await Bun.build({
		entrypoints: [pathTo(entry)],
		target: "browser",
		format: "iife",
		minify: true,
		external: ["/assets/*"],
	});
	const [output] = build.outputs;
	if (!output) throw new Error(`${entry} could not be bundled.`);
	return new Uint8Array(await output.arrayBuffer());
}

function brotli(content: Bytes): Bytes {
	return brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } });
}
