import { CloudError, CODES, notNow, withStop } from "./cloud-error.ts";
import type { CloudAddress } from "./connection-string.ts";

const NEVER_RAN = { fate: "not executed", kind: "unreachable", isRetryable: true } as const;

/**
 * Why there is no connection.
 *
 * @param reason the socket's own word for it, such as `ECONNREFUSED`, if it has one
 */
export function connectError({ host, port }: CloudAddress, reason = ""): CloudError {
	const why = reason === "" ? "" : ` (${reason})`;
	if (/CERT|SIGNED|SIGNATURE|ISSUER|CRL/.test(reason)) {
		return new CloudError(
			`The certificate of ${host} is not trusted${why}, so nothing was sent to it.`,
			"See whether the host in DATABASE_URL is right. Where a proxy signs certificates anew, name the file of its own one in NODE_EXTRA_CA_CERTS.",
			{ ...NEVER_RAN, isRetryable: false },
		);
	}
	if (/^(?:ENOTFOUND|ENODATA|EAI_|DNS_)/.test(reason)) {
		return new CloudError(
			`The host of the database, ${host}, is not known${why}.`,
			"See whether it is written rightly in DATABASE_URL, and whether this machine can look up names.",
			NEVER_RAN,
		);
	}
	if (reason === "ECONNREFUSED") {
		return new CloudError(
			`Nothing answers at port ${port} of the database's host, ${host}${why}.`,
			"See whether the port in DATABASE_URL is right; that of SQLite Cloud is 8860.",
			NEVER_RAN,
		);
	}
	return new CloudError(
		`The database at ${host}:${port} ended the connection before it was open${why}.`,
		"Try again in a moment. If it stays so, see whether a firewall stands between, and whether the plan allows as many connections as DB_MAX_CONNECTIONS.",
		NEVER_RAN,
	);
}

/** It was tried for so long, in ms. */
export function connectDeadline({ host, port }: CloudAddress, ms: number): CloudError {
	return new CloudError(
		`The database at ${host}:${port} could not be reached within ${ms / 1_000} s.`,
		"See whether this machine can reach it. A project that was not used for long may need a moment: then try again.",
		NEVER_RAN,
	);
}

/** Somebody answers there who speaks another language. */
export function foreignHost({ host, port }: CloudAddress): CloudError {
	return new CloudError(
		`What answers at ${host}:${port} is no database of SQLite Cloud.`,
		"See whether host and port in DATABASE_URL are right; the port of SQLite Cloud is 8860.",
		NEVER_RAN,
	);
}

/** What the server said to a log-in. Nothing has run then, whatever it says. */
export function loginError(address: CloudAddress, code: number, message: string): CloudError {
	const { host, database } = address;
	const forbidden = { fate: "refused", kind: "forbidden", code } as const;
	if (code === CODES.notAllowed) {
		return new CloudError(
			`The database at ${host} does not accept the ${keyOf(address)}.`,
			"See in DATABASE_URL whether all of it was copied, and in the console of SQLite Cloud whether it is still valid and may use this database.",
			forbidden,
		);
	}
	if (code === CODES.notFound) {
		return new CloudError(
			`There is no database ${database} at ${host}.`,
			"Make it in the console of SQLite Cloud, or correct its name in DATABASE_URL.",
			forbidden,
		);
	}
	return new CloudError(
		// What stands in quotation marks may be a piece of what was sent.
		notNow(code) ??
			`The database at ${host} takes no log-in: ${withStop(message.replace(/"[^"]*"|'[^']*'|`[^`]*`/g, '"…"'))}`,
		"Try again in a moment. If it stays so, see whether the plan allows as many connections as DB_MAX_CONNECTIONS.",
		{ ...NEVER_RAN, isRetryable: code !== CODES.unknownCommand, code },
	);
}

function keyOf({ credentials }: CloudAddress): string {
	if ("apiKey" in credentials) return "API key";
	return "token" in credentials ? "token" : "user and password";
}
