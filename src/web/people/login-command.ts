import { isLoopback } from "../gates/link-access.ts";

/**
 * What a person types on a machine that is to send its usage here.
 *
 * @param origin what the site is seen under
 * @param key without one the command reads it, so that it stands in no history
 */
export function loginCommand(origin: string, key?: string): string {
	const url = new URL(origin);
	const insecure = url.protocol === "http:" && !isLoopback(url) ? " --insecure" : "";
	const server = `--server ${shellWord(origin)}${insecure}`;
	return key === undefined ? `promptpulse login --key-stdin ${server}` : `promptpulse login ${key} ${server}`;
}

/** A host may have signs in it that mean something to a shell: brackets have in each IPv6 address. */
function shellWord(text: string): string {
	return /^[\w.:/-]+$/.test(text) ? text : `'${text.replaceAll("'", "%27")}'`;
}
