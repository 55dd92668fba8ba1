import type { Config } from "../config.ts";
import type { Terminal } from "./terminal.ts";

/** What every command gets. */
export type Context = {
	config: Config;
	terminal: Terminal;
	/** Epoch ms. */
	now: () => number;
};

/** Exit codes that a finished command may return. */
export const DONE = 0;
export const KEY_REFUSED = 3;
export const SERVER_UNREACHABLE = 4;
export const SOME_EVENTS_REFUSED = 5;
export const SOME_FILES_UNREADABLE = 6;
