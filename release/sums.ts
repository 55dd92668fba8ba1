/** As `sha256sum` writes and reads it: one line a file, sorted by name. */
export async function sumsOf(folder: URL, names: readonly string[]): Promise<string> {
	const sorted = [...names].sort();
	const lines = await Promise.all(
		sorted.map(async (name) => `${await sha256(new URL(name, folder))}  ${name}\n`),
	);
	return lines.join("");
}

async function sha256(file: URL): Promise<string> {
	const hasher = new Bun.CryptoHasher("sha256");
	for await (const chunk of Bun.file(file).stream()) hasher.update(chunk);
	return hasher.digest("hex");
}
