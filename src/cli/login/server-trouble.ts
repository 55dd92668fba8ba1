import type { Trouble } from "../../collector/ask-server.ts";
import { AppError } from "../../errors.ts";

/**
 * What people are told of a server that did not answer as hoped.
 *
 * @param address the server's
 * @param hint what to do where it was not reached, a whole sentence
 */
export function serverTrouble(address: string, trouble: Trouble, hint: string): AppError {
	const { host } = new URL(address);
	return trouble.kind === "refused_key"
		? new AppError(
				"no_key",
				`${host} does not accept the key (it ${trouble.why}).`,
				`Get a good one there, and run promptpulse login --server ${address}`,
			)
		: new AppError("server_unreachable", `The server ${host} ${trouble.why}.`, hint);
}
