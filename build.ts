import { link, mkdir, open, readdir, rename, rm } from "node:fs/promises";
import { brotliCompressSync, constants } from "node:zlib";
import { findProvider, type ModelInfo, type ModelPrice } from "@pydantic/genai-prices";
import type { BunPlugin } from "bun";
import packageManifest from "./node_modules/@pydantic/genai-prices/package.json";

/** The package's names of the rates that every model must have, and ours. */
const RATE_NAMES = [
	["input_mtok", "input"],
	["output_mtok", "output"],
	["cache_write_mtok", "cacheWrite5m"],
	["cache_write_1h_mtok", "cacheWrite1h"],
	["cache_read_mtok", "cacheRead"],
] as const;
const SEARCHES_NAME = "web_searches_kcount";
const SEARCHES_PRICE = 10;

/** When the versions of the package came out: that old are its prices. */
const RELEASED: Readonly<Record<string, string>> = { "0.1.8": "2026-09-23" };

/** Older than Claude Code, and sold without a cache. */
const LEFT_OUT = ["claude-2", "claude-v1"];

type RatesJson = Partial<Record<(typeof RATE_NAMES)[number][1], number>>;
type PeriodJson = RatesJson & { from?: string; longContext?: RatesJson & { over: number } };
type PriceTableJson = { source: string; models: Record<string, { periods: PeriodJson[] }> };

/**
 * The price table (USD per million tokens) as the price package has it.
 *
 * @throws Error where the package says something this does not understand: a price is never guessed
 */
export function packagePrices(): PriceTableJson {
	const provider = findProvider({ providerId: "anthropic" });
	if (provider === undefined) throw new Error("the price package no longer knows the provider anthropic");
	const models: PriceTableJson["models"] = {};
	for (const info of provider.models) {
		if (LEFT_OUT.includes(info.id)) continue;
		const id = info.id.replace(/-(?:latest|0)$/, "");
		if (models[id] !== undefined) throw notUnderstood(id, "two models of one name");
		models[id] = { periods: periodsOf(info) };
	}
	const { name, version } = packageManifest;
	const released = RELEASED[version];
	if (released === undefined) throw new Error(`teach build.ts when ${name} ${version} came out`);
	return { source: `${name} ${version} of ${released}`, models };
}

function periodsOf({ id, prices }: ModelInfo): PeriodJson[] {
	if (!Array.isArray(prices)) return [periodOf(id, prices)];
	return prices.map(({ constraint, prices: dated, ...rest }, index) => {
		if (Object.keys(rest).length > 0) throw notUnderstood(id, `the fields ${Object.keys(rest).join(", ")}`);
		if (constraint === undefined && index === 0) return periodOf(id, dated);
		if (constraint?.type !== "start_date" || index === 0)
			throw notUnderstood(id, "a constraint that is no date");
		return { from: constraint.start_date, ...periodOf(id, dated) };
	});
}

function periodOf(id: string, prices: ModelPrice): PeriodJson {
	const names: string[] = [SEARCHES_NAME, ...RATE_NAMES.map(([name]) => name)];
	const unknown = Object.keys(prices).filter((name) => !names.includes(name));
	if (unknown.length > 0) throw notUnderstood(id, `the prices ${unknown.join(", ")}`);
	if ((prices[SEARCHES_NAME] ?? SEARCHES_PRICE) !== SEARCHES_PRICE)
		throw notUnderstood(id, "another search price");

	const base: RatesJson = {};
	const long: RatesJson = {};
	const starts = new Set<number | undefined>();
	for (const [name, ours] of RATE_NAMES) {
		const price = prices[name];
		if (price === undefined) throw notUnderstood(id, `no ${name}`);
		const [tier, ...furtherTiers] = typeof price === "number" ? [] : price.tiers;
		if (typeof price !== "number" && (tier === undefined || furtherTiers.length > 0)) {
			throw notUnderstood(id, `not exactly one tier of ${name}`);
		}
		base[ours] = typeof price === "number" ? price : price.base;
		if (tier !== undefined) long[ours] = tier.price;
		starts.add(tier?.start);
	}
	const [over, ...furtherStarts] = starts;
	if (furtherStarts.length > 0) throw notUnderstood(id, "tiers that begin at different counts");
	return over === undefined ? base : { ...base, longContext: { over, ...long } };
}

function notUnderstood(id: string, what: string): Error {
	return new Error(`the price package has ${what} for ${id}: teach build.ts what it means`);
}

/** The table as it is committed: one model a line, so that a difference shows which prices changed. */
function formatPrices({ source, models }: PriceTableJson): string {
	const rows = Object.entries(models).map(([id, row]) => `\t\t${JSON.stringify(id)}: ${JSON.stringify(row)}`);
	return `{\n\t"source": ${JSON.stringify(source)},\n\t"models": {\n${rows.join(",\n")}\n\t}\n}\n`;
}

type Bytes = Uint8Array<ArrayBuffer>;

/** A file of the pages: what it is called, and how it is made. */
type AssetSource = { name: string; type: string; make: () => Promise<Bytes> };

const ASSETS: readonly AssetSource[] = [
	{ name: "geist.woff2", type: "font/woff2", make: () => readFile("node_modules", GEIST) },
	{ name: "geist-licence.txt", type: "text/plain", make: () => readFile("node_modules", GEIST_LICENCE) },
	{ name: "icon.svg", type: "image/svg+xml", make: () => readFile("public/icon.svg") },
	{
		name: "htmx.js",
		type: "text/javascript",
		make: () => readFile("node_modules/htmx.org/dist/htmx.min.js"),
	},
	{ name: "charts.js", type: "text/javascript", make: () => bundle("public/charts.ts") },
	{ name: "app.css", type: "text/css", make: () => bundle("public/app.css") },
];
const GEIST_LICENCE = "@fontsource-variable/geist/LICENSE";
const GEIST = "@fontsource-variable/geist/files/geist-latin-wght-normal.woff2";

