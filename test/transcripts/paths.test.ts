import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
	mkdirSync,
	mkdtempSync,
	realpathSync,
	renameSync,
	rmSync,
	symlinkSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findRoots, listTranscripts } from "../../src/transcripts/paths.ts";
import { writeTranscripts } from "../support/transcript.ts";

let dir: string;

beforeEach(() => {
	dir = realpathSync(mkdtempSync(join(tmpdir(), "transcripts-")));
});

afterEach(() => {
	rmSync(dir, { recursive: true });
});

function make(place: string): string {
	mkdirSync(join(dir, place), { recursive: true });
	return join(dir, place);
}

function write(...files: string[]): void {
	writeTranscripts(dir, Object.fromEntries(files.map((file) => [file, []])));
}

function listed(): string[] {
	return listTranscripts(dir)
		.files.map((file) => file.relative)
		.sort();
}

describe("the roots", () => {
	test("are both defaults, below the XDG directory and below home", () => {
		const roots = [make("home/.config/claude/projects"), make("home/.claude/projects")];
		expect(findRoots({ home: join(dir, "home") })).toEqual({ roots, looked: roots, unreadable: [] });
		const xdg = make("xdg/claude/projects");
		expect(findRoots({ home: join(dir, "home"), xdgConfigHome: join(dir, "xdg") }).roots).toEqual([
			xdg,
			join(dir, "home/.claude/projects"),
		]);
		expect(findRoots({ home: join(dir, "home"), xdgConfigHome: "~/.config" }).roots).toEqual(roots);
		expect(findRoots({ home: join(dir, "home"), xdgConfigHome: "", claudeConfigDir: "" }).roots).toEqual(
			roots,
		);
	});

	test("leave out what does not exist and say where they were sought", () => {
		writeTranscripts(join(dir, "home"), { ".claude/projects": [] });
		expect(findRoots({ home: join(dir, "home") })).toEqual({
			roots: [],
			looked: [join(dir, "home/.config/claude/projects"), join(dir, "home/.claude/projects")],
			unreadable: [],
		});
	});

	test("are those of CLAUDE_CONFIG_DIR alone when it is set", () => {
		make("home/.claude/projects");
		const roots = [make("a/projects"), make("home/b/projects")];
		const claudeConfigDir = ` ${join(dir, "a")} , ,~/b,${join(dir, "none")}`;
		expect(findRoots({ home: join(dir, "home"), claudeConfigDir })).toEqual({
			roots,
			looked: [...roots, join(dir, "none/projects")],
			unreadable: [],
		});
		expect(findRoots({ home: join(dir, "home"), claudeConfigDir: join(dir, "none") }).roots).toEqual([]);
		expect(findRoots({ home: join(dir, "home"), claudeConfigDir: " , " }).roots).toEqual([
			join(dir, "home/.claude/projects"),
		]);
	});

	test("take a home directory that is a config directory, and no other user's", () => {
		const root = make("home/projects");
		make("home/~other/projects");
		expect(findRoots({ home: join(dir, "home"), claudeConfigDir: "~" }).roots).toEqual([root]);
		expect(findRoots({ home: join(dir, "home"), claudeConfigDir: "~other" }).roots).toEqual([]);
	});

	test("take a value that is itself a projects directory, unless it holds one", () => {
		const home = join(dir, "home");
		const plain = make("a/projects");
		make("a/projects/-home-dev-app");
		expect(findRoots({ home, claudeConfigDir: plain }).roots).toEqual([plain]);
		expect(findRoots({ home, claudeConfigDir: `${plain}/` }).roots).toEqual([plain]);
		const inner = make("b/projects/projects");
		expect(findRoots({ home, claudeConfigDir: join(dir, "b/projects") }).roots).toEqual([inner]);
	});

	test("come once each, by their real path", () => {
		const root = make("real/projects");
		symlinkSync(join(dir, "real"), join(dir, "link"));
		make("other");
		symlinkSync(join(dir, "real/projects"), join(dir, "other/projects"));
		const claudeConfigDir = ["link", "real", "other", "real/projects", "real/../real"]
			.map((d) => join(dir, d))
			.join();
		expect(findRoots({ home: dir, claudeConfigDir }).roots).toEqual([root]);
	});
});

