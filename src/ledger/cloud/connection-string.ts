import { isIP } from "node:net";
import { AppError } from "../../errors.ts";

/** Where the database is and how to get in. It holds a secret: it goes to the driver and nowhere else. */
export type CloudAddress = {
	/** A name in lower case, never an IP address: the server's certificate is checked against it. */
	host: string;
	port: number;
	database: string;
	credentials: Credentials;
};

export type Credentials = { apiKey: string } | { token: string } | { user: string; password: string };

const DEFAULT_PORT = 8860;
const FORM =
	/^sqlitecloud:\/\/(?:([^/?#]*)@)?(\[[^\]/?#@]*\]|[^/?#:@]*)(?::([^/?#@]*))?(?:\/([^?#]*))?(?:\?([^#]*))?$/i;
const HOST = /^[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*$/;
/** The driver writes it into a command as it is, so it may hold nothing that would end its place there. */
const SECRET = /^[^\s;"'`\p{Cc}]+$/u;

/**
 * What the driver or the service's own examples know. Only these are named in an error: what stands in the place of a
 * name may be the rest of a key that has an `&` in it.
 */
const KNOWN_PARAMETERS = [
	"compression",
	"create",
	"database",
	"gatewayurl",
	"insecure",
	"key",
	"maxdata",
	"maxrows",
	"maxrowset",
	"memory",
	"no_verify_certificate",
	"noblob",
	"non_linearizable",
	"nonlinearizable",
	"password",
	"password_hashed",
	"root_certificate",
	"safe_integer_mode",
	"timeout",
	"tls",
	"unauthenticated",
	"username",
	"usewebsocket",
	"verbose",
	"zerotext",
];

const SHAPE =
	"It should look like sqlitecloud://HOST:8860/DATABASE?apikey=KEY; the console of SQLite Cloud shows it as the connection string of the project, to which the name of the database is added.";

export function isCloudUrl(text: string): boolean {
	return /^\s*sqlitecloud:\/\//i.test(text);
}

/**
 * Checks all of it at once, so that what is wrong is known before anything is sent.
 *
 * @throws AppError `invalid_config`, which repeats nothing of the text but the names of parameters that are known
 */
export function parseCloudUrl(text: string): CloudAddress {
	const parts = FORM.exec(text.trim());
	if (parts === null) {
		throw invalid(
			"The address of the database cannot be read.",
			`${SHAPE} Where a name or a password holds one of : / ? # @ & % it has to be percent-encoded.`,
		);
	}
	const [, userinfo, host = "", port, path = "", query = ""] = parts;
	return {
		host: parseHost(host),
		port: parsePort(port),
		database: parseDatabase(path),
		credentials: parseCredentials(userinfo, parseQuery(query)),
	};
}

function parseHost(text: string): string {
	const host = text.toLowerCase();
	if (host === "") throw invalid("The address of the database has no host.", SHAPE);
	const isBracketed = host.startsWith("[");
	if (!isBracketed && !HOST.test(host)) {
		throw invalid("The host in the address of the database is not a host name.", SHAPE);
	}
	if (isBracketed || isAddress(host)) {
		throw invalid(
			"The host in the address of the database is an IP address, against which no certificate can be checked.",
			"Give the host's name, as in PROJECT.sqlite.cloud.",
		);
	}
	return host;
}

/** Also forms of IPv4 addresses that only look like names or numbers: `127.1`, `0x7f000001`. */
function isAddress(host: string): boolean {
	if (!URL.canParse(`http://${host}`)) return true;
	return isIP(new URL(`http://${host}`).hostname) !== 0;
}

function parsePort(text: string | undefined): number {
	if (text === undefined || text === "") return DEFAULT_PORT;
	const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
	if (port < 1 || port > 65_535) {
		throw invalid(
			"The port in the address of the database is not a number from 1 to 65535.",
			`Leave it out, or give ${DEFAULT_PORT}, which is the port of SQLite Cloud.`,
		);
	}
	return port;
}

function parseDatabase(path: string): string {
	const name = path.replace(/\/$/, "");
	if (name === "") throw invalid("The address names no database.", `Its name comes after the host. ${SHAPE}`);
	if (!/^[A-Za-z0-9._-]+$/.test(name)) {
		throw invalid(
			"The name of the database in its address has other characters than letters, digits, dots, hyphens and underscores.",
			`Give the name as the console of SQLite Cloud lists it. ${SHAPE}`,
		);
	}
	return name;
}

type Query = { apiKey?: string; token?: string };

function parseQuery(query: string): Query {
	const given: Query = {};
	for (const part of query.split("&").filter((text) => text !== "")) {
		const [, name = "", value = ""] = /^([^=]*)=?(.*)$/s.exec(part) ?? [];
		const field = FIELDS[name.toLowerCase()];
		if (field === undefined) throw unknownParameter(name);
		if (given[field] !== undefined) {
			throw invalid(
				`The address of the database gives ${name.toLowerCase()} twice.`,
				"Leave one of them out.",
			);
		}
		given[field] = decoded(value, field === "apiKey" ? "API key" : "token");
	}
	return given;
}

const FIELDS: Readonly<Record<string, keyof Query>> = { apikey: "apiKey", token: "token" };

function unknownParameter(name: string): AppError {
	const plain = name.toLowerCase().replaceAll("-", "_");
	if (plain === "api_key") {
		return invalid("The address of the database has the parameter api_key, which is called apikey.", SHAPE);
	}
	const which = KNOWN_PARAMETERS.includes(plain) ? `the parameter ${plain}` : "a parameter";
	return invalid(
		`The address of the database has ${which} that is not taken here.`,
		"Only apikey and token are: leave all others out. An & in a key has to be written as %26.",
	);
}

function parseCredentials(userinfo: string | undefined, { apiKey, token }: Query): Credentials {
	const given = [apiKey, token, userinfo].filter((one) => one !== undefined && one !== "");
	if (given.length === 0) {
		throw invalid("The address of the database says nothing to get in with.", `Add the API key. ${SHAPE}`);
	}
	if (given.length > 1) {
		throw invalid(
			"The address of the database gives more than one way to get in.",
			"Give an API key, a token, or a user and a password, and only one of these.",
		);
	}
	if (apiKey) return { apiKey };
	if (token) return { token };
	const [, user = "", password = ""] = /^([^:]*):?(.*)$/s.exec(userinfo ?? "") ?? [];
	if (user === "" || password === "") {
		throw invalid(
			"The address of the database has only one of user and password.",
			"Both stand before the host, as in sqlitecloud://USER:PASSWORD@HOST:8860/DATABASE.",
		);
	}
	return { user: decoded(user, "user's name"), password: decoded(password, "password") };
}

/** A plus stays a plus: keys hold it, and as a space, as forms write it, it would be another key. */
function decoded(text: string, what: string): string {
	if (text === "") return "";
	let value: string;
	try {
		value = decodeURIComponent(text);
	} catch {
		throw invalid(
			`The ${what} in the address of the database has a % that is no percent-encoding.`,
			"A % itself has to be written as %25.",
		);
	}
	if (!SECRET.test(value)) {
		throw invalid(
			`The ${what} in the address of the database has a space, a semicolon, a quotation mark or a control character in it, which SQLite Cloud cannot take.`,
			"See whether it was copied whole, or choose another one.",
		);
	}
	return value;
}

function invalid(message: string, hint: string): AppError {
	return new AppError("invalid_config", message, hint);
}

/** For people and logs: what it is, without what gets one in. */
export function addressName({ host, port, database }: CloudAddress): string {
	return `sqlitecloud://${host}:${port}/${database}`;
}

/** A text from anywhere, an error's say, without what gets one in. */
export function redact(text: string): string {
	return text
		.replace(/\b(apikey|api_key|token|password)=[^&\s"]+/gi, "$1=***")
		.replace(/(sqlitecloud:\/\/[^:@/\s]*):[^\s"]*@/gi, "$1:***@")
		.replace(/(\/\/[^\s:@/"]*):[^\s@/"]+@/g, "$1:***@")
		.replace(/\b(APIKEY|TOKEN|PASSWORD|HASH) [^\s;"]+/g, "$1 ***");
}

/** The same, and without this address's secrets wherever they stand. */
export function redactFor({ credentials }: CloudAddress, text: string): string {
	const secrets = Object.entries(credentials).filter(([name]) => name !== "user");
	const forms = secrets.flatMap(([, secret]) => [secret, encodeURIComponent(secret)]);
	return forms.reduce((rest, secret) => rest.replaceAll(secret, "***"), redact(text));
}

/** What the driver is told: nothing that would make it print, guess, or read what may be stale. */
export function driverConfig({ host, port, database, credentials }: CloudAddress): DriverConfig {
	return { host, port, database, safe_integer_mode: "mixed", compression: true, ...driverNames(credentials) };
}

export type DriverConfig = {
	host: string;
	port: number;
	database: string;
	safe_integer_mode: "mixed";
	compression: true;
	apikey?: string;
	token?: string;
	username?: string;
	password?: string;
};

function driverNames(
	credentials: Credentials,
): Pick<DriverConfig, "apikey" | "token" | "username" | "password"> {
	if ("apiKey" in credentials) return { apikey: credentials.apiKey };
	if ("token" in credentials) return { token: credentials.token };
	return { username: credentials.user, password: credentials.password };
}
