"use strict";
// Plain JavaScript without dependencies, for every Node from 18 on and for Bun.
const { accessSync, closeSync, constants, existsSync, openSync, readSync } = require("node:fs");
const { join } = require("node:path");

/** How systems are called here. */
const SYSTEMS = { linux: "linux", darwin: "darwin", win32: "windows" };
/** What Linux starts a program by, by the processor and by what the program was built on. */
const LOADERS = {
	x64: { glibc: "/lib64/ld-linux-x86-64.so.2", musl: "/lib/ld-musl-x86_64.so.1" },
	arm64: { glibc: "/lib/ld-linux-aarch64.so.1", musl: "/lib/ld-musl-aarch64.so.1" },
};
/** What systems start: ELF, Mach-O, PE, and what names its interpreter. */
const BEGINNINGS = ["\x7fE", "\xcf\xfa", "MZ", "#!"];
const INSTALL = "npm install promptpulse --include=optional, and with -g where it was installed so";
/** In a project npm takes a package that is there for a whole one. */
const ANEW =
	"npm uninstall promptpulse, then npm install promptpulse --include=optional; both with -g where it was installed so";

/**
 * The program for this machine, which is in a package of its own.
 *
 * All that can keep it from being started is looked at before: some versions of Node abort where `process.execve` fails.
 *
 * @param machine platform, arch, whether a file exists, and on which libc the asking program itself runs
 * @returns `path`, absolute, or `trouble`: sentences that say what to do
 */
function findProgram(machine = thisMachine()) {
	const { platform, arch } = machine;
	const { version, optionalDependencies } = require("./package.json");
	const parts = Object.keys(optionalDependencies);
	const system = `${SYSTEMS[platform] ?? platform}-${arch}`;
	if (!parts.includes(`@promptpulse/${system}`)) return { trouble: notMadeFor(platform, arch, parts) };
	const libc = platform === "linux" ? libcOf(machine) : undefined;
	if (libc === "none") return { trouble: withoutLoader(arch) };
	const part = `@promptpulse/${system}${libc === "musl" ? "-musl" : ""}`;
	let folder;
	try {
		folder = folderOf(part);
		if (folder === undefined) return { trouble: notInstalled(part, parts) };
		const found = require(join(folder, "package.json")).version;
		if (found !== version) return { trouble: ofOtherVersion(part, found, version) };
	} catch (error) {
		return { trouble: unreadable(part, error.message) };
	}
	const path = join(folder, platform === "win32" ? "promptpulse.exe" : "promptpulse");
	try {
		accessSync(path, constants.X_OK);
		return BEGINNINGS.includes(beginningOf(path)) ? { path } : { trouble: damaged(path) };
	} catch (error) {
		return { trouble: notRunnable(path, error.code) };
	}
}

/** Two bytes as characters. A file that was not written to its end, as where the power failed, is mostly empty. */
function beginningOf(path) {
	const bytes = Buffer.alloc(2);
	const file = openSync(path, "r");
	try {
		return bytes.latin1Slice(0, readSync(file, bytes, 0, 2, 0));
	} finally {
		closeSync(file);
	}
}

function thisMachine() {
	const { platform, arch } = process;
	return { platform, arch, exists: existsSync, ownLibc };
}

/**
 * Whose loader is there decides, for without it a program cannot be started, and to look costs nothing. Where both are
 * (musl can be installed beside glibc, and a stand-in for glibc beside musl) it is what Node itself was built on.
 */
function libcOf({ arch, exists, ownLibc }) {
	const [glibc, musl] = [LOADERS[arch].glibc, LOADERS[arch].musl].map((path) => exists(path));
	if (glibc && musl) return ownLibc();
	if (glibc) return "glibc";
	return musl ? "musl" : "none";
}

function ownLibc() {
	// Otherwise it looks up the names of all that this process is connected with.
	process.report.excludeNetwork = true;
	return process.report.getReport().header.glibcVersionRuntime ? "glibc" : "musl";
}

/** Where package managers have put a package for this one, be it in it, beside it or elsewhere. */
function folderOf(part) {
	try {
		return join(require.resolve(`${part}/package.json`), "..");
	} catch (error) {
		if (error.code === "MODULE_NOT_FOUND") return undefined;
		throw error;
	}
}

function notMadeFor(platform, arch, parts) {
	const systems = parts.map((name) => name.replace("@promptpulse/", "")).join(", ");
	return `PromptPulse is not made for this system (${platform}, ${arch}). It is made for ${systems}.`;
}

function withoutLoader(arch) {
	const { glibc, musl } = LOADERS[arch];
	return `This system starts no programs of other Linux systems: there is neither ${glibc} nor ${musl}. Install glibc or musl, or what your system has in its place, then try again.`;
}

function notInstalled(part, parts) {
	const other = parts.find((name) => folderOf(name) !== undefined);
	if (other === undefined) {
		return `${part}, the part of PromptPulse that is made for this system, was left out, as npm does with --omit=optional. Install PromptPulse with it: ${INSTALL}.`;
	}
	return `${part}, the part of PromptPulse that is made for this system, is not installed, but ${other} is: this installation comes from another system. Delete its node_modules and install it here: ${INSTALL}.`;
}

/** Where an update was ended before its end, or what package managers remember of versions was changed by hand. */
function ofOtherVersion(part, found, version) {
	return `PromptPulse is half updated: promptpulse is ${version} here, and ${part}, the part of it that is made for this system, is ${found}. Install PromptPulse anew: ${ANEW}.`;
}

function unreadable(part, message) {
	return `${part}, the part of PromptPulse that is made for this system, is damaged (${message}). Install PromptPulse anew: ${ANEW}.`;
}

function notRunnable(path, code) {
	if (code === "ENOENT") return `${path} is not there any more. Install PromptPulse anew: ${ANEW}.`;
	return `This system does not let ${path} be run (${code}). See that the file is executable and that its disk is not mounted noexec, or install PromptPulse anew: ${ANEW}.`;
}

/** A shell would take such a file for a script, and one that is empty for a script that did well. */
function damaged(path) {
	return `${path} is damaged: it is no program. Install PromptPulse anew: ${ANEW}.`;
}

module.exports = { findProgram };
