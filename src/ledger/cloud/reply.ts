import type { Value } from "../database.ts";
import { strangeAnswer } from "./cloud-error.ts";
import type { Driver, Rowset } from "./driver.ts";

/** What a request came to. */
export type Reply = {
	/** As they were asked for, in order, also those of a name that another one has; none where no rows were asked for. */
	columns: readonly string[];
	/** Plain objects. Of columns of one name the last is there. */
	rows: Record<string, Value>[];
	/** Rows changed by the last statement, where that one was to change rows. */
	changes: number;
};

/** How the answer to an insert, update or delete begins, and how long it is: the number of changes is the fourth. */
const WRITTEN = 10;
const WRITTEN_LENGTH = 6;

/**
 * @param answer as the driver has it
 * @throws CloudError where it is nothing that a statement answers: then it is not known whose answer it is
 * @throws TypeError where a column holds a blob, which none of ours does
 */
export function readReply(driver: Driver, answer: unknown): Reply {
	if (answer === "OK") return { columns: [], rows: [], changes: 0 };
	if (driver.isRowset(answer)) return readRows(answer);
	if (!Array.isArray(answer) || answer.length !== WRITTEN_LENGTH || answer[0] !== WRITTEN) {
		throw strangeAnswer("neither rows nor changes");
	}
	const changes: unknown = answer[3];
	if (!Number.isSafeInteger(changes)) throw strangeAnswer("no number of changes");
	return { columns: [], rows: [], changes: Number(changes) };
}

function readRows(rowset: Rowset): Reply {
	const columns = rowset.columnsNames;
	const rows: Record<string, Value>[] = [];
	for (let i = 0; i < rowset.numberOfRows; i++) {
		const row: Record<string, Value> = {};
		for (const [j, name] of columns.entries()) row[name] = readValue(rowset.getItem(i, j));
		rows.push(row);
	}
	return { columns, rows, changes: 0 };
}

function readValue(value: unknown): Value {
	switch (typeof value) {
		case "string":
			return value;
		case "number":
			if (Number.isNaN(value)) throw strangeAnswer("a number that is none");
			return value;
		case "bigint": {
			// The largest that is still safe comes as one, too.
			const number = Number(value);
			return Number.isSafeInteger(number) ? number : value;
		}
		default:
			if (value === null) return null;
			if (Buffer.isBuffer(value)) throw new TypeError("a column holds a blob, which is not kept here");
			throw strangeAnswer("a row without all its values");
	}
}
