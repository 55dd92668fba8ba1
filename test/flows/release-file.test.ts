import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { buildReleaseFile } from "../../build.ts";
import { fileNameOf } from "../../release/targets.ts";
import { assets } from "../../src/generated/assets.ts";
import { usagePages } from "../../src/web/pages/usage-pages.ts";
import { answer, MAIN } from "../support/answers.ts";
import { ownTarget } from "../support/made-release.ts";
import { type CliHome, homeIn, startCli } from "../support/run-cli.ts";
import { writeTranscripts } from "../support/transcript.ts";

setDefaultTimeout(60_000);

type Get = (path: string, headers?: Record<string, string>) => Promise<Response>;

let folder: string;
let it: CliHome;

beforeAll(async () => {
	folder = realpathSync(mkdtempSync(join(tmpdir(), "promptpulse-release-file-")));
	const file = join(folder, "downloads", fileNameOf(ownTarget()));
	mkdirSync(join(folder, "downloads"));
	const runtime = process.execPath;
	await buildReleaseFile(pathToFileURL(file), { target: ownTarget().bun, runtime });
	mkdirSync(join(folder, "home"));
	it = homeIn(join(folder, "home"), { program: [file], cwd: join(folder, "downloads") });
	writeTranscripts(it.projects, {
		[MAIN]: [answer(1), answer(2, { model: "claude-opus-4-5", branch: "dev" })],
	});
}, 120_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Starts the program until it prints an address, lets it be used, and ends it as Ctrl-C does. */
async function running(
	words: readonly string[],
	stream: "stdout" | "stderr",
	address: RegExp,
	use: (address: string, said: () => string) => Promise<void>,
): Promise<void> {
	const child = startCli(words, {
		home: it.home,
		cwd: folder,
		program: [join(folder, "downloads", fileNameOf(ownTarget()))],
	});
	let said = "";
	const reading = (async () => {
		for await (const chunk of child[stream]) said += Buffer.from(chunk).toString();
	})();
	try {
		while (!address.test(said)) {
			if (child.exitCode !== null) throw new Error(`it ended: ${said}`);
			await Bun.sleep(20);
		}
		await use(address.exec(said)?.[0] ?? "", () => said);
		child.kill("SIGINT");
		expect(await child.exited).toBe(0);
		await reading;
	} finally {
		child.kill("SIGKILL");
	}
}

/** Logs in by a link, as a browser does. */
async function enter(link: string): Promise<Get> {
	const entry = await fetch(link, { redirect: "manual" });
	const cookie = entry.headers.get("set-cookie")?.split(";")[0] ?? "";
	expect(cookie).not.toBe("");
	return (path, headers = {}) =>
		fetch(new URL(path, link), { redirect: "manual", headers: { cookie, ...headers } });
}

/** Every file of the pages in every form, and every page that needs no name. */
async function expectWholeSite(get: Get): Promise<void> {
	for (const { address, type, file, br, gzip } of assets) {
		const whole = await get(`/assets/${address}`, { "accept-encoding": "identity" });
		expect([whole.status, whole.headers.get("content-type")], address).toEqual([200, type]);
		expect(Buffer.from(await whole.arrayBuffer()).equals(await Bun.file(file).bytes()), address).toBe(true);
		for (const [form, path] of Object.entries({ br, gzip })) {
			const packed = await get(`/assets/${address}`, { "accept-encoding": form });
			expect(packed.headers.get("content-encoding"), address).toBe(path === undefined ? null : form);
		}
	}
	const names = new Set(assets.map(({ address }) => `/assets/${address}`));
	for (const { method, path } of usagePages()) {
		if (method !== "GET" || path.includes(":")) continue;
		const page = await get(`${path}?range=all`);
		const text = await page.text();
		expect(page.status, path).toBe(200);
		expect(text, path).toContain("</html>");
		const asked = Array.from(text.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g), ([, name = ""]) => name);
		expect(asked.length, path).toBeGreaterThan(2);
		expect(
			asked.filter((name) => !names.has(name)),
			path,
		).toEqual([]);
	}
}

describe("the file of a release, alone in a folder and at home nowhere,", () => {
	test("collects and tells what was used", async () => {
		expect(await it.cli(["collect"])).toMatchObject({ code: 0 });
		expect((await it.report("daily")).totals).toMatchObject({ responses: 2 });
		expect(readdirSync(join(folder, "downloads"))).toEqual([fileNameOf(ownTarget())]);
	});

	test("shows this machine's dashboard: every page, every file", async () => {
		await running(["dashboard", "--no-open"], "stdout", /http\S+(?=\n)/, async (link) => {
			await expectWholeSite(await enter(link));
		});
	});

	test("is a server: a first account, a login, a collect, every page, every file", async () => {
		const words = ["serve", "--port", "0"];
		await running(words, "stderr", /http\S+\/setup\/\S+/, async (setup, said) => {
			const origin = new URL(setup).origin;
			expect(said()).toContain(`answers at ${origin} until`);
			const headers = { origin, "content-type": "application/x-www-form-urlencoded" };
			const made = await fetch(setup, { method: "POST", headers, body: "username=ada" });
			const [key = ""] = /pk_f[0-9A-Za-z]{38}/.exec(await made.text()) ?? [];
			expect(await it.cli(["login", key, "--server", origin, "--yes"])).toMatchObject({ code: 0 });
			expect(await it.cli(["collect"])).toMatchObject({ code: 0 });
			const { out } = await it.cli(["dashboard", "--no-open"]);
			const get = await enter(out.trim());
			await expectWholeSite(get);
			expect(await (await get("/?range=all")).text()).toContain("claude-opus-4-5");
			for (const path of ["/livez", "/readyz", "/api/openapi.json"])
				expect((await get(path)).status, path).toBe(200);
		});
	});
});
