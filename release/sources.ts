import { pathTo } from "../build/root.ts";
import { findSecrets } from "./secrets.ts";

/** A key and its certificate for `localhost`, made for tests alone. */
const MADE_FOR_TESTS = ["test/support/self-signed.ts"];

/**
 * When the sources are of, epoch ms: what SOURCE_DATE_EPOCH says, else their commit; undefined where there is none.
 *
 * @see https://reproducible-builds.org/specs/source-date-epoch/
 */
export async function timeOfSources(): Promise<number | undefined> {
	const told = process.env.SOURCE_DATE_EPOCH ?? (await git("log", "-1", "--format=%ct"))?.trim();
	if (told === undefined) return undefined;
	const seconds = Number(told);
	if (!/^\d{1,12}$/.test(told))
		throw new Error(`SOURCE_DATE_EPOCH has to be seconds since 1970, not "${told}".`);
	return seconds * 1_000;
}

/** Secrets in files that are in the repository or would be added to it; undefined where there is no repository. */
export async function findSecretsInSources(): Promise<string[] | undefined> {
	const listed = await git("ls-files", "-z", "--cached", "--others", "--exclude-standard");
	const paths = listed?.split("\0").filter((path) => path !== "" && !MADE_FOR_TESTS.includes(path));
	if (!paths) return undefined;
	const found = await Promise.all(paths.map(findIn));
	return found.flat();
}

async function findIn(path: string): Promise<string[]> {
	const file = Bun.file(pathTo(path));
	// Deleted, and not yet so in the repository.
	if (!(await file.exists())) return [];
	return findSecrets(await file.bytes()).map((found) => `${path}: ${found}`);
}

/** Whether the sources are those of a commit; undefined where there is no repository. */
export async function areCommitted(): Promise<boolean | undefined> {
	const changes = await git("status", "--porcelain");
	return changes === undefined ? undefined : changes === "";
}

/** What Git prints; undefined where there is no Git, or no repository. */
async function git(...words: string[]): Promise<string | undefined> {
	if (Bun.which("git") === null) return undefined;
	const child = Bun.spawn(["git", ...words], { cwd: pathTo("."), stdin: "ignore", stderr: "ignore" });
	const printed = await child.stdout.text();
	return (await child.exited) === 0 ? printed : undefined;
}
