import { numberAt, type ProgramFacts, textAt } from "./program-facts.ts";

const MACHINES: Readonly<Record<number, ProgramFacts["machine"]>> = { 62: "x64", 183: "arm64" };
const [LOAD, DYNAMIC, INTERPRETER] = [1, 2, 3];
const [NEEDED, STRINGS, VERSIONS_NEEDED] = [1, 5, 0x6ffffffe];
const DYNAMIC_ENTRY_BYTES = 16;

type Segment = { type: number; offset: number; address: number; size: number };

/** A program of Linux, little-endian with 64 bits, by its program headers: section headers need not be there. */
export function readElf(view: DataView): ProgramFacts {
	const machine = MACHINES[view.getUint16(18, true)];
	if (view.getUint8(4) !== 2 || view.getUint8(5) !== 1 || machine === undefined)
		throw new Error("It is an ELF program of another kind of machine.");
	const segments = listSegments(view);
	const interpreter = segments.find(({ type }) => type === INTERPRETER);
	const dynamic = listDynamic(view, segments);
	const strings = offsetOf(segments, dynamic.find(([tag]) => tag === STRINGS)?.[1] ?? 0);
	const versions = dynamic.find(([tag]) => tag === VERSIONS_NEEDED)?.[1];
	const glibc = versions === undefined ? undefined : newestGlibc(view, offsetOf(segments, versions), strings);
	return {
		format: "elf",
		machine,
		...(interpreter && { interpreter: textAt(view, interpreter.offset) }),
		libraries: dynamic.filter(([tag]) => tag === NEEDED).map(([, name]) => textAt(view, strings + name)),
		...(glibc && { needsSystem: `glibc ${glibc}` }),
	};
}

function listSegments(view: DataView): Segment[] {
	const [start, size, count] = [numberAt(view, 32), view.getUint16(54, true), view.getUint16(56, true)];
	return Array.from({ length: count }, (_, index) => {
		const at = start + index * size;
		return {
			type: view.getUint32(at, true),
			offset: numberAt(view, at + 8),
			address: numberAt(view, at + 16),
			size: numberAt(view, at + 32),
		};
	});
}

function listDynamic(view: DataView, segments: readonly Segment[]): [tag: number, value: number][] {
	const dynamic = segments.find(({ type }) => type === DYNAMIC);
	const entries: [number, number][] = [];
	if (!dynamic) return entries;
	for (let at = dynamic.offset; at < dynamic.offset + dynamic.size; at += DYNAMIC_ENTRY_BYTES) {
		const tag = numberAt(view, at);
		if (tag === 0) break;
		entries.push([tag, numberAt(view, at + 8)]);
	}
	return entries;
}

/** Where in the file is what will be at that address. */
function offsetOf(segments: readonly Segment[], address: number): number {
	const segment = segments.find(
		(one) => one.type === LOAD && address >= one.address && address < one.address + one.size,
	);
	if (!segment) throw new Error(`Nothing of the file is loaded at the address ${address}.`);
	return address - segment.address + segment.offset;
}

/** A chain of libraries, each with a chain of the versions that are needed of it. */
function newestGlibc(view: DataView, start: number, strings: number): string | undefined {
	const versions: string[] = [];
	for (let library = start, next = -1; next !== 0; library += next) {
		next = view.getUint32(library + 12, true);
		let one = library + view.getUint32(library + 8, true);
		for (let step = -1; step !== 0; one += step) {
			step = view.getUint32(one + 12, true);
			const [, version] =
				/^GLIBC_(\d+(?:\.\d+)+)$/.exec(textAt(view, strings + view.getUint32(one + 8, true))) ?? [];
			if (version !== undefined) versions.push(version);
		}
	}
	return versions.sort(new Intl.Collator("en", { numeric: true }).compare).at(-1);
}
