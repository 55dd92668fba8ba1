import { open } from "node:fs/promises";

const HEADER_BYTES = 32;
const [SEGMENT, SIGNATURE] = [0x19, 0x1d];
const [SIGNATURES, CODE_DIRECTORY, VERSION] = [0xfade0cc0, 0xfade0c02, 0x20400];
/** By nobody, and as linkers do it: the digests alone are what macOS wants. */
const ADHOC_BY_LINKER = 0x20002;
const MAIN_PROGRAM = 1;
const DIRECTORY_BYTES = 88;
const PAGE_BITS = 12;
const PAGE_BYTES = 2 ** PAGE_BITS;
const SHA256 = { kind: 2, bytes: 32 };

type Command = { kind: number; at: number };

/**
 * Signs a program of macOS with its own digests, in the place of the signature that it has. Bun leaves that of its runtime
 * in binaries for x64, which does not fit them any more, and macOS ends such a program at its start.
 *
 * @param name under which the system knows the program
 * @throws Error where there is no place for a signature
 */
export async function sealProgram(path: string, name: string): Promise<void> {
	const sealed = seal(await Bun.file(path).bytes(), name);
	const file = await open(path, "r+");
	await file.truncate(sealed.length);
	await file.write(sealed, 0, sealed.length, 0);
	await file.close();
}

/** The program with its new signature. */
export function seal(program: Uint8Array, name: string): Uint8Array {
	const view = new DataView(program.buffer, program.byteOffset, program.byteLength);
	const commands = listCommands(view);
	const text = findSegment(view, commands, "__TEXT");
	const last = findSegment(view, commands, "__LINKEDIT");
	const place = commands.find(({ kind }) => kind === SIGNATURE)?.at;
	if (place === undefined) throw new Error("The program has no place for a signature.");
	const end = view.getUint32(place + 8, true);
	const pages = Math.ceil(end / PAGE_BYTES);
	const size = 20 + DIRECTORY_BYTES + name.length + 1 + pages * SHA256.bytes;

	const sealed = new Uint8Array(end + size);
	sealed.set(program.subarray(0, end));
	const head = new DataView(sealed.buffer);
	const lastBytes = BigInt(end + size) - view.getBigUint64(last + 40, true);
	head.setUint32(place + 12, size, true);
	head.setBigUint64(last + 48, lastBytes, true);
	head.setBigUint64(last + 32, roundedUp(lastBytes), true);

	writeWords(head, end, [SIGNATURES, size, 1, 0, 20]);
	const digests = DIRECTORY_BYTES + name.length + 1;
	const directory = end + 20;
	writeWords(head, directory, [
		CODE_DIRECTORY,
		size - 20,
		VERSION,
		ADHOC_BY_LINKER,
		digests,
		DIRECTORY_BYTES,
		0,
	]);
	writeWords(head, directory + 28, [pages, end]);
	sealed.set([SHA256.bytes, SHA256.kind, 0, PAGE_BITS], directory + 36);
	head.setBigUint64(directory + 64, view.getBigUint64(text + 40, true));
	head.setBigUint64(directory + 72, view.getBigUint64(text + 48, true));
	head.setBigUint64(directory + 80, BigInt(MAIN_PROGRAM));
	sealed.set(new TextEncoder().encode(name), directory + DIRECTORY_BYTES);
	for (let page = 0; page < pages; page++) {
		const content = sealed.subarray(page * PAGE_BYTES, Math.min((page + 1) * PAGE_BYTES, end));
		sealed.set(
			new Bun.CryptoHasher("sha256").update(content).digest(),
			directory + digests + page * SHA256.bytes,
		);
	}
	return sealed;
}

function listCommands(view: DataView): Command[] {
	const commands: Command[] = [];
	let at = HEADER_BYTES;
	for (let left = view.getUint32(16, true); left > 0; left--) {
		commands.push({ kind: view.getUint32(at, true), at });
		at += view.getUint32(at + 4, true);
	}
	return commands;
}

function findSegment(view: DataView, commands: readonly Command[], name: string): number {
	const found = commands.find(
		({ kind, at }) =>
			kind === SEGMENT &&
			[...name].every((letter, index) => view.getUint8(at + 8 + index) === letter.charCodeAt(0)),
	);
	if (!found) throw new Error(`The program has no segment ${name}.`);
	return found.at;
}

function writeWords(view: DataView, at: number, words: readonly number[]): void {
	for (const [index, word] of words.entries()) view.setUint32(at + index * 4, word);
}

/** In memory a segment is whole pages. */
function roundedUp(bytes: bigint): bigint {
	return ((bytes + BigInt(PAGE_BYTES) - 1n) / BigInt(PAGE_BYTES)) * BigInt(PAGE_BYTES);
}
