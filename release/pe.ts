import { type ProgramFacts, textAt } from "./program-facts.ts";

const X64 = 0x8664;
const PLUS = 0x20b;
const [OPTIONAL_HEADER, IMPORTS] = [24, 120];
const [SECTION_BYTES, IMPORT_BYTES] = [40, 20];

/** A program of Windows with 64 bits. */
export function readPe(view: DataView): ProgramFacts {
	const header = view.getUint32(0x3c, true);
	const optional = header + OPTIONAL_HEADER;
	if (view.getUint32(header) !== 0x50450000 || view.getUint16(optional, true) !== PLUS)
		throw new Error("It is no program of Windows with 64 bits.");
	if (view.getUint16(header + 4, true) !== X64)
		throw new Error("It is a program of Windows for another kind of machine.");
	const offsetOf = sectionsOf(view, header);
	const libraries: string[] = [];
	let at = offsetOf(view.getUint32(optional + IMPORTS, true));
	for (let name = view.getUint32(at + 12, true); name !== 0; name = view.getUint32(at + 12, true)) {
		libraries.push(textAt(view, offsetOf(name)));
		at += IMPORT_BYTES;
	}
	return { format: "pe", machine: "x64", libraries };
}

/** Tells where in the file is what will be at an address. */
function sectionsOf(view: DataView, header: number): (address: number) => number {
	const first = header + OPTIONAL_HEADER + view.getUint16(header + 20, true);
	const sections = Array.from({ length: view.getUint16(header + 6, true) }, (_, index) => {
		const at = first + index * SECTION_BYTES;
		return {
			address: view.getUint32(at + 12, true),
			bytes: view.getUint32(at + 16, true),
			offset: view.getUint32(at + 20, true),
		};
	});
	return (address) => {
		const section = sections.find((one) => address >= one.address && address < one.address + one.bytes);
		if (!section) throw new Error(`Nothing of the file is loaded at the address ${address}.`);
		return address - section.address + section.offset;
	};
}
