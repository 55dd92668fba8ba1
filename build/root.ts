/** The repository's root, as a `file:` URL that ends in a slash. */
export const ROOT = new URL("../", import.meta.url);

/** A file of the repository, as a path that the system understands. */
export function pathTo(name: string): string {
	return Bun.fileURLToPath(new URL(name, ROOT));
}
