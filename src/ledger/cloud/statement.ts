import type { Value } from "../database.ts";
import type { Reply } from "./reply.ts";
import { withoutEnd } from "./rows-as-json.ts";

/**
 * One statement with its parameters, from left to right.
 *
 * `isAnswer`: whether a reply can be the answer to it; any can, if it is not told.
 */
export type Statement = {
	sql: string;
	parameters: readonly Value[];
	isAnswer?: ((reply: Reply) => boolean) | undefined;
};

/** What is asked is answered with columns, also where there is no row. */
export function hasColumns({ columns }: Reply): boolean {
	return columns.length > 0;
}

export function hasNoColumns(reply: Reply): boolean {
	return !hasColumns(reply);
}

/**
 * What one request may hold. The driver takes a time that grows with the square of the number of parameters, during
 * which nothing else runs here; and larger requests than a million bytes were never seen to pass.
 */
const MOST_PARAMETERS = 500;
const MOST_BYTES = 900_000;

/** Adds up what a request would hold. */
export class Load {
	#parameters = 0;
	#bytes = 0;

	/** @returns whether there is room for it; one that is too large by itself has room in a request of its own */
	take(statement: Statement): boolean {
		const parameters = this.#parameters + statement.parameters.length;
		const bytes = this.#bytes + sizeOf(statement);
		if (this.#bytes > 0 && (parameters > MOST_PARAMETERS || bytes > MOST_BYTES)) return false;
		this.#parameters = parameters;
		this.#bytes = bytes;
		return true;
	}
}

/** Shares statements out to as few requests as hold them, in their order. */
export function loadsOf(statements: readonly Statement[]): Statement[][] {
	const loads: Statement[][] = [];
	let load = new Load();
	for (const statement of statements) {
		const last = loads.at(-1);
		if (last && load.take(statement)) {
			last.push(statement);
			continue;
		}
		load = new Load();
		load.take(statement);
		loads.push([statement]);
	}
	return loads;
}

/** As one request: the statements run one after the other until one fails, and the reply is that of the last. */
export function joined(statements: readonly Statement[]): Statement {
	const [first] = statements;
	if (first && statements.length === 1) return first;
	return {
		// At the beginning of a line: what stands before may end in a comment.
		sql: statements.map(({ sql }) => withoutEnd(sql)).join("\n;"),
		parameters: statements.flatMap(({ parameters }) => parameters),
		isAnswer: statements.at(-1)?.isAnswer,
	};
}

/** About as many bytes as it takes on its way. */
function sizeOf({ sql, parameters }: Statement): number {
	let size = sql.length;
	for (const parameter of parameters) {
		size += typeof parameter === "string" ? Buffer.byteLength(parameter) + 8 : 12;
	}
	return size;
}
