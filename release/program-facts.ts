import { readElf } from "./elf.ts";
import { readMachO } from "./mach-o.ts";
import { readPe } from "./pe.ts";

/** What a system looks at before it runs a program. */
export type ProgramFacts = {
	format: "elf" | "mach-o" | "pe";
	machine: "x64" | "arm64";
	/** What loads it; only ELF names one. */
	interpreter?: string;
	/** Of the system, which it cannot start without, in the order in which it names them. */
	libraries: string[];
	/** The oldest that it runs on: "glibc 2.17", "macOS 13.0". */
	needsSystem?: string;
	/** Whether it has a signature, if only its own, whose digests are those of its content. macOS runs no other on arm64. */
	isSealed?: boolean;
};

/** @throws Error where it is no program, or one of a kind that none of the targets is */
export function readProgramFacts(program: Uint8Array): ProgramFacts {
	const view = new DataView(program.buffer, program.byteOffset, program.byteLength);
	switch (view.getUint32(0)) {
		case 0x7f454c46:
			return readElf(view);
		case 0xcffaedfe:
			return readMachO(view);
		default:
			if (view.getUint16(0) === 0x4d5a) return readPe(view);
			throw new Error("It is no program.");
	}
}

/** Text up to its zero byte. */
export function textAt(view: DataView, offset: number): string {
	let end = offset;
	while (view.getUint8(end) !== 0) end++;
	return new TextDecoder().decode(new Uint8Array(view.buffer, view.byteOffset + offset, end - offset));
}

/** An offset or size of 64 bits; files of that size are none of ours. */
export function numberAt(view: DataView, offset: number): number {
	return Number(view.getBigUint64(offset, true));
}
