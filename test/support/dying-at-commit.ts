import { Database as Sqlite } from "bun:sqlite";

/** Loaded before the program, this kills it instead of letting it end its transaction of the number `DIE_AT_COMMIT`. */
const last = Number(process.env.DIE_AT_COMMIT);
const { query } = Sqlite.prototype;
let commits = 0;
Sqlite.prototype.query = function (this: Sqlite, ...words: Parameters<typeof query>) {
	if (words[0] === "commit" && ++commits === last) process.kill(process.pid, "SIGKILL");
	return query.apply(this, words);
} as typeof query;
