import { type ProgramFacts, textAt } from "./program-facts.ts";

const MACHINES: Readonly<Record<number, ProgramFacts["machine"]>> = { 16777223: "x64", 16777228: "arm64" };
const HEADER_BYTES = 32;
const [LOAD_LIBRARY, SIGNATURE, BUILD_VERSION, OLDEST_MACOS] = [0x0c, 0x1d, 0x32, 0x24];
const [SIGNATURES, CODE_DIRECTORY] = [0xfade0cc0, 0xfade0c02];
const SHA256 = 2;

/** A program of macOS for one kind of processor. */
export function readMachO(view: DataView): ProgramFacts {
	const machine = MACHINES[view.getUint32(4, true)];
	if (machine === undefined) throw new Error("It is a program of macOS for another kind of machine.");
	const facts: ProgramFacts = { format: "mach-o", machine, libraries: [], isSealed: false };
	let at = HEADER_BYTES;
	for (let left = view.getUint32(16, true); left > 0; left--) {
		const kind = view.getUint32(at, true);
		if (kind === LOAD_LIBRARY) facts.libraries.push(textAt(view, at + view.getUint32(at + 8, true)));
		if (kind === BUILD_VERSION) facts.needsSystem = macOs(view.getUint32(at + 12, true));
		if (kind === OLDEST_MACOS) facts.needsSystem = macOs(view.getUint32(at + 8, true));
		if (kind === SIGNATURE) facts.isSealed = isSealed(view, view.getUint32(at + 8, true));
		at += view.getUint32(at + 4, true);
	}
	return facts;
}

function macOs(version: number): string {
	return `macOS ${version >>> 16}.${(version >>> 8) & 0xff}`;
}

/** Whether every page of the file up to the signature has the digest that the signature has for it. */
function isSealed(view: DataView, signature: number): boolean {
	if (view.getUint32(signature) !== SIGNATURES) return false;
	for (let index = 0; index < view.getUint32(signature + 8); index++) {
		const at = signature + view.getUint32(signature + 12 + index * 8 + 4);
		if (view.getUint32(at) === CODE_DIRECTORY) return matchesPages(view, at, signature);
	}
	return false;
}

function matchesPages(view: DataView, directory: number, end: number): boolean {
	const digests = directory + view.getUint32(directory + 16);
	const [count, limit] = [view.getUint32(directory + 28), view.getUint32(directory + 32)];
	const [digestBytes, kind] = [view.getUint8(directory + 36), view.getUint8(directory + 37)];
	const pageBytes = 2 ** view.getUint8(directory + 39);
	if (kind !== SHA256 || limit !== end || count !== Math.ceil(limit / pageBytes)) return false;
	for (let page = 0; page < count; page++) {
		const start = page * pageBytes;
		const content = bytesOf(view, start, Math.min(pageBytes, limit - start));
		const digest = new Bun.CryptoHasher("sha256").update(content).digest();
		if (!digest.equals(bytesOf(view, digests + page * digestBytes, digestBytes))) return false;
	}
	return true;
}

function bytesOf(view: DataView, offset: number, length: number): Uint8Array {
	return new Uint8Array(view.buffer, view.byteOffset + offset, length);
}
