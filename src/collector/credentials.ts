import { isOldKey } from "../account/api-key.ts";
import { AppError } from "../errors.ts";
import type { Home } from "./home.ts";
import { type KeptLogin, type ReadLogin, readLogin } from "./kept-login.ts";
import { isKey, parseServer, type ServerAccess } from "./server.ts";

/** What the environment says; it goes before what `config.json` keeps. */
export type GivenAccess = { server?: string | undefined; apiKey?: string | undefined };

export type Credentials = {
	/** The server's address, if one is set. */
	server?: string | undefined;
	/** Undefined where no key is set for it. */
	access?: ServerAccess | undefined;
	/** Older responses stay on the machine, epoch ms. */
	since?: number | undefined;
	/** Whether others could read the key's file until now, or still can; absent where they could not. */
	exposed?: { path: string; isRepaired: boolean } | undefined;
	/** The login that the server and the key were taken from, where both are its own. */
	login?: KeptLogin | undefined;
	/** No server is set, and the login that is kept is one of the program that PromptPulse replaces. */
	hasOldLogin?: boolean | undefined;
};

/**
 * Where usage is sent to, under which key. A key that was kept goes to no other server than the one it was kept for.
 *
 * @param insecure http is allowed everywhere
 * @param login what is kept, if it was read already
 * @throws AppError `invalid_config`, `no_key` where the key is one that no server takes any more
 */
export function readCredentials(
	home: Home,
	given: GivenAccess,
	insecure: boolean,
	login: ReadLogin = readLogin(home),
): Credentials {
	const { login: kept, exposed, hasOldSession } = login;
	const server = given.server ?? kept.server;
	if (server === undefined) return { hasOldLogin: hasOldSession || isOldKey(kept.apiKey ?? "") || undefined };
	const isTheirs = isKeptFor(kept, server);
	const address = parseServer(server, insecure || (isTheirs && kept.insecure === true));
	const since = isTheirs ? kept.since : undefined;
	const keptKey = isTheirs ? kept.apiKey : undefined;
	const key = given.apiKey ?? keptKey;
	if (key === undefined) return { server: address, since };
	refuseUnfit(key, address);
	const isKept = given.apiKey === undefined;
	return {
		server: address,
		access: { address, key },
		since,
		exposed: isKept ? exposureOf(home, exposed) : undefined,
		login: isKept && kept.server !== undefined ? kept : undefined,
	};
}

/**
 * The address of the server that usage is sent to, if one is set, and from when on; whether it can be sent or not.
 *
 * @throws AppError `invalid_config`
 */
export function findServer(home: Home, given: GivenAccess): Pick<Credentials, "server" | "since"> {
	const { login: kept } = readLogin(home);
	const server = given.server ?? kept.server;
	if (server === undefined) return {};
	return { server: parseServer(server, true), since: isKeptFor(kept, server) ? kept.since : undefined };
}

function isKeptFor(kept: KeptLogin, server: string): boolean {
	return kept.server === undefined || parseServer(kept.server, true) === parseServer(server, true);
}

function refuseUnfit(key: string, address: string): void {
	if (isOldKey(key)) {
		throw new AppError(
			"no_key",
			"The API key is one of an earlier PromptPulse, which no server takes any more.",
			`Log in anew: promptpulse login --server ${address}`,
		);
	}
	if (isKey(key)) return;
	throw new AppError(
		"invalid_config",
		"The API key has blanks or other characters in it that no key has.",
		"Copy it once more, whole and without anything around it.",
	);
}

/** How it stands with the file of a key, to be told. */
export function exposureOf({ config }: Home, exposed: ReadLogin["exposed"]): Credentials["exposed"] {
	return exposed === "no" ? undefined : { path: config, isRepaired: exposed === "repaired" };
}
