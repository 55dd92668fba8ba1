import { CloudError } from "./cloud-error.ts";
import type { Reply } from "./connection.ts";
import type { KnownTexts } from "./known-texts.ts";
import { asOneValue, type Row, readOneValue } from "./rows-as-json.ts";
import { Load, type Statement } from "./statement.ts";

/** A question somebody waits for. It is settled with all its rows, or with the first one. */
export type Question = Statement & {
	onlyFirst: boolean;
	answer(rows: Row[]): void;
	fail(error: unknown): void;
};

/** Sends one statement and gives its reply. */
export type Ask = (statement: Statement) => Promise<Reply>;

/** Questions that travel together, as values of one row, or one that goes as it is. */
export type Trip = readonly Known[] | Question;

/** A question whose columns are known. */
type Known = { question: Question; columns: readonly string[] };

/** So many at once are a page's; SQLite prepares all of them before it begins with the first. */
const MOST_TOGETHER = 50;

/**
 * Shares questions out so that as few trips as possible are made. A text whose columns are not known yet goes by itself;
 * it learns them on its way.
 */
export function planTrips(questions: readonly Question[], texts: KnownTexts): Trip[] {
	const trips: Trip[] = [];
	let together: Known[] = [];
	let load = new Load();
	for (const question of questions) {
		const columns = texts.columnsOf(question.sql);
		if (!columns) {
			trips.push(question);
			continue;
		}
		const hasRoom = together.length < MOST_TOGETHER && load.take(question);
		if (together.length === 0 || !hasRoom) {
			load = new Load();
			load.take(question);
			together = [];
			trips.push(together);
		}
		together.push({ question, columns });
	}
	return trips;
}

/** Makes a trip and settles each of its questions, whatever happens. Never throws. */
export async function travel(trip: Trip, texts: KnownTexts, ask: Ask): Promise<void> {
	if (!isTogether(trip)) return askPlainly(trip, texts, ask);
	let values: Row;
	try {
		values = (await ask(asStatement(trip))).rows[0] ?? {};
	} catch (error) {
		if (isAnswer(error)) return askApart(trip, texts, ask);
		for (const { question } of trip) question.fail(error);
		return;
	}
	const inexact: Question[] = [];
	for (const [place, { question, columns }] of trip.entries()) {
		const rows = readOneValue(values[nameOf(place)] ?? null, columns, question.onlyFirst);
		if (rows) question.answer(rows);
		else inexact.push(question);
	}
	for (const question of inexact) {
		texts.keepPlain(question.sql);
		await askPlainly(question, texts, ask);
	}
}

/** One of them may be wrong, and who asked another one is not to hear of it. */
async function askApart(trip: readonly Known[], texts: KnownTexts, ask: Ask): Promise<void> {
	const [first] = trip;
	if (first && trip.length === 1) {
		await askPlainly(first.question, texts, ask, () => texts.keepPlain(first.question.sql));
		return;
	}
	for (const known of trip) await travel([known], texts, ask);
}

async function askPlainly(
	question: Question,
	texts: KnownTexts,
	ask: Ask,
	whenAnswered?: () => void,
): Promise<void> {
	try {
		const { columns, rows } = await ask(question);
		whenAnswered?.();
		texts.learn(question.sql, columns);
		question.answer(question.onlyFirst ? rows.slice(0, 1) : rows);
	} catch (error) {
		question.fail(error);
	}
}

/** Whether a trip asks for values, so that what fails may succeed plainly. */
export function isTogether(trip: Trip): trip is readonly Known[] {
	return Array.isArray(trip);
}

function asStatement(trip: readonly Known[]): Statement {
	const isAnswer = ({ columns, rows }: Reply) =>
		columns.length === trip.length &&
		rows.length === 1 &&
		trip.every(({ question }, place) => {
			const value = rows[0]?.[nameOf(place)];
			return typeof value === "string" || (value === null && question.onlyFirst);
		});
	const values = trip.map(
		({ question, columns }, place) =>
			`${asOneValue(question.sql, columns.length, question.onlyFirst)} as ${nameOf(place)}`,
	);
	return {
		sql: `select ${values.join(",\n")}`,
		parameters: trip.flatMap(({ question }) => question.parameters),
		isAnswer,
	};
}

function nameOf(place: number): string {
	return `v${place}`;
}

/** Whether the server has read the statement and said what is wrong with it. */
function isAnswer(error: unknown): boolean {
	return error instanceof CloudError && error.fate === "refused";
}
