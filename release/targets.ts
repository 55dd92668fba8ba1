import type { ProgramFacts } from "./program-facts.ts";

/** A system that a binary is made for. */
export type Target = {
	/** As it is called in file names and by `--target`. */
	name: string;
	/** Bun's name of it. */
	bun: Bun.Build.CompileTarget;
	/** The package of Bun's runtime for it, as `bun.lock` has it. */
	runtimePackage: string;
	/** What the binary has to be, or a machine of this kind would not run it. */
	facts: ProgramFacts;
};

/** glibc 2.17 is of 2012: Debian 8, Ubuntu 14.04 and all that is newer. */
const GLIBC = "2.17";

/** Every macOS and every Windows 10 or newer has these. */
const MACOS_LIBRARIES = ["libicucore.A", "libresolv.9", "libc++.1", "libSystem.B"].map(
	(name) => `/usr/lib/${name}.dylib`,
);
const WINDOWS_LIBRARIES = [
	"ntdll.dll",
	"KERNEL32.dll",
	"api-ms-win-core-synch-l1-2-0.dll",
	"bcryptprimitives.dll",
];

export const TARGETS: readonly Target[] = [
	{
		name: "linux-x64",
		bun: "bun-linux-x64",
		runtimePackage: "@oven/bun-linux-x64",
		facts: glibc("x64", "/lib64/ld-linux-x86-64.so.2"),
	},
	{
		name: "linux-arm64",
		bun: "bun-linux-arm64",
		runtimePackage: "@oven/bun-linux-aarch64",
		facts: glibc("arm64", "/lib/ld-linux-aarch64.so.1"),
	},
	{
		name: "linux-x64-musl",
		bun: "bun-linux-x64-musl",
		runtimePackage: "@oven/bun-linux-x64-musl",
		facts: musl("x64", "x86_64"),
	},
	{
		name: "linux-arm64-musl",
		bun: "bun-linux-arm64-musl",
		runtimePackage: "@oven/bun-linux-aarch64-musl",
		facts: musl("arm64", "aarch64"),
	},
	{
		name: "darwin-arm64",
		bun: "bun-darwin-arm64",
		runtimePackage: "@oven/bun-darwin-aarch64",
		facts: macOs("arm64"),
	},
	{
		name: "darwin-x64",
		bun: "bun-darwin-x64",
		runtimePackage: "@oven/bun-darwin-x64",
		facts: macOs("x64"),
	},
	{
		name: "windows-x64",
		bun: "bun-windows-x64",
		runtimePackage: "@oven/bun-windows-x64",
		facts: { format: "pe", machine: "x64", libraries: WINDOWS_LIBRARIES },
	},
];

export function fileNameOf({ name }: Target): string {
	return `promptpulse-${name}${name.startsWith("windows-") ? ".exe" : ""}`;
}

function glibc(machine: "x64" | "arm64", interpreter: string): ProgramFacts {
	const loader = interpreter.replace(/^.*\//, "");
	const libraries = ["libc.so.6", loader, "libpthread.so.0", "libdl.so.2", "libm.so.6"];
	return { format: "elf", machine, interpreter, libraries, needsSystem: `glibc ${GLIBC}` };
}

/** Bun's runtime for musl has the library of C++ not in it: Alpine calls it libstdc++. */
function musl(machine: "x64" | "arm64", cpu: string): ProgramFacts {
	const libraries = ["libstdc++.so.6", `libc.musl-${cpu}.so.1`];
	return { format: "elf", machine, interpreter: `/lib/ld-musl-${cpu}.so.1`, libraries };
}

function macOs(machine: "x64" | "arm64"): ProgramFacts {
	return { format: "mach-o", machine, libraries: MACOS_LIBRARIES, needsSystem: "macOS 13.0", isSealed: true };
}
