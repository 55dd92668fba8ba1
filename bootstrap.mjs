// Plain JavaScript without dependencies: this runs where nothing has been installed yet, under Node or Bun.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { isatty } from "node:tty";
import { fileURLToPath } from "node:url";

const root = dirname(fileURLToPath(import.meta.url));
const modules = join(root, "node_modules");
/** What `.bin/bun` leads to, of this name on every system. */
const bun = join(modules, "bun", "bin", "bun.exe");
const stamp = join(modules, ".promptpulse-installed");
/** The pages' files and the licences, made from `public` and packages, and what they were made from. */
const pages = join(root, "src", "generated");
const pagesStamp = join(modules, ".promptpulse-pages");
const lock = join(modules, ".promptpulse-installing");
/** No install takes this long: an older lock was left behind. */
const LOCK_STALE_MS = 10 * 60_000;
const LOCK_POLL_MS = 200;

let child;
let stopStatus;
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
	process.on(signal, () => {
		stopStatus = statusOf(signal);
		if (child === undefined) process.exit(stopStatus);
		// A terminal interrupts the child itself, and to many programs a second interrupt means "at once".
		if (signal !== "SIGINT" || !isatty(0)) child.kill(signal);
	});
}

const [script, ...args] = process.argv.slice(2);
if (script === undefined) fail("Name the script to run, for example: node bootstrap.mjs src/main.ts");
const wanted = wantedState();
const wantedPages = wantedPagesState();
if (!isReady()) await prepareOnce().catch(explain);
// The compiled program reads no .env file by itself either. How markup is read is said here, whatever folder this is in.
const flags = ["--no-env-file", `--tsconfig-override=${join(root, "tsconfig.json")}`];
const ended = await execute(bun, [...flags, join(root, script), ...args], { stdio: "inherit" });
process.stderr.write(ended.output);
process.exit(ended.status);

/** What `node_modules` has to be made from, as one word. */
function wantedState() {
	const hash = createHash("sha256").update(`${process.platform} ${process.arch} `);
	for (const name of ["bun.lock", "package.json"]) hash.update(readFileSync(join(root, name)));
	return hash.digest("hex");
}

/** What the pages' files have to be made from. */
function wantedPagesState() {
	const hash = createHash("sha256").update(wanted);
	for (const folder of ["build", "public"]) {
		const sources = join(root, folder);
		const names = existsSync(sources) ? readdirSync(sources, { recursive: true }).map(String).sort() : [];
		for (const name of names) {
			const path = join(sources, name);
			if (statSync(path).isFile()) hash.update(`${folder}/${name}\0`).update(readFileSync(path));
		}
	}
	return hash.digest("hex");
}

function isInstalled() {
	return existsSync(bun) && existsSync(stamp) && readFileSync(stamp, "utf8") === wanted;
}

function hasPages() {
	return existsSync(pages) && existsSync(pagesStamp) && readFileSync(pagesStamp, "utf8") === wantedPages;
}

function isReady() {
	return isInstalled() && hasPages();
}

/** Two installs at once break one another, so a second start waits for the first. */
async function prepareOnce() {
	mkdirSync(modules, { recursive: true });
	while (!takeLock()) await new Promise((resolve) => setTimeout(resolve, LOCK_POLL_MS));
	try {
		if (!isInstalled()) await install();
		if (!hasPages()) await makePages();
	} finally {
		rmSync(lock, { force: true });
	}
}

async function makePages() {
	const { status, output } = await execute(bun, ["--no-env-file", join(root, "build.ts"), "generated"], {
		cwd: root,
	});
	if (status !== 0) {
		process.stderr.write(output);
		throw new Error("The pages' files could not be made; the lines above say why.");
	}
	writeFileSync(pagesStamp, wantedPages);
}

function takeLock() {
	try {
		writeFileSync(lock, String(process.pid), { flag: "wx" });
		return true;
	} catch (error) {
		if (error.code !== "EEXIST") throw error;
	}
	if (!isLockHeld()) rmSync(lock, { force: true });
	return false;
}

