import { Database } from "bun:sqlite";
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { copyFileSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { putProgram, Reader } from "../support/document-run.ts";
import { GUIDES } from "../support/documents.ts";
import { ccusageFile } from "../support/importing.ts";
import { placeProgram } from "../support/placed-program.ts";
import { freePort } from "../support/serve-process.ts";

setDefaultTimeout(60_000);

/** What has to be true at the end, by a line and something that it prints. */
const PROMISES: Record<string, readonly (readonly [line: string, shown: string, home?: string])[]> = {
	"README.md": [
		["promptpulse", "Running block"],
		["promptpulse whoami", "owner"],
		["promptpulse verify", "has all it was sent: 2 responses of 2 days."],
		["promptpulse setup --status", "Every 15 minutes by cron, next at"],
		["promptpulse dashboard", "owner"],
	],
	"docs/quick-start.md": [
		["promptpulse whoami", "owner", "your-machine"],
		["promptpulse whoami", "bob", "Bob-s-machine"],
		["promptpulse verify", "has all it was sent: 2 responses of 2 days.", "Bob-s-machine"],
		["promptpulse setup --status", "Every 15 minutes by cron, next at", "your-machine"],
		["promptpulse user list", "bob", "the-server-s-machine"],
	],
	"docs/migration.md": [
		["promptpulse whoami", "ada", "each-machine"],
		["promptpulse report", "2025-09-01 *", "each-machine"],
		["promptpulse verify", "has all it was sent", "each-machine"],
		["promptpulse report", " * "],
	],
};

/** Where a server is taken for granted. */
const HAVE_A_SERVER = ["docs/operating.md"];

// A pseudo-terminal is not to be had everywhere.
describe.skipIf(process.platform === "win32")("who types what it says, in its order,", () => {
	let folder: string;
	let bin: string;

	beforeAll(async () => {
		folder = realpathSync(mkdtempSync(join(tmpdir(), "promptpulse-documents-")));
		bin = join(folder, "bin");
		await placeProgram(bin);
		for (const tool of ["crontab", "systemctl", "loginctl", "launchctl", "schtasks"])
			symlinkSync(join(import.meta.dir, "../support/schedulers", tool), join(bin, tool));
		putProgram(bin, "ccusage", `cat '${ccusageFile("v18-daily")}'`);
		// No browser is to open while tests run.
		for (const name of ["xdg-open", "open"]) putProgram(bin, name, ":");
		writeOldDatabase(join(folder, "old.db"));
		const made = Bun.spawnSync([join(bin, "promptpulse"), "user", "create", "ada"], {
			env: { HOME: folder, DATABASE_URL: join(folder, "server.db") },
		});
		expect(made.exitCode).toBe(0);
	}, 120_000);

	afterAll(() => rmSync(folder, { recursive: true, force: true }));

	test.each(GUIDES.filter(({ blocks }) => blocks.some(({ language }) => language === "sh")))(
		"$path, needs nothing that it does not say",
		async (document) => {
			const own = join(folder, document.path.replace(/\W/g, "-"));
			const state = join(own, "state");
			mkdirSync(state, { recursive: true });
			const port = freePort();
			const env = { PATH: `${bin}:/usr/bin:/bin`, SCHEDULERS_STATE: state, PORT: String(port) };
			const reader = new Reader(own, env, port, (home) => {
				for (const name of ["old.db", "server.db"]) copyFileSync(join(folder, name), join(home, name));
				if (!HAVE_A_SERVER.includes(document.path)) return;
				mkdirSync(join(home, ".promptpulse"), { mode: 0o700 });
				copyFileSync(join(folder, "server.db"), join(home, ".promptpulse/server.db"));
			});
			try {
				const typed = await reader.read(document);
				expect(typed.filter(({ code }) => code !== 0)).toEqual([]);
				for (const [line, shown, home] of PROMISES[document.path] ?? []) {
					expect(await reader.type(line, home)).toMatchObject({
						code: 0,
						shown: expect.stringContaining(shown),
					});
				}
			} finally {
				reader.leave();
			}
		},
	);
});

/** The database of the former server, as small as can be. */
function writeOldDatabase(path: string): void {
	const db = new Database(path);
	db.exec(`create table users (id integer primary key, username text);
		create table usage_data (user_id integer, machine_id text, date text, input_tokens integer, output_tokens integer,
			total_tokens integer, total_cost real, models_used text);
		insert into users values (1, 'ada'), (2, 'bob');
		insert into usage_data values (1, 'laptop', '2025-09-01', 1, 2, 3, 0.5, '[]'), (2, 'm', '2025-09-01', 4, 5, 9, 0.5, '[]');`);
	db.close();
}
