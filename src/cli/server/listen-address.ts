import type { Config } from "../../config.ts";
import { AppError } from "../../errors.ts";

/** Where a server listens. Port 0 is any that is free. */
export type ListenAddress = { host: string; port: number };

/** What flags say of it, over the environment. */
export type ListenFlags = { host?: string; port?: string };

const PORT = 3_000;
const HOST = "127.0.0.1";

/**
 * Where a server listens: flags, then `HOST` and `PORT`, then what is usual.
 *
 * @throws AppError `invalid_config`
 */
export function readListenAddress(config: Config, flags: ListenFlags): ListenAddress {
	return { host: flags.host ?? config.host ?? HOST, port: readPort(flags.port ?? config.port) };
}

function readPort(text: string | undefined): number {
	if (text === undefined) return PORT;
	if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
	throw new AppError(
		"invalid_config",
		"The setting PORT is not a port.",
		"Give a number from 0 to 65535; 0 takes one that is free.",
	);
}
