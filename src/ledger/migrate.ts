import { type Migration, migrations } from "../embedded.ts";
import { AppError } from "../errors.ts";
import type { Database, Reader } from "./database.ts";

type Applied = { version: number; name: string; checksum: string };

/**
 * Brings the schema to date, each step in a transaction of its own, so a killed run leaves the old schema or the new
 * one. Several processes may do it at once.
 *
 * @param now epoch ms
 * @throws AppError `schema_newer`, `schema_edited`
 */
export async function migrate(
	db: Database,
	now: number,
	steps: readonly Migration[] = migrations,
): Promise<void> {
	for (const step of await missingSteps(db, steps)) {
		await db.transaction(async (tx) => {
			await tx.run(
				`create table if not exists migrations
				(version integer primary key, name text not null, checksum text not null, applied_at integer not null) strict`,
			);
			if (await tx.get("select 1 as done from migrations where version = ?", [step.version])) return;
			for (const statement of statementsOf(step.sql)) await tx.run(statement);
			await tx.run("insert into migrations (version, name, checksum, applied_at) values (?, ?, ?, ?)", [
				step.version,
				step.name,
				checksum(step.sql),
				now,
			]);
		});
	}
}

/**
 * The steps that the database does not have yet.
 *
 * @throws AppError `schema_newer` if it has steps this program does not know, `schema_edited` if one differs
 */
export async function missingSteps(
	db: Reader,
	steps: readonly Migration[] = migrations,
): Promise<Migration[]> {
	const applied = await appliedSteps(db);
	const known = new Map(steps.map((step) => [step.version, step]));
	for (const { version, name, checksum: was } of applied) {
		const step = known.get(version);
		if (!step) {
			throw new AppError(
				"schema_newer",
				`The ledger has schema ${version} (${name}), and this promptpulse knows no further than ${steps.at(-1)?.version}.`,
				"Install the newest promptpulse. Nothing was changed.",
			);
		}
		if (checksum(step.sql) !== was) {
			throw new AppError(
				"schema_edited",
				`Step ${name} of the ledger's schema differs from the one in this promptpulse.`,
				"The ledger was made by an unreleased version. Move it aside and run promptpulse collect.",
			);
		}
	}
	const done = new Set(applied.map((step) => step.version));
	return steps.filter((step) => !done.has(step.version));
}

async function appliedSteps(db: Reader): Promise<Applied[]> {
	const table = await db.get(
		"select 1 as found from sqlite_master where type = 'table' and name = 'migrations'",
	);
	if (!table) return [];
	return db.all<Applied>("select version, name, checksum from migrations order by version");
}

/** Statements end with a semicolon, at a line's end or before a comment; drivers take one at a time. */
function statementsOf(sql: string): string[] {
	return sql
		.split(/;[ \t]*(?:--.*)?(?:\r?\n|$)/)
		.map((statement) => statement.trim())
		.filter((statement) => statement.replace(/^--.*$/gm, "").trim() !== "");
}

function checksum(sql: string): string {
	return new Bun.CryptoHasher("sha256").update(sql.replaceAll("\r\n", "\n")).digest("hex");
}
