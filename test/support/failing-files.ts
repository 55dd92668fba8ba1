import * as files from "node:fs";

/**
 * Loaded before the program, this makes one of its calls of the file system fail: the one with the number `FAIL_CALL`,
 * with the code `FAIL_CODE`. How many calls there were stands in the file `FAIL_COUNT` in the end. What SQLite does by
 * itself is not among them.
 */
const { FAIL_CALL, FAIL_CODE = "EIO", FAIL_COUNT = "" } = process.env;
const MODULE = "failing:fs";

let calls = 0;

type Call = (...parameters: unknown[]) => unknown;

function failing(name: string, call: Call): Call {
	return (...parameters) => {
		calls++;
		if (calls !== Number(FAIL_CALL)) return call(...parameters);
		// It tells nobody why, and it is too late to keep a file open.
		if (name === "existsSync") return false;
		if (name === "closeSync") call(...parameters);
		const path = typeof parameters[0] === "string" ? ` '${parameters[0]}'` : "";
		const syscall = name.replace("Sync", "");
		throw Object.assign(new Error(`${FAIL_CODE}: made to fail, ${syscall}${path}`), {
			code: FAIL_CODE,
			syscall,
		});
	};
}

const exports = Object.fromEntries(
	Object.entries(files).map(([name, value]) => [
		name,
		name.endsWith("Sync") ? failing(name, value as Call) : value,
	]),
);

Bun.plugin({
	name: "failing files",
	setup(build) {
		build.module(MODULE, () => ({ loader: "object", exports }));
		build.onLoad({ filter: /\/src\/.*\.ts$/ }, ({ path }) => ({
			loader: "ts",
			contents: files.readFileSync(path, "utf8").replaceAll('from "node:fs"', `from "${MODULE}"`),
		}));
	},
});

process.on("exit", () => {
	if (FAIL_COUNT) files.writeFileSync(FAIL_COUNT, String(calls));
});
