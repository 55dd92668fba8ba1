import { describe, expect, test } from "bun:test";
import { findSecrets } from "../../release/secrets.ts";
import { findSecretsInSources } from "../../release/sources.ts";
import { mintKey } from "../../src/account/api-key.ts";

const letters = (count: number, alphabet = "Ab3dEf7hJk") => alphabet.repeat(8).slice(0, count);
const found = (text: string, folders?: string[]) => findSecrets(new TextEncoder().encode(text), folders);

describe("S79 secrets", () => {
	test("are not in the sources", async () => {
		expect((await findSecretsInSources()) ?? []).toEqual([]);
	});

	test.each([
		["an API key", `"${mintKey("full")}"`],
		["a key that only sends", `key=${mintKey("ingest")}\n`],
		["a private key", `-----BEGIN ${"PRIVATE"} KEY-----\n${letters(64)}\n`],
		["a private key of RSA", `-----BEGIN RSA ${"PRIVATE"} KEY-----\n${letters(64)}\n`],
		["a private key of OpenSSH", `-----BEGIN OPENSSH ${"PRIVATE"} KEY-----\n${letters(70)}\n`],
		["a key of AWS", `AKIA${letters(16, "ABCDEFGH234567")}`],
		["a token of GitHub", `ghp_${letters(36)}`],
		["a token of GitHub for one repository", `github_pat_${letters(70)}`],
		["a token of npm", `//registry/:_authToken=npm_${letters(36)}`],
		["a key of Anthropic", `sk-ant-api03-${letters(60)}`],
		["a key of Google", `AIza${letters(35)}`],
		["a token of Slack", `xoxb-${letters(24)}`],
		["a key of Stripe", `sk_live_${letters(24)}`],
		["a key of Resend", `re_${letters(8)}_${letters(24)}`],
		["a signed token", `eyJ${letters(20)}.eyJ${letters(20)}.${letters(43)}`],
		["a key of SQLite Cloud", `sqlitecloud://abc.sqlite.cloud:8860/usage?apikey=${letters(43)}`],
	])("are found, and not repeated: %s", (_, text) => {
		for (const around of [text, `before\0${text}\0after`]) {
			const told = found(around);
			expect(told).toHaveLength(1);
			expect(told.join().length).toBeLessThan(80);
		}
	});

	test.each([
		["a key with a typing error", `pk_f${letters(38)}`],
		["the words of a parser", `-----BEGIN ${"PRIVATE"} KEY----- and -----END`],
		["a placeholder", "sqlitecloud://HOST:8860/DATABASE?apikey=KEY"],
		["a digest", "0123456789abcdef".repeat(4)],
	])("are told from %s", (_, text) => {
		expect(found(text)).toEqual([]);
	});

	test.each([
		["/home/ada/work/promptpulse/src/main.ts", 1],
		["at main (/home/ada/work/promptpulse:1)", 1],
		["../../home/ada/work/promptpulse/src", 1],
		["/home/ada/work/promptpulse-two/src", 0],
		["/$bunfs/home/ada/work/promptpulse", 0],
	])("are the builder's folders too: %s", (text, count) => {
		expect(found(text, ["/home/ada/work/promptpulse"])).toHaveLength(count);
	});
});
