import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { stampInstaller } from "../../release/stamp.ts";
import { fileNameOf, TARGETS } from "../../release/targets.ts";

const read = (name: string) => readFileSync(join(import.meta.dir, "../../release", name), "utf8");
const [SHELL, POWERSHELL] = [read("install.sh"), read("install.ps1")];

const FACTS = { url: "https://example.com/o/n/releases/", signers: "", version: "1.2.3-rc.1" };
const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHk7";

describe("an installer is stamped", () => {
	test("with the address, the version and who signs, whom it calls by one name", () => {
		const signers = `# Who may.\n\nada@example.com ${KEY} ada's own\r\ncy,di namespaces="promptpulse-release",valid-before="20300101" sk-${KEY}\n`;
		const lines = `promptpulse ${KEY}\npromptpulse namespaces="promptpulse-release",valid-before="20300101" sk-${KEY}`;
		expect(stampInstaller(SHELL, { ...FACTS, signers })).toContain(
			`\nDOWNLOAD_URL='https://example.com/o/n/releases'\nSIGNERS='${lines}'\nVERSION='1.2.3-rc.1'\n`,
		);
		expect(stampInstaller(POWERSHELL, { ...FACTS, signers })).toContain(
			`\n\t$DownloadUrl = 'https://example.com/o/n/releases'\n\t$Signers = '${lines}'\n\t$OwnVersion = '1.2.3-rc.1'\n`,
		);
	});

	test.each([SHELL, POWERSHELL])("in one place each, and once", (text) => {
		const stamped = stampInstaller(text, FACTS);
		expect(() => stampInstaller(stamped, FACTS)).toThrow("0 times, not once");
		expect(() => stampInstaller(text + text, FACTS)).toThrow("2 times, not once");
	});

	test.each([
		"http://example.com",
		"https://example.com/'; rm -rf ~; '",
		"https://example.com/$(id)",
		"https://example.com/\n",
		"https://me@example.com/",
		"http://127.0.0.1.example.com/",
		"",
	])("with no address that is none of https: %j", (url) => {
		expect(() => stampInstaller(SHELL, { ...FACTS, url })).toThrow("name an address of https");
	});

	test.each(["1.2", "v1.2.3", "1.2.3'", "1.2.3\n", "1.2.3-", "$(id)"])(
		"with no version that is none: %j",
		(version) => {
			expect(() => stampInstaller(SHELL, { ...FACTS, version })).toThrow("is no version");
		},
	);

	test.each([
		KEY,
		`ada cert-authority ${KEY}`,
		`ada namespaces="$(id)" ${KEY}`,
		`ada' ${KEY}`,
		"ada ssh-ed25519 AAAA'",
		"ada",
	])("with no signer that cannot be read: %j", (signers) => {
		expect(() => stampInstaller(SHELL, { ...FACTS, signers })).toThrow("is no line of allowed signers");
	});
});

describe("the two installers", () => {
	/** The text of a function of the one for PowerShell. */
	const body = (name: string) =>
		new RegExp(`\\tfunction ${name}\\b.*?\\n\\t\\}\\n`, "s").exec(POWERSHELL)?.[0] ?? "";

	/** What stands in a text, in this order. */
	function inOrder(text: string, words: readonly string[]): void {
		const places = words.map((word) => text.indexOf(word));
		expect(places).not.toContain(-1);
		expect(places).toEqual(places.toSorted((a, b) => a - b));
	}

	test("ask for files of the same names at the same addresses", () => {
		const windows = TARGETS.map(fileNameOf).filter((name) => name.endsWith(".exe"));
		expect(windows.map((name) => POWERSHELL.includes(`$Build = '${name}'`))).toEqual([true]);
		for (const address of ["/latest/download", "/download/v$", "/SHA256SUMS", ".gz"]) {
			expect([SHELL.includes(address.replace("/SHA", "SHA")), POWERSHELL.includes(address)]).toEqual([
				true,
				true,
			]);
		}
		for (const word of [
			"PROMPTPULSE_DOWNLOAD_URL",
			"PROMPTPULSE_INSTALL_DIR",
			"PROMPTPULSE_GRANULARITY",
			"promptpulse-release",
		]) {
			expect([SHELL.includes(word), POWERSHELL.includes(word)]).toEqual([true, true]);
		}
	});

	test("check what came before it takes the place of what is there", () => {
		inOrder(body("Install-Program"), [
			"Get-VersionThere",
			"Get-Sums",
			"Get-Program",
			"Assert-Version",
			"Move-IntoPlace",
		]);
		inOrder(body("Get-Sums"), ["Save-File", "Assert-Signature", "ReadAllLines"]);
		inOrder(body("Get-Program"), [
			"Save-File",
			"Assert-Sum $packed",
			"Decompress",
			"Assert-Sum $new",
			"return $new",
		]);
		inOrder(body("Save-FileOnce"), [
			"AllowAutoRedirect = $false",
			"StartsWith('https://')",
			"GetResponseStream",
		]);
		inOrder(body("Uninstall-Program"), ["Get-VersionThere", "Remove-Schedule", "Remove-Program"]);
		inOrder(body("Remove-Schedule"), ["does not run", "setup --remove --hook", "nothing was removed"]);
	});

	test("look who else may write to the folder, and take Bun's variables away, before anything there is run", () => {
		const last = POWERSHELL.slice(POWERSHELL.lastIndexOf("$kept ="));
		inOrder(last, ["Deny-OpenFolder", "$env:BUN_OPTIONS = $null", "Uninstall-Program", "Install-Program"]);
		inOrder(last, ["} finally {", "$env:BUN_OPTIONS = $kept[1]", "$lock.Dispose()"]);
	});

	test("remove no folder that a link leads to, and need no module that may be another PowerShell's", () => {
		expect(POWERSHELL).not.toMatch(/-Recurse\b|\bGet-FileHash\b|\bGet-Acl\b/);
	});

	test("are texts that every PowerShell reads alike, whole or not at all", () => {
		expect(POWERSHELL).toMatch(/^[\t\n\x20-\x7e]*$/);
		const code = POWERSHELL.replaceAll(/'[^'\n]*'/g, "''").replaceAll(/#.*/g, "");
		expect(code.match(/[({[]/g)?.length).toBe(code.match(/[)}\]]/g)?.length ?? 0);
		expect(POWERSHELL).toMatch(/\n& \{\n(?:[\t\n].*)*\n\}\n$/);
		// It would end the window of who pastes it; and that name is PowerShell's own.
		expect(code).not.toMatch(/\bexit\b|\$input\b/i);
		const made = [...code.matchAll(/function ([\w-]+)/g)].map(([, name = ""]) => name);
		for (const name of made)
			expect([name, code.split(new RegExp(`\\b${name}\\b(?!-)`)).length > 2]).toEqual([name, true]);
	});
});
