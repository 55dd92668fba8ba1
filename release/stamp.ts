/** What an installer is given of its release. */
export type InstallerFacts = {
	/** Where versions are downloaded from: `<url>/download/v<version>/<file>` and `<url>/latest/download/<file>`. */
	url: string;
	/** Lines of an allowed-signers file of OpenSSH; empty where releases are not signed. */
	signers: string;
	version: string;
};

/** An `https` address without anything that a shell or a browser would read as more than an address. */
const ADDRESS = /^https:\/\/[A-Za-z0-9][A-Za-z0-9._~:/%+-]*$/;
/** The same of this machine, where a release is tried out. */
const LOOPBACK = /^http:\/\/(?:127\.0\.0\.1|localhost)(?:[:/][A-Za-z0-9._~:/%+-]*)?$/;
const VERSION = /^\d{1,9}\.\d{1,9}\.\d{1,9}(?:-[0-9A-Za-z]{1,32}(?:\.[0-9A-Za-z]{1,32}){0,8})?$/;
/** Who, under which conditions, which kind of key, the key; then a remark, which is left out. */
const SIGNER =
	/^[\w@.*,+-]+ ((?:(?:namespaces|valid-after|valid-before)="[\w.,*-]+",?)+ )?((?:sk-)?(?:ssh|ecdsa-sha2)-[\w@.-]+ [A-Za-z0-9+/]+={0,2})(?: [^\n]*)?$/;
/** Both installers call whoever signs by this name, so that names of people do not matter. */
const SIGNER_NAME = "promptpulse";

/**
 * Writes into the text of an installer, `install.sh` or `install.ps1`, what it has to know of its release.
 *
 * @throws Error where a value is not of its form, or its place is not in the text exactly once
 */
export function stampInstaller(text: string, { url, signers, version }: InstallerFacts): string {
	const base = url.replace(/\/+$/, "");
	if (!ADDRESS.test(base) && !LOOPBACK.test(base)) {
		throw new Error(`an installer cannot download from ${JSON.stringify(url)}: name an address of https`);
	}
	if (!VERSION.test(version)) throw new Error(`${JSON.stringify(version)} is no version`);
	let stamped = stampOne(text, ["DOWNLOAD_URL", "DownloadUrl"], base);
	stamped = stampOne(stamped, ["SIGNERS", "Signers"], signerLines(signers).join("\n"));
	return stampOne(stamped, ["VERSION", "OwnVersion"], version);
}

/** The value has no apostrophe in it, so that it stands between two in both languages. */
function stampOne(text: string, [inShell, inPowerShell]: [string, string], value: string): string {
	const place = new RegExp(`^(\\t?(?:${inShell}=|\\$${inPowerShell} = ))''$`, "gm");
	const { length } = [...text.matchAll(place)];
	if (length !== 1) throw new Error(`the place of ${inShell} is in the installer ${length} times, not once`);
	return text.replace(place, (_, before: string) => `${before}'${value}'`);
}

function signerLines(signers: string): string[] {
	const lines = signers.split(/\r?\n/).filter((line) => !/^\s*(?:#|$)/.test(line));
	return lines.map((line) => {
		const [, conditions = "", key] = SIGNER.exec(line.trim()) ?? [];
		if (key === undefined) throw new Error(`${JSON.stringify(line)} is no line of allowed signers`);
		return `${SIGNER_NAME} ${conditions}${key}`;
	});
}