/**
 * Makes `src/generated/`: the pages' files under names with a hash of their content, packed for the browsers that take
 * it, and the module that embeds them.
 */
async function makeAssets(): Promise<void> {
	const aside = new URL(`src/generated.${process.pid}/`, import.meta.url);
	await mkdir(aside, { recursive: true });
	const lines: string[] = [];
	const addresses = new Map<string, string>();
	for (const { name, type, make } of ASSETS) {
		const content = withAddresses(name, await make(), addresses);
		const hash = new Bun.CryptoHasher("sha256").update(content).digest("hex").slice(0, 12);
		const address = name.replace(/(?=\.[a-z0-9]+$)/, `.${hash}`);
		addresses.set(name, address);
		const packed =
			type === "font/woff2" ? {} : { br: brotli(content), gzip: Bun.gzipSync(content, { level: 9 }) };
		const files = Object.entries({ file: content, ...packed });
		for (const [form, bytes] of files) await Bun.write(new URL(`${address}.${form}`, aside), bytes);
		const imports = files.map(
			([form]) => `import ${idOf(name, form)} from "./${address}.${form}" with { type: "file" };`,
		);
		const fields = files.map(([form]) => `${form}: ${idOf(name, form)}`).join(", ");
		lines.unshift(...imports);
		lines.push(`\t{ name: "${name}", address: "${address}", type: "${contentType(type)}", ${fields} },`);
	}
	const list = lines.findIndex((line) => line.startsWith("\t"));
	lines.splice(list, 0, ASSET_TYPE, "export const assets: readonly Asset[] = [");
	await Bun.write(new URL("assets.ts", aside), `${[...lines, "];"].join("\n")}\n`);
	const out = new URL("src/generated", import.meta.url);
	await rm(out, { recursive: true, force: true });
	await rename(aside, out);
}

const ASSET_TYPE = `
/** A file of the pages. \`file\`, \`br\` and \`gzip\` are paths that Bun.file reads. Made by build.ts. */
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

async function readFile(...path: string[]): Promise<Bytes> {
	return Bun.file(new URL(path.join("/"), import.meta.url)).bytes();
}

async function bundle(entry: string): Promise<Bytes> {
	const build = await Bun.build({
		entrypoints: [Bun.fileURLToPath(new URL(entry, import.meta.url))],
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

/** What commander loads beside what it needs here, and what stands for it: `node:util` takes twice as long as all of it. */
const STAND_INS: readonly [loaded: string, standIn: string][] = [
	[
		"import { stripVTControlCharacters } from 'node:util';",
		"const stripVTControlCharacters = Bun.stripANSI;",
	],
	// Commands that are programs of their own, of which there are none.
	["import childProcess from 'node:child_process';", "const childProcess = undefined;"],
];

const LIGHT_COMMANDER: BunPlugin = {
	name: "light commander",
	setup(build) {
		build.onLoad({ filter: /[\\/]commander[\\/]lib[\\/](?:command|help)\.js$/ }, async ({ path }) => {
			let contents = await Bun.file(path).text();
			for (const [loaded, standIn] of STAND_INS) contents = contents.replace(loaded, standIn);
			if (/from 'node:(?:util|child_process)'/.test(contents))
				throw new Error(`teach build.ts what ${path} loads`);
			return { contents, loader: "js" };
		});
	},
};

/**
 * Compiles `promptpulse`, one file that runs from any folder, and links `ppulse` to it. It must not read what it finds
 * where it is started: a `bunfig.toml` there could run code, a `.env` could change settings.
 *
 * It is made aside and renamed: what runs it by the clock finds the old one or the new one, whenever the build is stopped.
 *
 * @param out a folder, as a `file:` URL that ends in a slash; what else was in it goes
 */
export async function buildBinary(out = new URL("dist/", import.meta.url)): Promise<void> {
	const aside = new URL(`.made-by-${process.pid}/`, out);
	await mkdir(aside, { recursive: true });
	const binary = process.platform === "win32" ? "promptpulse.exe" : "promptpulse";
	const build = await Bun.build({
		entrypoints: [Bun.fileURLToPath(new URL("src/main.ts", import.meta.url))],
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
			outfile: Bun.fileURLToPath(new URL(binary, aside)),
			autoloadDotenv: false,
			autoloadBunfig: false,
			autoloadTsconfig: false,
			autoloadPackageJson: false,
		},
	});
	for (const log of build.logs) console.error(String(log));
	if (!build.success) throw new Error("The binary could not be built.");
	const short = binary.replace("promptpulse", "ppulse");
	await link(new URL(binary, aside), new URL(short, aside));
	const made = await open(new URL(binary, aside), "r+");
	await made.sync();
	await made.close();
	for (const name of [binary, short]) await rename(new URL(name, aside), new URL(name, out));
	// The maps are in the binary already; beside it they would only be mistaken for parts of it.
	for (const name of await readdir(out)) {
		if (name !== binary && name !== short) await rm(new URL(name, out), { recursive: true });
	}
}

if (import.meta.main) {
	const [step = "binary"] = Bun.argv.slice(2);
	switch (step) {
		case "binary":
			await makeAssets();
			await buildBinary();
			break;
		case "assets":
			await makeAssets();
			break;
		case "prices":
			await Bun.write(new URL("src/usage/prices.json", import.meta.url), formatPrices(packagePrices()));
			break;
		default:
			throw new Error(`There is no step "${step}". The steps are: binary, assets, prices.`);
	}
}
