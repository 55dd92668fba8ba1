import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readCcusage } from "../../src/collector/imports/ccusage.ts";
import { parseImport } from "../../src/collector/imports/import-file.ts";
import { type Choice, readPredecessor } from "../../src/collector/imports/predecessor.ts";
import type { ImportedTotals } from "../../src/collector/imports/totals.ts";
import { AppError } from "../../src/errors.ts";
import { dayText } from "../../src/usage/day.ts";

const FIXTURES = join(import.meta.dir, "../fixtures/ccusage");
const ORIGIN = { file: "old.json", now: Date.UTC(2026, 10, 24) };

/** Where an output of ccusage lies, of made-up transcripts: `v18-daily`. */
export function ccusageFile(name: string): string {
	return join(FIXTURES, `${name}.json`);
}

/** An output of ccusage, parsed, to be changed. */
export function ccusageOutput(name: string) {
	return JSON.parse(readFileSync(ccusageFile(name), "utf8"));
}

/** What is read out of a text, or a value that is written as JSON. */
export function asCcusage(value: unknown): ImportedTotals {
	return readCcusage(parseImport(bytesOf(value), ORIGIN), "laptop");
}

export function asPredecessor(value: unknown, choice: Choice = {}): ImportedTotals {
	return readPredecessor(parseImport(bytesOf(value), ORIGIN), choice);
}

/** Why something is refused: the sentence, which has to name the file. */
export function refusalOf(read: () => unknown): string {
	try {
		read();
	} catch (error) {
		if (
			error instanceof AppError &&
			error.code === "usage" &&
			error.message.startsWith("old.json was not taken: ")
		) {
			return error.message.slice("old.json was not taken: ".length);
		}
		throw error;
	}
	throw new Error("nothing was refused");
}

/** Totals in short: their names, tokens and costs in dollars, to six places. */
export function inShort({ days, sessions, blocks, leftOut, notes }: ImportedTotals) {
	const sums = (row: { total: number; costNanoUsd: number }) => [
		row.total,
		Math.round(row.costNanoUsd / 1e3) / 1e6,
	];
	return {
		...(days.length > 0 && { days: days.map((row) => [dayText(row.day), ...sums(row)]) }),
		...(sessions.length > 0 && { sessions: sessions.map((row) => [row.session, row.project, ...sums(row)]) }),
		...(blocks.length > 0 && { blocks: blocks.map((row) => [row.block, ...sums(row)]) }),
		leftOut,
		notes: notes.length,
	};
}

function bytesOf(value: unknown): Uint8Array {
	if (value instanceof Uint8Array) return value;
	return new TextEncoder().encode(typeof value === "string" ? value : JSON.stringify(value));
}
