import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { answer, MAIN } from "../support/answers.ts";
import { runWithInput } from "../support/at-terminal.ts";
import { type CliHome, inHome } from "../support/run-cli.ts";

const DAY = {
	machine_id: "laptop",
	date: "2026-03-02",
	input_tokens: 1,
	output_tokens: 2,
	cache_creation_tokens: 3,
	cache_read_tokens: 4,
	total_tokens: 10,
	total_cost: 0.5,
	models_used: ["claude-opus-4-20250514"],
};

function write({ home }: CliHome, value: unknown): string {
	const path = join(home, "old.json");
	writeFileSync(path, JSON.stringify(value));
	return path;
}

test("what the former server answered is taken, each machine's under its own name", async () => {
	await inHome({ [MAIN]: [answer(1, { timestamp: "2026-03-02T12:00:00.000Z" })] }, async (home) => {
		const path = write(home, { daily: [DAY, { ...DAY, machine_id: "desktop" }], totals: {} });
		const { code, out } = await home.cli(["import", "predecessor", path, "--yes", "--json"]);
		expect(code).toBe(0);
		expect(JSON.parse(out)).toMatchObject({
			source: "predecessor",
			machines: ["desktop", "laptop"],
			days: { rows: 2, added: 2, superseded: 1 },
		});
		const { daily = [] } = await home.report("daily");
		expect(daily.map(({ reported, totalTokens }) => [reported, totalTokens])).toContainEqual([true, 10]);
		expect(daily).toHaveLength(2);
	});
});

test("a machine that is called something else now is named", async () => {
	await inHome({}, async (home) => {
		const path = write(home, [{ ...DAY, machine_id: "laptop.local" }]);
		await home.cli(["import", "predecessor", path, "--yes", "--machine", "laptop"]);
		const { imports } = JSON.parse((await home.cli(["import", "list", "--json"])).out);
		expect(imports).toMatchObject([{ source: "predecessor", machine: "laptop", days: 1 }]);
		expect((await home.cli(["import", "remove", "predecessor", "--yes"])).code).toBe(0);
	});
});

test("its database is taken for the person who is named", async () => {
	await inHome({}, async (home) => {
		const path = join(home.home, "old.db");
		const db = new Database(path);
		db.exec(`create table users (id integer primary key, username text);
			create table usage_data (user_id integer, machine_id text, date text, input_tokens integer, output_tokens integer,
				total_tokens integer, total_cost real, models_used text);
			insert into users values (1, 'ada'), (2, 'bob\u202e');
			insert into usage_data values (1, 'm', '2026-03-02', 1, 2, 3, 0.5, '[]'), (2, 'm', '2026-03-02', 4, 5, 9, 0.5, '[]');`);
		db.close();
		const whose = await home.cli(["import", "predecessor", path, "--yes"]);
		expect(whose.code).toBe(2);
		expect(whose.err).toContain("it has usage of several people (ada, bob).");
		expect((await home.cli(["import", "predecessor", path, "--yes", "--user", "ada"])).code).toBe(0);
		const { daily } = await home.report("daily");
		expect(daily).toMatchObject([{ date: "2026-03-02", totalTokens: 3, reported: true }]);
		const piped = await runWithInput(["import", "predecessor", "-", "--yes"], home, "SQLite format 3\0");
		expect(piped.err).toContain("it is a database, which has to be a file");
		expect((await home.cli(["import", "ccusage", path, "--yes"])).err).toContain("it is a database");
	});
});

test("its login and its log of uploads are no usage, and the key is not told", async () => {
	await inHome({}, async (home) => {
		const login = await home.cli([
			"import",
			"predecessor",
			write(home, { apiKey: "pk_0123", username: "ada" }),
			"--yes",
		]);
		expect(login.code).toBe(2);
		expect(login.out + login.err).not.toContain("pk_0123");
		const log = join(home.home, "upload.log");
		const line =
			'{"timestamp":"2025-07-01T00:00:00Z","machineId":"m","uploadType":"daily","recordCount":3}\n';
		for (const text of [line, line + line]) {
			writeFileSync(log, text);
			expect((await home.cli(["import", "predecessor", log, "--yes"])).err).toContain("it is the upload log");
		}
	});
});
