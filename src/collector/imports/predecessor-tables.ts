import { AppError } from "../../errors.ts";
import {
	PredecessorDatabase,
	type PredecessorTable,
	type PredecessorUser,
} from "../../ledger/predecessor-database.ts";
import { refused } from "./import-file.ts";
import { type Origin, Place } from "./place.ts";
import { type Choice, PredecessorRows, type RowKind } from "./predecessor.ts";
import { type ImportedTotals, MOST_ROWS } from "./totals.ts";

const KINDS: Record<PredecessorTable, RowKind> = {
	usage_data: "day",
	usage_sessions: "session",
	usage_blocks: "block",
};

/**
 * Reads one person's totals from the former server's database.
 *
 * @throws AppError `usage` where it is not one, or it has to be said whose totals are meant
 */
export async function readPredecessorDatabase(
	path: string,
	origin: Origin,
	choice: Choice,
): Promise<ImportedTotals> {
	try {
		const database = new PredecessorDatabase(path);
		try {
			return await readTables(database, origin, choice);
		} finally {
			await database.close();
		}
	} catch (error) {
		if (!(error instanceof AppError) || error.code === "usage") throw error;
		throw refused(origin.file, "is a database that is damaged or cannot be read");
	}
}

async function readTables(
	database: PredecessorDatabase,
	origin: Origin,
	choice: Choice,
): Promise<ImportedTotals> {
	const tables = await database.listTables();
	if (tables.length === 0) throw refused(origin.file, "is no database of the former PromptPulse server");
	const user = chooseUser(await database.listUsers(tables), origin, choice);
	const reading = new PredecessorRows(new Place(undefined, origin), { machine: choice.machine });
	for (const table of user ? tables : []) {
		const rows = await database.listRows(table, user?.id ?? 0, MOST_ROWS + 1);
		for (const row of new Place(rows, origin, table).list(MOST_ROWS)) reading.add(row, KINDS[table]);
	}
	return reading.finish();
}

/** The one who is named, or the only one. */
function chooseUser(
	users: readonly PredecessorUser[],
	{ file }: Origin,
	{ user: named }: Choice,
): PredecessorUser | undefined {
	const names = users.map(({ id, username }) => username ?? `${id}`).slice(0, 10);
	if (named === undefined) {
		if (users.length < 2) return users[0];
		throw refused(
			file,
			`has usage of several people (${names.join(", ")})`,
			"Nothing was changed. Say whose is yours with --user NAME.",
		);
	}
	const found = users.filter(({ id, username }) => username === named || `${id}` === named);
	const [user] = found;
	if (user && found.length === 1) return user;
	throw refused(
		file,
		user ? `has several people who may be called ${named}` : `has no usage of anyone called ${named}`,
		`Nothing was changed. It has usage of ${names.join(", ") || "nobody"}.`,
	);
}
