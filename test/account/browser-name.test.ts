import { expect, test } from "bun:test";
import { nameBrowser } from "../../src/account/browser-name.ts";

const CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36";
const IOS = "AppleWebKit/605.1.15 (KHTML, like Gecko)";

test.each([
	["Firefox on Linux", "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"],
	["Firefox on Android", "Mozilla/5.0 (Android 16; Mobile; rv:145.0) Gecko/145.0 Firefox/145.0"],
	[
		"Firefox on iPhone",
		`Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) ${IOS} FxiOS/145.0 Safari/605.1.15`,
	],
	["Chrome on Windows", `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${CHROME}`],
	["Chrome on Android", `Mozilla/5.0 (Linux; Android 10; K) ${CHROME}`],
	["Chrome on iPad", `Mozilla/5.0 (iPad; CPU OS 18_7 like Mac OS X) ${IOS} CriOS/142.0 Safari/604.1`],
	["Chrome on ChromeOS", `Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) ${CHROME}`],
	["Edge on macOS", `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${CHROME} Edg/142.0.0.0`],
	["Opera on Windows", `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${CHROME} OPR/123.0.0.0`],
	["Safari on macOS", `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${IOS} Version/26.1 Safari/605.1.15`],
])("a browser is called as people call it: %s", (name, agent) => {
	expect(nameBrowser(agent)).toBe(name);
});

test.each([
	"",
	"curl/8.5.0",
	"Firefox/145.0 on Linux",
	"Mozilla/5.0 (compatible; Bot/1.0)",
	"Mozilla/5.0 (X11; Linux x86_64) Unheard/1.0",
	`Mozilla/5.0 (${"(".repeat(100_000)}`,
])("what no known browser says has no name: %j", (agent) => {
	expect(nameBrowser(agent)).toBeUndefined();
});
