import { Database } from "bun:sqlite";
import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Choice } from "../../../src/collector/imports/predecessor.ts";
import { readPredecessorDatabase } from "../../../src/collector/imports/predecessor-tables.ts";
import { inShort } from "../../support/importing.ts";
import { inFolder } from "../../support/scan.ts";

const ORIGIN = { file: "old.db", now: Date.UTC(2026, 10, 24) };

const COUNTED = `machine_id text, input_tokens integer, output_tokens integer, cache_creation_tokens integer,
	cache_read_tokens integer, total_tokens integer, total_cost real, models_used text`;

/** As the former server made them, with what stood beside its tables. */
const SCHEMA = `
	create table users (id integer primary key autoincrement, ksuid text unique, username text unique not null, api_key_hash text);
	create table usage_data (id integer primary key, user_id integer references users (id), date text, ${COUNTED},
		model_breakdowns text, unique (user_id, machine_id, date));
	create table usage_sessions (id integer primary key, user_id integer, session_id text, project_path text,
		start_time text not null, end_time text, duration_minutes integer, ${COUNTED}, model_breakdowns text);
	create table usage_blocks (id integer primary key, user_id integer, block_id text, start_time text, end_time text,
		actual_end_time text, is_active integer, entry_count integer, ${COUNTED});
	create index usage_data_user on usage_data (user_id, date desc);
	create trigger usage_data_touch after update on usage_data begin select 1; end;
	insert into users (id, username) values (1, 'ada'), (2, 'bob'), (3, 'eve');`;

const ADA = `
	insert into usage_data (user_id, date, machine_id, input_tokens, output_tokens, cache_creation_tokens, cache_read_tokens,
		total_tokens, total_cost, models_used, model_breakdowns)
	values (1, '2025-07-01', 'm', 1, 2, 3, 4, 10, 0.5, '["opus"]', '[{"modelName":"opus","inputTokens":1,"cost":0.5}]');
	insert into usage_sessions (user_id, session_id, project_path, start_time, machine_id, input_tokens, output_tokens,
		total_tokens, total_cost) values (1, '-home-ada', '/home/ada', '2025-07-01 12:00:00', 'm', 1, 2, 3, 0.25);
	insert into usage_blocks (user_id, block_id, start_time, end_time, is_active, entry_count, machine_id, input_tokens,
		output_tokens, total_tokens, total_cost)
	values (1, 'b', '2025-07-01T10:00:00.000Z', '2025-07-01T15:00:00.000Z', 0, 4, 'm', 1, 2, 3, 0.25);`;

const BOB = ADA.replaceAll("(1,", "(2,");

async function withDatabase<Result>(
	sql: string,
	use: (
		path: string,
		read: (choice?: Choice) => ReturnType<typeof readPredecessorDatabase>,
	) => Promise<Result>,
): Promise<void> {
	await inFolder(async (folder) => {
		const path = join(folder, "old.db");
		const db = new Database(path);
		db.run("pragma journal_mode = delete");
		db.exec(sql);
		db.close();
		await use(path, (choice = {}) => readPredecessorDatabase(path, ORIGIN, choice));
	});
}

const READ = {
	days: [["2025-07-01", 10, 0.5]],
	sessions: [["-home-ada", "/home/ada", 3, 0.25]],
	blocks: [["b", 3, 0.25]],
	leftOut: {},
	notes: 0,
};

describe("the former server's database", () => {
	test("is read, and left as it was", async () => {
		await withDatabase(SCHEMA + ADA, async (path, read) => {
			const before = readFileSync(path);
			const totals = await read();
			expect(inShort(totals)).toEqual(READ);
			expect(totals.days[0]?.breakdowns).toMatchObject([{ modelName: "opus", cost: 0.5 }]);
			expect(readFileSync(path)).toEqual(before);
			expect(readdirSync(join(path, ".."))).toEqual(["old.db"]);
		});
	});

	test("has one person's totals, who is named where there are several", async () => {
		await withDatabase(SCHEMA + ADA + BOB, async (_, read) => {
			await expect(read()).rejects.toThrow("it has usage of several people (ada, bob)");
			for (const user of ["bob", "2"]) expect(inShort(await read({ user }))).toEqual(READ);
			await expect(read({ user: "eve" })).rejects.toThrow("it has no usage of anyone called eve");
		});
	});

	test("of its later version, where people are told by texts, is read too", async () => {
		const later = (SCHEMA + ADA)
			.replace(
				"id integer primary key autoincrement, ksuid text unique, username",
				"id text primary key, username",
			)
			.replaceAll("user_id integer", "user_id text")
			.replaceAll("(1, '", "('2abcKSUID', '");
		await withDatabase(later, async (_, read) => {
			expect(inShort(await read())).toEqual(READ);
			expect(inShort(await read({ user: "ada" }))).toEqual(READ);
		});
	});

	test("without usage has nothing to take", async () => {
		await withDatabase(SCHEMA, async (_, read) => {
			expect(inShort(await read())).toEqual({ leftOut: {}, notes: 0 });
		});
	});
});

describe("a database is refused", () => {
	test.each([
		["of something else", "create table notes (text);", "it is no database of the former PromptPulse server"],
		[
			"with a view in a table's place",
			`${SCHEMA} drop table usage_blocks; create view usage_blocks as select * from usage_data;`,
			"usage_blocks in it is not a plain table",
		],
		[
			"with a table that computes",
			"create table usage_data (user_id integer, date text generated always as (hex(zeroblob(9))));",
			"usage_data in it is not a plain table",
		],
		[
			"with a virtual table",
			"create virtual table usage_data using fts5(user_id, date);",
			"usage_data in it is not a plain table",
		],
		[
			"with users that are a view",
			`${SCHEMA} ${ADA} drop table users; create view users as select 1 as id, 'ada' as username;`,
			"users in it is not a plain table",
		],
		[
			"with a number that is none",
			`${SCHEMA} ${ADA} update usage_data set input_tokens = 'many';`,
			"usage_data[0].input_tokens is not a whole number",
		],
		[
			"with a number past all bounds",
			`${SCHEMA} ${ADA} update usage_data set input_tokens = 9223372036854775807;`,
			"usage_data[0].input_tokens is not a whole number",
		],
		[
			"with an endless number",
			`${SCHEMA} ${ADA} update usage_data set total_cost = 9e999;`,
			"usage_data[0].total_cost is not an amount",
		],
		[
			"with bytes in a text's place",
			`${SCHEMA} ${ADA} update usage_data set date = x'00';`,
			"usage_data[0].date is not a day",
		],
		[
			"with more text than could be meant",
			`${SCHEMA} ${ADA} update usage_data set models_used = hex(zeroblob(33000000));`,
			"usage_data in it holds more than 64 MB",
		],
		[
			"without people",
			"create table usage_data (date text);",
			"its tables are not those of the former server",
		],
		[
			"that lacks a column",
			`${SCHEMA} ${ADA} alter table usage_blocks drop column end_time;`,
			"usage_blocks[0] lacks end_time",
		],
	])("%s", async (_, sql, why) => {
		await withDatabase(sql, async (_path, read) => {
			await expect(read()).rejects.toThrow(why);
		});
	});

	test("that is damaged", async () => {
		await withDatabase(SCHEMA + ADA, async (path, read) => {
			const bytes = readFileSync(path);
			for (let at = 100; at < bytes.length; at += 7) bytes[at] = 0xff;
			await Bun.write(path, bytes);
			await expect(read()).rejects.toThrow("it is a database that is damaged or cannot be read");
		});
	});
});
