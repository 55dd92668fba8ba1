import { writeFileSync } from "node:fs";

/** Loaded before the program, this notes in the file `MODULE_LIST` which modules it has loaded when it ends. */
const { MODULE_LIST = "" } = process.env;

process.on("exit", () => writeFileSync(MODULE_LIST, Object.keys(require.cache).join("\n")));
