/** A file of an archive. */
export type TarFile = {
	/** From the archive's root; ASCII, at most 100 characters. */
	path: string;
	content: Uint8Array;
	/** Whether it may be run. */
	isProgram?: boolean;
};

const BLOCK = 512;
/** Whose files they are and when they were made says nothing about them, so every archive says the same. */
const MADE_AT = Date.UTC(2000, 0, 1) / 1000;

/**
 * A ustar archive of files alone, in the order that they are given: the same files make the same bytes anywhere.
 *
 * Bun's own archives hold neither a mode nor a time that can be chosen.
 *
 * @throws Error for a path that does not fit
 */
export function tarOf(files: readonly TarFile[]): Uint8Array<ArrayBuffer> {
	const blocks = files.flatMap((file) => [headOf(file), file.content, paddingOf(file.content.length)]);
	// Two empty blocks are the end.
	return concat([...blocks, new Uint8Array(2 * BLOCK)]);
}

function headOf({ path, content, isProgram = false }: TarFile): Uint8Array {
	if (!/^[\x21-\x7e]{1,100}$/.test(path)) throw new Error(`the path ${path} does not fit into an archive`);
	const head = new Uint8Array(BLOCK);
	const write = (at: number, text: string) => head.set(new TextEncoder().encode(text), at);
	write(0, path);
	write(100, octal(isProgram ? 0o755 : 0o644, 7));
	write(108, octal(0, 7));
	write(116, octal(0, 7));
	write(124, octal(content.length, 11));
	write(136, octal(MADE_AT, 11));
	// The sum is that of a head with blanks in the sum's place.
	write(148, " ".repeat(8));
	write(156, "0");
	write(257, "ustar\0");
	write(263, "00");
	const sum = head.reduce((all, byte) => all + byte, 0);
	write(148, `${octal(sum, 6)}\0 `);
	return head;
}

function octal(value: number, digits: number): string {
	return value.toString(8).padStart(digits, "0");
}

function paddingOf(length: number): Uint8Array {
	return new Uint8Array((BLOCK - (length % BLOCK)) % BLOCK);
}

function concat(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
	const all = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
	let at = 0;
	for (const part of parts) {
		all.set(part, at);
		at += part.length;
	}
	return all;
}
