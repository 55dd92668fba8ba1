import type { Transferred } from "../../ledger/transfer.ts";
import type { Comparison } from "../../ledger/transfer-digest.ts";
import { counted, whole } from "../screen/format.ts";
import { type Column, table } from "../screen/table.ts";
import type { Terminal } from "../screen/terminal.ts";

/** Tells what a copying came to: which tables have how many rows, and what is to be done now. */
export function tellTransferred(
	terminal: Terminal,
	source: string,
	target: string,
	{ outcome, tables }: Transferred,
): void {
	if (outcome === "different") {
		const different = tables.filter(({ isSame }) => !isSame);
		terminal.out(
			`${source} and ${target} are not the same in ${counted(different.length, "table")}, for one of them was changed meanwhile:`,
		);
		tellTables(terminal, different, true);
		terminal.err(
			"Stop all servers that use one of both, then run the same command again: it copies anew what is not the same.",
		);
		return;
	}
	if (outcome === "copied")
		terminal.out(`${source} was copied to ${target}, and both are the same, row by row:`);
	else terminal.out(`${target} has all of ${source} already, and both are the same, row by row:`);
	tellTables(
		terminal,
		tables.filter((row) => row.source > 0),
		false,
	);
	if (outcome === "same already") return;
	terminal.err(
		`Start servers with ${target} in DATABASE_URL from now on. Machines notice, and send again what the copy may lack.`,
	);
}

function tellTables(terminal: Terminal, rows: readonly Comparison[], isWithTarget: boolean): void {
	const columns: Column<Comparison>[] = [
		{ title: "Table", cell: (row) => row.table },
		{ title: "Rows", cell: (row) => whole(row.source), right: true },
		{ title: "Copied", cell: (row) => whole(row.target), right: true },
	];
	const total = { table: "Total", source: 0, target: 0, isSame: true };
	for (const { source, target } of rows) {
		total.source += source;
		total.target += target;
	}
	terminal.out(table(terminal, isWithTarget ? columns : columns.slice(0, 2), rows, total));
}
