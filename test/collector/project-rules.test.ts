import { describe, expect, test } from "bun:test";
import { mkdirSync, readFileSync, realpathSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { homeAt } from "../../src/collector/home.ts";
import { saveLogin } from "../../src/collector/kept-login.ts";
import {
	listProjectRules,
	pathsOfProject,
	readProjectRules,
	saveProjectRule,
} from "../../src/collector/project-rules.ts";
import { inFolder } from "../support/scan.ts";

const IGNORE = { ignore: true } as const;

function write(folder: string, projects: unknown): void {
	writeFileSync(join(folder, "config.json"), JSON.stringify({ apiKey: "k", projects }), { mode: 0o600 });
}

describe("rules", () => {
	test("are kept beside a login, and leave with the last of them", async () => {
		await inFolder(async (folder) => {
			const home = homeAt(folder);
			expect(listProjectRules(home)).toEqual([]);
			saveLogin(home, { apiKey: "key", server: "https://usage.example.com" });
			const before = readFileSync(home.config, "utf8");
			expect(saveProjectRule(home, ["/b"], IGNORE)).toBe(true);
			expect(saveProjectRule(home, ["/b"], IGNORE)).toBe(false);
			expect(saveProjectRule(home, ["/a"], { alias: "A" })).toBe(true);
			expect(listProjectRules(home)).toEqual([
				{ path: "/a", rule: { alias: "A" } },
				{ path: "/b", rule: IGNORE },
			]);
			expect(JSON.parse(readFileSync(home.config, "utf8"))).toMatchObject({
				apiKey: "key",
				projects: { "/a": { alias: "A" }, "/b": { ignore: true } },
			});
			for (const path of ["/a", "/b"]) expect(saveProjectRule(home, [path], undefined)).toBe(true);
			expect(saveProjectRule(home, ["/a"], undefined)).toBe(false);
			expect(readFileSync(home.config, "utf8")).toBe(before);
		});
	});

	test("may begin with ~, and be of another system", async () => {
		await inFolder(async (folder) => {
			write(folder, { "~/secret": IGNORE, "C:\\client": { alias: "client" } });
			const rules = readProjectRules(homeAt(folder), "/home/ada");
			expect(rules.isIgnored("/home/ada/secret/x")).toBe(true);
			expect(rules.find("c:\\Client\\x")).toEqual({ alias: "client" });
		});
	});

	test("called by the names that every object has are rules like others", async () => {
		await inFolder(async (folder) => {
			writeFileSync(join(folder, "config.json"), '{"projects":{"/__proto__":{"ignore":true}}}', {
				mode: 0o600,
			});
			const home = homeAt(folder);
			saveProjectRule(home, ["/constructor"], IGNORE);
			const rules = readProjectRules(home, "/home/ada");
			expect([rules.isIgnored("/__proto__"), rules.isIgnored("/constructor")]).toEqual([true, true]);
		});
	});

	test.each<[string, unknown]>([
		["no rules", "all"],
		["a list", [IGNORE]],
		["a relative path", { secret: IGNORE }],
		["a rule that is no object", { "/secret": true }],
		["null", { "/secret": null }],
		["an empty rule", { "/secret": {} }],
		["ignore that is not true", { "/secret": { ignore: "yes" } }],
		["ignore that is false", { "/secret": { ignore: false } }],
		["both", { "/secret": { ignore: true, alias: "x" } }],
		["a word that is not known", { "/secret": { ignored: true } }],
		["an empty alias", { "/secret": { alias: " " } }],
		["an alias of two lines", { "/secret": { alias: "a\nb" } }],
		["an alias that is too long", { "/secret": { alias: "x".repeat(257) } }],
	])("that are not understood hold everything back: %s", async (_what, projects) => {
		await inFolder(async (folder) => {
			write(folder, projects);
			expect(() => readProjectRules(homeAt(folder), "/home/ada")).toThrow(
				expect.objectContaining({ code: "invalid_config" }),
			);
		});
	});
});

describe("a project's paths", () => {
	test("are the one that is given and the one that it leads to", async () => {
		await inFolder(async (folder) => {
			const real = join(realpathSync(folder), "real");
			mkdirSync(real);
			symlinkSync(real, join(folder, "link"));
			expect(pathsOfProject(join(folder, "link"), "/home/ada")).toEqual([join(folder, "link"), real]);
			expect(pathsOfProject(`${real}/`, "/home/ada")).toEqual([real]);
			expect(pathsOfProject(join(folder, "gone/../away"), "/home/ada")).toEqual([join(folder, "away")]);
			expect(pathsOfProject("~/secret", folder)).toEqual([join(folder, "secret")]);
		});
	});

	test.each(["", "/a\nb", `/${"x".repeat(256)}`])("are none of %j", (given) => {
		expect(() => pathsOfProject(given, "/home/ada")).toThrow(expect.objectContaining({ code: "usage" }));
	});
});
