import { describe, expect, test } from "bun:test";
import { seal } from "../../build/seal.ts";
import { inspect } from "../../release/inspect.ts";
import { readProgramFacts } from "../../release/program-facts.ts";
import { TARGETS } from "../../release/targets.ts";

/** Bun itself is a program of this system, and what is built for this system is made from it. */
const bun = await Bun.file(process.execPath).bytes();
const system = process.platform === "win32" ? "windows" : process.platform;
const ours = TARGETS.filter(({ name }) => name.startsWith(`${system}-${process.arch}`));

/** A program of macOS without content: header, two segments, a place for a signature. */
function bareMachO(contentBytes: number): Uint8Array {
	const program = new Uint8Array(contentBytes + 64);
	const view = new DataView(program.buffer);
	const words = (at: number, ...values: number[]) => {
		for (const [index, value] of values.entries()) view.setUint32(at + index * 4, value, true);
	};
	const segment = (at: number, name: string, offset: number, bytes: number) => {
		words(at, 0x19, 72);
		program.set(new TextEncoder().encode(name), at + 8);
		view.setBigUint64(at + 40, BigInt(offset), true);
		view.setBigUint64(at + 48, BigInt(bytes), true);
	};
	words(0, 0xfeedfacf, 0x01000007, 3, 2, 3);
	segment(32, "__TEXT", 0, contentBytes - 16);
	segment(104, "__LINKEDIT", contentBytes - 16, 80);
	words(176, 0x1d, 16, contentBytes, 64);
	for (let at = 192; at < contentBytes; at++) program[at] = at % 251;
	return program;
}

describe("what a program is", () => {
	test("is read of a program of this system", () => {
		expect(ours.length).toBeGreaterThan(0);
		const { format, machine, libraries } = readProgramFacts(bun);
		expect(ours.map(({ facts }) => facts)).toContainEqual(
			expect.objectContaining({ format, machine, libraries }),
		);
	});

	test.skipIf(Bun.which("readelf") === null || process.platform !== "linux")("is what readelf says", () => {
		const { interpreter = "none", libraries, needsSystem } = readProgramFacts(bun);
		const run = (flags: string) => Bun.spawnSync(["readelf", flags, process.execPath]).stdout.toString();
		const told = run("-dlW");
		expect(told).toContain(`interpreter: ${interpreter}]`);
		expect(Array.from(told.matchAll(/\(NEEDED\).*\[(.*)\]/g), ([, name]) => name ?? "")).toEqual(libraries);
		const versions = Array.from(run("-VW").matchAll(/GLIBC_([\d.]+)/g), ([, version]) => version ?? "");
		const newest = versions.sort(new Intl.Collator("en", { numeric: true }).compare).at(-1);
		expect(needsSystem).toBe(newest === undefined ? undefined : `glibc ${newest}`);
	});

	test.each([
		["a script", "#!/bin/sh\necho 0.1.0\n"],
		["nothing", ""],
		["half a header", "\x7fELF"],
	])("cannot be read of %s", (_, text) => {
		expect(() => readProgramFacts(new TextEncoder().encode(text))).toThrow();
	});

	test("ends a release where it is not what the target wants: another machine, a cut file", () => {
		const [target] = ours;
		const other = TARGETS.find(({ facts }) => facts.machine !== target?.facts.machine);
		if (!target || !other) throw new Error("there are targets for more than one kind of machine");
		expect(inspect(bun, other).join("\n")).toContain(`machine is ${target.facts.machine} instead of`);
		const cut = inspect(bun.subarray(0, 1_000), target).join("\n");
		expect(cut).toContain("1000 bytes are not to be expected");
		expect(cut).toContain("it cannot be read as a program");
	});
});

describe("the seal of a program of macOS", () => {
	test.each([1_000, 4_096, 8_192, 20_001])("fits its content of %i bytes, and is the same again", (bytes) => {
		const sealed = seal(bareMachO(bytes), "promptpulse");
		expect(readProgramFacts(sealed)).toMatchObject({ format: "mach-o", machine: "x64", isSealed: true });
		expect(Buffer.from(seal(sealed, "promptpulse")).equals(sealed)).toBe(true);
		expect(new DataView(sealed.buffer).getBigUint64(104 + 48, true)).toBe(BigInt(sealed.length - bytes + 16));
	});

	test("does not fit a content of which one byte is another", () => {
		for (const at of [0x18, 300, 4_100, 9_999]) {
			const sealed = seal(bareMachO(10_000), "promptpulse");
			sealed[at] = (sealed[at] ?? 0) ^ 1;
			expect(readProgramFacts(sealed).isSealed).toBe(false);
		}
	});

	test("of another program is none", () => {
		expect(readProgramFacts(bareMachO(10_000)).isSealed).toBe(false);
	});
});