function isLockHeld() {
	try {
		if (Date.now() - statSync(lock).mtimeMs > LOCK_STALE_MS) return false;
		const holder = Number(readFileSync(lock, "utf8"));
		// Empty for the moment between its making and its writing.
		if (holder > 0) process.kill(holder, 0);
		return true;
	} catch (error) {
		return error.code === "EPERM";
	}
}

async function install() {
	process.stderr.write("Installing what PromptPulse needs (once) …\n");
	const { version, command, before } = await installer();
	const { status, output } = await execute(
		command,
		[...before, "install", "--frozen-lockfile", "--no-progress", `--cwd=${root}`],
		// Not in this folder, so that npx does not take a half installed Bun from it.
		{ cwd: tmpdir() },
	);
	if (status !== 0) {
		if (stopStatus === undefined) process.stderr.write(output);
		const node = process.versions.bun
			? ""
			: ` and that npm belongs to Node 20 or newer (this is ${process.version})`;
		throw new Error(
			"PromptPulse could not install what it needs; the lines above say why. " +
				`Check that the npm registry can be reached from here${node}, then start it again.`,
		);
	}
	if (!(await isBun(bun, version))) {
		// Where packages may not run scripts, Bun's holds a stand-in until this has run.
		const repair = await execute(process.execPath, [join(modules, "bun", "install.js")], { cwd: root });
		if (!(await isBun(bun, version))) {
			process.stderr.write(repair.output);
			throw new Error(
				`Bun ${version} was installed but does not run here. Delete the folder ${modules}, then start PromptPulse again.`,
			);
		}
	}
	writeFileSync(stamp, wanted);
}

/** The pinned Bun where this machine has it, else the package runner that it has. */
async function installer() {
	const version = JSON.parse(readFileSync(join(root, "package.json"), "utf8")).devDependencies.bun;
	if (process.versions.bun === version) return { version, command: process.execPath, before: [] };
	for (const command of [bun, "bun"]) {
		if (await isBun(command, version)) return { version, command, before: [] };
	}
	if (process.versions.bun) return { version, command: process.execPath, before: ["x", `bun@${version}`] };
	// Bun's package does not work without its script, which npm may have been told to leave out.
	const before = ["--yes", "--ignore-scripts=false", "--allow-scripts=bun", `bun@${version}`];
	if (process.platform !== "win32") return { version, command: "npx", before };
	const npx = join(dirname(process.execPath), "node_modules", "npm", "bin", "npx-cli.js");
	return { version, command: process.execPath, before: [npx, ...before] };
}

async function isBun(command, version) {
	const { status, output } = await execute(command, ["--version"]);
	return status === 0 && output.trim() === version;
}

/** Runs a command to its end, whatever that is; `output` holds what its parent's streams did not get. */
function execute(command, args, options) {
	return new Promise((resolve) => {
		const started = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], ...options });
		child = started;
		let output = "";
		for (const stream of [started.stdout, started.stderr]) {
			stream?.setEncoding("utf8").on("data", (text) => {
				output += text;
			});
		}
		const finish = (status) => {
			if (child === started) child = undefined;
			resolve({ status, output });
		};
		started.once("error", (error) => {
			output += `${error.message}\n`;
			finish(127);
		});
		started.once("close", (code, signal) => finish(code ?? statusOf(signal)));
	});
}

/** As shells count a death by a signal. */
function statusOf(signal) {
	return 128 + constants.signals[signal];
}

function explain(error) {
	if (stopStatus !== undefined) process.exit(stopStatus);
	if (error.code === undefined) fail(error.message);
	fail(
		`PromptPulse could not write to its folder (${error.message}). Make ${root} writable, then start it again.`,
	);
}

function fail(message) {
	process.stderr.write(`${message}\n`);
	process.exit(1);
}
