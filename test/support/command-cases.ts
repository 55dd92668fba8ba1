import type { Place, Run } from "./command-stage.ts";

/** One way to run a command. */
export type Case = {
	/** What follows the command's own words. */
	words?: (place: Place) => string[];
	/** How it ends; 0 unless told otherwise. */
	code?: number;
	/** The same where every name means mischief; as above unless told otherwise. */
	hostileCode?: number;
	/** Prints a table, or facts, whose lines are no longer than the screen is wide. */
	lays?: "table" | "facts";
	/** What stands on a wide screen, whole. */
	whole?: readonly string[];
	/** It has no JSON like this. */
	json?: false;
	/** It prints no data: all that it says is for people alone. */
	isSilent?: true;
	/** A program takes what it prints byte by byte, so only a screen is spared what stands in it. */
	isExact?: true;
} & Pick<Run, "until">;

const NUMBERS = ["185,185,170", "14,814,814,815", "$3,333.34"];
const database = ({ home }: Place) => ["--database", `${home}/.promptpulse/server.db`];

/** Every command, and what it needs to have something to do. */
export const CASES: Readonly<Record<string, readonly Case[]>> = {
	summary: [{ lays: "table", whole: ["$3,333.34", "Running block"] }],
	report: [
		{ lays: "table", whole: NUMBERS },
		{ words: () => ["session", "--breakdown"], lays: "table", whole: NUMBERS },
		{ words: () => ["blocks"], lays: "table", whole: NUMBERS },
		{ words: () => ["project", "--order", "asc"], lays: "table", whole: NUMBERS },
		{ words: () => ["branch"], lays: "table", whole: NUMBERS },
		{ words: () => ["model"], lays: "table", whole: NUMBERS },
		{ words: () => ["machine"], lays: "table", whole: NUMBERS },
		{ words: () => ["project", "--csv"], json: false, isExact: true },
		{ words: () => ["blocks", "--active"], lays: "facts", whole: ["tokens a minute"] },
		{ words: () => ["--project", "nothing"], code: 2, json: false, isSilent: true },
	],
	collect: [
		{ words: () => ["--full"], hostileCode: 0 },
		{ words: () => ["--resend"], hostileCode: 5 },
		{ words: () => ["--resend", "-g", "daily"] },
		{ words: () => ["--dry-run", "--resend"], lays: "facts", whole: ["15 responses"] },
		{ words: () => ["--no-push", "--quiet"], json: false, isSilent: true },
	],
	status: [{ lays: "facts", whole: ["15 responses since"] }],
	verify: [{}],
	dashboard: [
		{ words: () => ["--no-open"] },
		{ words: () => ["--no-open", "--local"], until: "http" },
		{ words: () => ["--no-open", "--sample"], until: "http" },
	],
	login: [
		{
			words: ({ server }) => [server.key, "--server", server.origin],
			isSilent: true,
		},
		{
			words: ({ server }) => [
				server.key,
				"--server",
				server.origin,
				"--ingest-only",
				"--since",
				"2026-01-01",
			],
			isSilent: true,
		},
	],
	setup: [
		{ hostileCode: 7, words: () => ["--scheduler", "cron"] },
		{ words: () => ["--status"], lays: "facts", whole: ["Every 15 minutes by cron"] },
		{ words: () => ["--hook"] },
		{ words: () => ["--scheduler", "systemd", "--print"], isExact: true },
		{ words: () => ["--hook", "--print"], isExact: true },
		{ words: () => ["--remove", "--hook"] },
	],
	logout: [{ isSilent: true }],
	doctor: [
		{ lays: "facts", hostileCode: 1, whole: ["15 responses since"] },
		{ words: () => ["--fix"], hostileCode: 1 },
		{ words: (place) => [...database(place), "--quick"], lays: "facts" },
	],
	whoami: [{ lays: "facts", whole: ["of the kind full"] }],
	"config get": [{ words: () => ["machineLabel"] }, { words: () => ["home"] }],
	"config set": [{ words: ({ person }) => ["claudeConfigDir", person], isSilent: true }],
	"config unset": [{ words: () => ["machineLabel"], isSilent: true }],
	"config list": [{ lays: "table", whole: ["/home/.promptpulse ", "config.json"] }],
	"config project": [
		{ words: () => ["--list"], lays: "table", whole: ["/home/dev/work", "leaves as the work"] },
		{ words: ({ project }) => [project, "--ignore"], json: false, isSilent: true },
		{ words: ({ project }) => [project, "--clear"], json: false, isSilent: true },
	],
	completion: [{ words: () => ["bash"] }, { words: () => ["zsh"] }, { words: () => ["fish"] }],
	licenses: [{}],
	"import ccusage": [
		{ words: ({ file }) => [file("ccusage.json"), "--dry-run"], lays: "facts", whole: ["2 sessions"] },
		{ words: ({ file }) => [file("ccusage.json"), "--yes", "--machine", "another"] },
		{ words: ({ file }) => [file("nothing.json"), "--yes"], code: 2, json: false, isSilent: true },
	],
	"import predecessor": [
		{ words: ({ file }) => [file("predecessor.json"), "--yes"], lays: "facts", whole: ["1 day"] },
	],
	"import list": [{ lays: "table", whole: ["old desktop"] }],
	"import remove": [
		{ words: () => ["ccusage", "--yes"] },
		{ words: ({ person }) => ["ccusage", "--machine", person, "--yes"], isSilent: true },
	],
	serve: [
		{ words: (place) => [...database(place), "--port", "0"], until: "until Ctrl-C" },
		{ words: (place) => [...database(place), "--check"] },
	],
	"user create": [
		{ words: () => ["carol", "--email", "carol@example.com"] },
		{ words: () => ["ada"], code: 2, json: false, isSilent: true },
		{ words: ({ person }) => [`--${person}`], code: 2, json: false, isSilent: true },
	],
	"user list": [{ lays: "table", whole: ["ada@example.com", "bob@example.com"] }],
	"user disable": [{ words: ({ person }) => [person] }, { words: ({ person }) => [person, "--enable"] }],
	"user reset-key": [{ words: ({ person }) => [person] }],
	"user erase": [{ words: ({ person }) => [person, "--yes"] }],
	"user config show": [{ lays: "table", whole: ["/home/.promptpulse ", "config.json"] }],
	"invite create": [{}],
	"invite list": [{ lays: "table", whole: ["open"] }],
	backup: [
		{ words: ({ file }) => [file("other.db")] },
		{ words: ({ file }) => [file("copy.db")], code: 2, isSilent: true },
	],
	restore: [
		{ words: ({ file }) => [file("copy.db"), "--force"] },
		{ words: ({ file }) => [file("nothing.db")], code: 2, isSilent: true },
	],
	migrate: [
		{ words: () => ["--rebuild", "--reprice"] },
		{ words: () => ["--dry-run"] },
		{ words: database },
		{ words: (place) => ["--from", `${place.home}/.promptpulse/server.db`, "--to", place.file("new.db")] },
	],
};
