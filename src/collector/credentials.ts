import { existsSync, statSync } from "node:fs";
import { AppError } from "../errors.ts";
import { type Home, readJson } from "./home.ts";
import { parseServer, type ServerAccess } from "./server.ts";

/** What the environment says; it goes before what `config.json` keeps. */
export type GivenAccess = { server?: string | undefined; apiKey?: string | undefined };

export type Credentials = {
	/** The server's address, if one is set. */
	server?: string | undefined;
	/** Undefined where no key is set for it. */
	access?: ServerAccess | undefined;
	/** The key's file, if others than its owner may read or change it. */
	exposed?: string | undefined;
};

/**
 * Where usage is sent to, under which key. A key that was kept goes to no other server than the one it was kept for.
 *
 * @param insecure http is allowed everywhere
 * @throws AppError `invalid_config`
 */
export function readCredentials(home: Home, given: GivenAccess, insecure: boolean): Credentials {
	const kept = readKept(home.config);
	const server = given.server ?? kept.server;
	if (server === undefined) return {};
	const address = parseServer(server, insecure);
	const isKeptFor = kept.server === undefined || parseServer(kept.server, true) === address;
	const key = given.apiKey ?? (isKeptFor ? kept.apiKey : undefined);
	if (key === undefined) return { server: address };
	if (!KEY.test(key)) {
		throw new AppError(
			"invalid_config",
			"The API key has blanks or other characters in it that no key has.",
			"Copy it once more, whole and without anything around it.",
		);
	}
	const isExposed = given.apiKey === undefined && isOpenToOthers(home.config);
	return { server: address, access: { address, key }, exposed: isExposed ? home.config : undefined };
}

const KEY = /^[\x21-\x7e]{1,256}$/;

function readKept(path: string): GivenAccess {
	if (!existsSync(path)) return {};
	const { server, apiKey } = readJson(path) as { server?: unknown; apiKey?: unknown };
	return { server: readText(path, "server", server), apiKey: readText(path, "apiKey", apiKey) };
}

function readText(path: string, field: string, value: unknown): string | undefined {
	if (value === undefined || value === null || value === "") return undefined;
	if (typeof value === "string") return value;
	throw new AppError(
		"invalid_config",
		`In ${path} "${field}" is not a text.`,
		"Correct the file or move it away.",
	);
}

/** Windows has no such bits. */
function isOpenToOthers(path: string): boolean {
	return process.platform !== "win32" && (statSync(path).mode & 0o077) !== 0;
}
