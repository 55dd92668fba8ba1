import { isOldKey } from "../../account/api-key.ts";
import type { ConfigFields } from "../../collector/config-file.ts";
import type { Home } from "../../collector/home.ts";
import { loginIn } from "../../collector/kept-login.ts";
import { needsConsent, parseServer } from "../../collector/server.ts";
import { AppError } from "../../errors.ts";

/**
 * What `config.json` holds when another server is kept, or none. A key that is kept there goes to no other server than
 * the one it was kept for, so it does not stay beside another one.
 *
 * @param address as {@link readAddress} gives it, undefined where it is to be forgotten
 * @throws AppError `usage`, `invalid_config` for a file that is not understood
 */
export function keepServer(
	home: Home,
	fields: ConfigFields,
	address: string | undefined,
): Record<string, unknown> {
	const login = loginIn(home, fields);
	const hasKey = login.apiKey !== undefined && !isOldKey(login.apiKey);
	if (hasKey && address !== login.server) {
		throw new AppError(
			"usage",
			"This machine is logged in, and its key is for the server of that login alone. Nothing was changed.",
			address === undefined
				? "Run promptpulse logout, which forgets both."
				: `Log in there: promptpulse login --server ${address}`,
		);
	}
	const isOpen = address !== undefined && needsConsent(address);
	return { ...fields, server: address, insecure: isOpen || undefined };
}

/**
 * @param insecure http is allowed everywhere
 * @throws AppError `usage` for a text that is no server's address
 */
export function readAddress(text: string, insecure: boolean): string {
	try {
		return parseServer(text, insecure);
	} catch (error) {
		throw error instanceof AppError ? new AppError("usage", error.message, error.hint) : error;
	}
}
