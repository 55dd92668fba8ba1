import { expect, test } from "bun:test";
import { splitStatements } from "../../support/sqlite-cloud/statements.ts";

test.each([
	["", []],
	[" ; -- nothing;\n ; /* ; */ ", []],
	["select 1", ["select 1"]],
	["select 1; select 2;", ["select 1", "select 2"]],
	["select ';', \";\", `;`, [;]; select 2", ["select ';', \";\", `;`, [;]", "select 2"]],
	["select 'it''s; one'; x", ["select 'it''s; one'", "x"]],
	["select 1 -- ;\n, 2; /* ; */ x", ["select 1 -- ;\n, 2", "/* ; */ x"]],
	["select 'open; x", ["select 'open; x"]],
	[
		"create trigger a after insert on t begin select case 1 when 1 then 2 end; select 2; end; x",
		["create trigger a after insert on t begin select case 1 when 1 then 2 end; select 2; end", "x"],
	],
	["create temp trigger if not exists a delete on t begin select 1; end", 1],
	["create table trigger_end (a); end", ["create table trigger_end (a)", "end"]],
	["begin; insert into t values (?); commit", ["begin", "insert into t values (?)", "commit"]],
])("%j is split where its statements end", (sql, expected) => {
	const texts = splitStatements(sql).map(({ text }) => text);
	expect(texts).toEqual(Array.isArray(expected) ? expected : [sql]);
});

test("words are those that are not in quotes or comments", () => {
	const [statement] = splitStatements("/* with */ -- delete\nInsert into t select 'update' as a");
	expect(statement?.words).toEqual(["INSERT", "INTO", "T", "SELECT", "AS", "A"]);
});
