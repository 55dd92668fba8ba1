import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { brotliDecompressSync } from "node:zlib";
import { type Browser, chromium } from "playwright-core";

const USUAL_PLACES = [
	"/usr/bin/chromium",
	"/usr/bin/chromium-browser",
	"/usr/bin/google-chrome",
	"/usr/bin/google-chrome-stable",
	"/opt/google/chrome/chrome",
	"/snap/bin/chromium",
	"/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
	"/Applications/Chromium.app/Contents/MacOS/Chromium",
	"C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
];

/** A browser program, and the environment that it needs to start. */
export type BrowserProgram = { path: string; environment: Record<string, string> };

/** The machine's own browser if it has one, else the one that comes as a package. */
export async function findBrowser(): Promise<BrowserProgram> {
	const path = [Bun.env.CHROME_PATH ?? "", ...USUAL_PLACES].find(
		(place) => place !== "" && existsSync(place),
	);
	return path ? { path, environment: {} } : packagedBrowser();
}

/**
 * The Chromium of the package `@sparticuz/chromium` (Linux x64), unpacked once, with the libraries and fonts that a bare
 * machine lacks.
 */
export async function packagedBrowser(): Promise<BrowserProgram> {
	const parcel = join(dirname(Bun.resolveSync("@sparticuz/chromium", import.meta.dir)), "../../bin");
	const modules = join(import.meta.dir, "../../node_modules");
	const home = join(modules, ".cache/chromium");
	if (!existsSync(home)) await unpack(parcel, home);
	return {
		path: join(home, "chromium"),
		environment: {
			LD_LIBRARY_PATH: join(home, "al2023/lib"),
			FONTCONFIG_FILE: join(home, "fonts.conf"),
			HOME: tmpdir(),
		},
	};
}

/** Unpacks aside and moves in one step, so that tests that run at once do not find half of it. */
async function unpack(parcel: string, home: string): Promise<void> {
	const aside = `${home}.${process.pid}`;
	mkdirSync(aside, { recursive: true });
	const read = async (name: string) => brotliDecompressSync(await Bun.file(join(parcel, name)).bytes());
	writeFileSync(join(aside, "chromium"), await read("chromium.br"), { mode: 0o755 });
	for (const name of ["al2023", "fonts"]) {
		await new Bun.Archive(await read(`${name}.tar.br`)).extract(join(aside, name));
	}
	// Its own configuration looks for fonts in folders of another system.
	writeFileSync(join(aside, "fonts.conf"), `<fontconfig><dir>${join(home, "fonts")}</dir></fontconfig>`);
	try {
		renameSync(aside, home);
	} catch (error) {
		rmSync(aside, { recursive: true, force: true });
		if (!existsSync(home)) throw error;
	}
}

/** Starts a browser. Close it when done. */
export async function launch({ path, environment }: BrowserProgram): Promise<Browser> {
	return chromium.launch({
		executablePath: path,
		env: { ...(Bun.env as Record<string, string>), ...environment },
		args: [
			"--no-sandbox",
			"--disable-gpu",
			"--disable-dev-shm-usage",
			"--disable-background-networking",
			"--disable-component-update",
			"--disable-sync",
			"--no-first-run",
			"--font-render-hinting=none",
		],
		timeout: 60_000,
	});
}
