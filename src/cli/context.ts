import type { Config } from "../config.ts";
import type { Terminal } from "./screen/terminal.ts";

/** What every command gets. */
export type Context = {
	config: Config;
	terminal: Terminal;
	/** Epoch ms. */
	now: () => number;
};
