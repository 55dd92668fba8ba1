import { kindOfKey } from "../src/account/api-key.ts";

/** A kind of secret. What is like one and is none, `isReal` leaves out. */
type Kind = { name: string; pattern: RegExp; isReal?: (found: string) => boolean };

const KINDS: readonly Kind[] = [
	{
		name: "an API key of PromptPulse",
		pattern: /pk_[fri][0-9A-Za-z]{38}(?![0-9A-Za-z])/g,
		isReal: (found) => kindOfKey(found) !== undefined,
	},
	{ name: "a private key", pattern: /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----\s+[A-Za-z0-9+/=]{40,}/g },
	{ name: "a key of AWS", pattern: /(?<![A-Z0-9])(?:AKIA|ASIA)[A-Z2-7]{16}(?![A-Z0-9])/g },
	{ name: "a token of GitHub", pattern: /\b(?:gh[pousr]_[0-9A-Za-z]{36}|github_pat_[0-9A-Za-z_]{60,})/g },
	{ name: "a token of npm", pattern: /\bnpm_[0-9A-Za-z]{36}\b/g },
	{ name: "a key of Anthropic or OpenAI", pattern: /\bsk-(?:ant-|proj-)?[0-9A-Za-z_-]{32,}/g },
	{ name: "a key of Google", pattern: /\bAIza[0-9A-Za-z_-]{35}(?![0-9A-Za-z_-])/g },
	{ name: "a token of Slack", pattern: /\bxox[abprs]-[0-9A-Za-z-]{20,}/g },
	{ name: "a key of Stripe", pattern: /\b[rs]k_live_[0-9A-Za-z]{20,}/g },
	{ name: "a key of Resend", pattern: /\bre_[0-9A-Za-z]{8}_[0-9A-Za-z]{20,}/g },
	{ name: "a signed token", pattern: /\beyJ[0-9A-Za-z_-]{10,}\.eyJ[0-9A-Za-z_-]{10,}\.[0-9A-Za-z_-]{20,}/g },
	{
		name: "a key of SQLite Cloud",
		pattern: /sqlitecloud:\/\/[\w.-]+\.sqlite\.cloud[^\s"'`]*apikey=[0-9A-Za-z]{20,}/gi,
	},
];

/** What ends a folder's name, and what stands before one that begins there. */
const [BEFORE, AFTER] = ["(?<![\\w$/-])", "(?![\\w-])"];

/**
 * What looks like a secret, or names a folder of this machine, as sentences without the secret itself.
 *
 * @param folders paths of this machine that nothing may name, such as the one it was built in
 */
export function findSecrets(content: Uint8Array, folders: readonly string[] = []): string[] {
	const text = Buffer.from(content.buffer, content.byteOffset, content.byteLength).toString("latin1");
	const kinds = [...KINDS, ...folders.map(kindOfFolder)];
	return [...new Set(kinds.flatMap((kind) => findKind(text, kind)))];
}

function findKind(text: string, { name, pattern, isReal }: Kind): string[] {
	return Array.from(text.matchAll(pattern), ([found]) => found)
		.filter((found) => isReal?.(found) ?? true)
		.map((found) => `It holds what looks like ${name}: ${found.slice(0, 8)}…`);
}

function kindOfFolder(folder: string): Kind {
	return {
		name: `the folder ${folder} of this machine`,
		pattern: new RegExp(`${BEFORE}${RegExp.escape(folder)}${AFTER}`, "g"),
	};
}
