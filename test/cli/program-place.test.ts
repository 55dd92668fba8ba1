import { describe, expect, test } from "bun:test";
import { copyFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { findPlaceCaveat } from "../../src/cli/setup/program-place.ts";
import { VERSION } from "../../src/version.ts";
import { onMachine } from "../support/own-machine.ts";
import { FROM_SOURCES } from "../support/program.ts";
import { inFolder } from "../support/scan.ts";

const PART = "node_modules/@promptpulse/linux-x64/promptpulse";

describe("a program that stays where it is has no caveat:", () => {
	test.each([
		"/home/ada/.local/bin/promptpulse",
		`/usr/lib/node_modules/promptpulse/${PART}`,
		`/home/ada/.nvm/versions/node/v2${VERSION}/lib/node_modules/promptpulse/${PART}`,
		`/home/ada/.nvm/versions/node/v${VERSION}.1/lib/node_modules/promptpulse/${PART}`,
		`/home/ada/.bun/install/global/${PART}`,
		"C:\\Users\\ada\\AppData\\Roaming\\npm\\node_modules\\promptpulse\\promptpulse.exe",
	])("%s", (path) => expect(findPlaceCaveat(path)).toBeUndefined());
});

describe("in a cache it is told that it may go:", () => {
	test.each([
		`/home/ada/.npm/_npx/0123456789abcdef/${PART}`,
		`C:\\Users\\ada\\AppData\\Local\\npm-cache\\_npx\\0123456789abcdef\\promptpulse.exe`,
		`/home/ada/.bun/install/cache/.bunx-1000/promptpulse@latest/${PART}`,
		`/tmp/bunx-1000-promptpulse@latest/${PART}`,
		`/home/ada/.cache/pnpm/dlx/0123/${PART}`,
		`/tmp/xfs-01234567/dlx-1234/${PART}`,
	])("%s", (path) => expect(findPlaceCaveat(path)).toContain(`in a cache, from which it may be cleared`));
});

describe("in a folder of its version it is told that the next one lies elsewhere:", () => {
	test.each([
		`/home/ada/.local/share/pnpm/global/5/.pnpm/@promptpulse+linux-x64@${VERSION}/${PART}`,
		`/home/ada/app/.yarn/unplugged/@promptpulse-linux-x64-npm-${VERSION}-2f4da11425/${PART}`,
		`/opt/promptpulse/${VERSION}/bin/promptpulse`,
	])("%s", (path) =>
		expect(findPlaceCaveat(path)).toContain("Run promptpulse setup again after each update."),
	);
});

describe("setup by a program that npx has brought", () => {
	test("writes the program's own path, and says that it may go", () =>
		inFolder(async (folder) => {
			const place = join(folder, "_npx/0123456789abcdef");
			const program = [join(place, "bun"), ...FROM_SOURCES.slice(1)];
			mkdirSync(place, { recursive: true });
			copyFileSync(process.execPath, program[0] ?? "");
			await onMachine(
				["crontab"],
				async (machine) => {
					const caveat = `This program lies in a cache, from which it may be cleared at any time: ${program[0]}.`;
					expect((await machine.setup()).err).toContain(caveat);
					expect(machine.crontab()).toContain(program[0] ?? "");
					expect((await machine.setup("--hook")).err).toContain(caveat);
					const settings = join(machine.home, ".claude/settings.json");
					expect(existsSync(settings) && readFileSync(settings, "utf8")).toContain(program[0] ?? "");
					expect((await machine.setup("--status")).err).toBe("");
				},
				{ program },
			);
		}));
});