describe("a transcript", () => {
	test("is described by its place, in every layout", () => {
		const file = (relative: string, isMain: boolean, session: string) => ({
			path: join(dir, relative),
			relative,
			folder: relative.includes("/") ? relative.slice(0, relative.indexOf("/")) : "",
			isMain,
			session,
		});
		const files = [
			file("-p/agent-a1.jsonl", false, "agent-a1"),
			file("-p/s1.jsonl", true, "s1"),
			file("-p/s1/subagents/agent-a2.jsonl", false, "s1"),
			file("-p/s1/subagents/agent-acompact-c1.jsonl", false, "s1"),
			file("-p/s1/subagents/workflows/w1/agent-a3.jsonl", false, "s1"),
			file("-q/s0/subagents/other.jsonl", false, "s0"),
			file("loose.jsonl", true, "loose"),
		];
		write(...files.map(({ relative }) => relative).reverse());
		const list = listTranscripts(dir);
		list.files.sort((a, b) => (a.relative < b.relative ? -1 : 1));
		expect(list).toEqual({ files, unreadable: [], notFollowed: [] });
	});

	test("is neither a sub-agents' journal nor a file of another kind", () => {
		write(
			"-p/s1/subagents/journal.jsonl",
			"-p/s1/subagents/workflows/w1/journal.jsonl",
			"-p/s1/subagents/agent-a1.meta.json",
			"-p/sessions-index.json",
			"-p/s1/tool-results/toolu_1.txt",
			"-p/memory/MEMORY.md",
			"-p/s1.jsonl.bak",
		);
		expect(listed()).toEqual([]);
		write("-p/journal.jsonl");
		expect(listed()).toEqual(["-p/journal.jsonl"]);
	});

	test("is found in a directory that is called like one", () => {
		write("-p/x.jsonl/s1.jsonl");
		expect(listed()).toEqual(["-p/x.jsonl/s1.jsonl"]);
	});

	test("is no pipe, which would never end", () => {
		write("-p/s1.jsonl");
		expect(Bun.spawnSync(["mkfifo", join(dir, "-p/pipe.jsonl")]).exitCode).toBe(0);
		expect(listed()).toEqual(["-p/s1.jsonl"]);
	});

	test("comes in the order of code units, whatever the directory's", () => {
		write("-p/b.jsonl", "-p/é.jsonl", "-p/B.jsonl", "-p/a/z.jsonl", "-p/a.jsonl", "-o/z.jsonl");
		expect(listed()).toEqual([
			"-o/z.jsonl",
			"-p/B.jsonl",
			"-p/a.jsonl",
			"-p/a/z.jsonl",
			"-p/b.jsonl",
			"-p/é.jsonl",
		]);
	});
});

describe("a link", () => {
	test("to a place inside the root is left out, so that nothing comes twice and no loop is walked", () => {
		write("-p/s1.jsonl");
		symlinkSync(dir, join(dir, "-p/loop"));
		symlinkSync("..", join(dir, "-p/up"));
		symlinkSync(join(dir, "-p"), join(dir, "-q"));
		symlinkSync("s1.jsonl", join(dir, "-p/s2.jsonl"));
		expect(listTranscripts(dir)).toMatchObject({ files: [{ relative: "-p/s1.jsonl" }], notFollowed: [] });
	});

	test("out of the root is not followed but told, if a transcript may lie behind it", () => {
		const inside = make("root/-p");
		const outside = make("outside");
		writeTranscripts(outside, { "s1.jsonl": [], "notes.txt": [] });
		symlinkSync(outside, join(inside, "dir"));
		symlinkSync(join(outside, "s1.jsonl"), join(inside, "file.jsonl"));
		symlinkSync(join(outside, "notes.txt"), join(inside, "notes.txt"));
		symlinkSync(join(outside, "gone.jsonl"), join(inside, "gone.jsonl"));
		symlinkSync("self", join(inside, "self"));
		symlinkSync(dir, join(inside, "above"));
		expect(listTranscripts(join(dir, "root"))).toEqual({
			files: [],
			unreadable: [],
			notFollowed: ["above", "dir", "file.jsonl", "gone.jsonl"].map((name) => join(inside, name)),
		});
	});
});

describe("a directory that cannot be read", () => {
	test("is told, and the walk goes on", () => {
		// Two halves of a path that is longer than the system takes: unreadable for everyone, the superuser too.
		const half = "d".repeat(200);
		const depth = process.platform === "darwin" ? 3 : 11;
		const long = Array.from({ length: depth }, () => half).join("/");
		make(`a/${long}`);
		make(`b/${long}`);
		write("z/s1.jsonl");
		renameSync(join(dir, "b"), join(dir, "a", long, "b"));
		const list = listTranscripts(dir);
		renameSync(join(dir, "a", long, "b"), join(dir, "b"));
		expect(list.files).toMatchObject([{ relative: "z/s1.jsonl" }]);
		expect(list.unreadable).toEqual([
			{ path: expect.stringContaining(`${long}/b/${half}`), reason: "ENAMETOOLONG" },
		]);
	});

	test("may be the root itself, vanished or no directory", () => {
		writeFileSync(join(dir, "file"), "");
		const gone = join(dir, "gone");
		expect(listTranscripts(gone)).toEqual({
			files: [],
			unreadable: [{ path: gone, reason: "ENOENT" }],
			notFollowed: [],
		});
		expect(listTranscripts(join(dir, "file")).unreadable).toMatchObject([{ reason: "ENOTDIR" }]);
	});
});
