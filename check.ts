import { join } from "node:path";

/** `problems` empty: the step passed; `note`: what a passed step did not look at. */
type Outcome = { problems: string; note?: string };
type Step = { name: string; run: () => Promise<Outcome> };

const root = import.meta.dir;
const LARGEST_FILE_BYTES = 1024 * 1024;
const OTHER_LOCK_FILES = [
	"bun.lockb",
	"npm-shrinkwrap.json",
	"package-lock.json",
	"pnpm-lock.yaml",
	"yarn.lock",
];
/** xss-scan trusts whatever is named or cast like this, so only the parts, which are few and tested, may do it. */
const TRUSTED_BY_XSS_SCAN =
	/\bas\s+["']safe["']|\bsafe[A-Z0-9_$][\w$]*|\{\s*safe\b|\b(?:const|let|var)\s+safe\b/;
const CAST_TO_SAFE = /\bas\s+["']safe["']/;

const files = await listFiles();
const steps: Step[] = [
	{
		name: "format and lint",
		run: () => tool("@biomejs/biome/bin/biome", "ci", "--error-on-warnings", colors(), "."),
	},
	{ name: "types", run: () => tool("tsc7/bin/tsc", "-p", ".") },
	{ name: "boundaries", run: () => bun("test", "test/boundaries.test.ts", "--only-failures") },
	{ name: "markup (xss-scan)", run: scanMarkup },
	{ name: "names that xss-scan trusts", run: findTrustedNames },
	{ name: "lock file", run: checkLockFiles },
	{ name: "file sizes", run: checkSizes },
];

const outcomes = await Promise.all(steps.map(async ({ name, run }) => ({ name, ...(await run()) })));
for (const { name, problems, note } of outcomes) {
	console.log(`${problems === "" ? "ok  " : "FAIL"}  ${name}${note === undefined ? "" : `: ${note}`}`);
	if (problems !== "") console.log(`${problems.trimEnd()}\n`);
}
const failed = outcomes.filter(({ problems }) => problems !== "").map(({ name }) => name);
if (failed.length > 0) {
	console.error(
		`${failed.length} of ${steps.length} checks failed: ${failed.join(", ")}. What to mend is written above.`,
	);
	process.exitCode = 1;
}

/** What is in the repository or would be added to it, as paths from its root. */
async function listFiles(): Promise<string[]> {
	const listed = await listWithGit();
	if (listed === undefined) {
		const all = await Array.fromAsync(new Bun.Glob("**/*").scan({ cwd: root, dot: true }));
		return all.filter((path) => !/(?:^|[\\/])(?:node_modules|dist|\.git)[\\/]/.test(path)).sort();
	}
	const there = await Promise.all(listed.map((path) => Bun.file(join(root, path)).exists()));
	return listed.filter((_, index) => there[index]).sort();
}

/** Undefined where there is no Git, or no repository: an unpacked archive is checked all the same. */
async function listWithGit(): Promise<string[] | undefined> {
	if (Bun.which("git") === null) return undefined;
	const args = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"];
	const git = Bun.spawn(args, { cwd: root, stderr: "ignore" });
	const listed = await git.stdout.text();
	return (await git.exited) === 0 ? listed.split("\0") : undefined;
}

/** Runs a program of a package with this Bun: there may be no Node. */
function tool(path: string, ...args: string[]): Promise<Outcome> {
	return bun(join("node_modules", path), ...args);
}

async function bun(...args: string[]): Promise<Outcome> {
	const { output, exitCode } = await execute(args);
	return {
		problems: exitCode === 0 ? "" : output || `It ended with exit code ${exitCode} and said nothing.`,
	};
}

async function execute(args: string[]): Promise<{ output: string; exitCode: number }> {
	const child = Bun.spawn([process.execPath, ...args], { cwd: root, stdin: "ignore", stderr: "pipe" });
	const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text()]);
	return { output: stdout + stderr, exitCode: await child.exited };
}

function colors(): string {
	return `--colors=${process.stdout.isTTY ? "force" : "off"}`;
}

async function scanMarkup(): Promise<Outcome> {
	const count = files.filter((path) => path.endsWith(".tsx")).length;
	// It would announce that it found nothing in all the other files.
	if (count === 0) return { problems: "", note: "there is no .tsx file to scan yet" };
	const { output, exitCode } = await execute([join("node_modules", "@kitajs/ts-html-plugin/dist/cli.js")]);
	// It also exits with 0 when it breaks down.
	const passed = exitCode === 0 && output.includes("No XSS vulnerabilities found");
	return { problems: passed ? "" : output || "It said nothing." };
}

async function findTrustedNames(): Promise<Outcome> {
	const problems: string[] = [];
	for (const path of files) {
		if (!/^(?:src|views)\/.*\.tsx?$/.test(path) || path.startsWith("views/parts/")) continue;
		const pattern = path.endsWith(".tsx") ? TRUSTED_BY_XSS_SCAN : CAST_TO_SAFE;
		for (const [index, line] of (await readText(path)).split("\n").entries()) {
			const found = pattern.exec(line)?.[0];
			if (found !== undefined) problems.push(`${path}:${index + 1}: \`${found}\` belongs in views/parts.`);
		}
	}
	return { problems: problems.join("\n") };
}

async function checkLockFiles(): Promise<Outcome> {
	const problems = files
		.filter((path) => OTHER_LOCK_FILES.some((name) => path === name || path.endsWith(`/${name}`)))
		.map((path) => `${path} is a second lock file. Delete it: bun.lock is the one.`);
	for (const [index, line] of (await readText("bun.lock")).split("\n").entries()) {
		const address = /"(https?:\/\/[^"]*)"/.exec(line)?.[1];
		if (address !== undefined) {
			problems.push(
				`bun.lock:${index + 1} names a host. Make it again with the default registry: ${address}`,
			);
		}
	}
	return { problems: problems.join("\n") };
}

async function checkSizes(): Promise<Outcome> {
	const large = files.filter((path) => Bun.file(join(root, path)).size > LARGEST_FILE_BYTES);
	return {
		problems: large.map((path) => `${path} is larger than 1 MB. Keep it out of the repository.`).join("\n"),
	};
}

function readText(path: string): Promise<string> {
	return Bun.file(join(root, path)).text();
}
