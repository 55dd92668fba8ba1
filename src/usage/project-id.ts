/**
 * How an address names a project: 16 characters that follow from its name alone, so that they are the same in each of a
 * person's ledgers. The name itself would not do: it may be empty or a path, whose slashes proxies do not keep, and it
 * would stand in their logs.
 */
export function projectId(name: string): string {
	return new Bun.CryptoHasher("sha256").update(`project\0${name}`).digest("base64url").slice(0, 16);
}
