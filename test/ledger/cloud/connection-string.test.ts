import { describe, expect, test } from "bun:test";
import { AppError } from "../../../src/errors.ts";
import {
	addressName,
	driverConfig,
	isCloudUrl,
	parseCloudUrl,
	redact,
	redactFor,
} from "../../../src/ledger/cloud/connection-string.ts";

/** Whatever of these stands in an error was told to people. */
const SECRETS = ["S3cretKey", "S3cretToken", "S3cretPassword", "S3cret"];

function refusal(text: string): AppError {
	try {
		parseCloudUrl(text);
	} catch (error) {
		if (error instanceof AppError) return error;
		throw error;
	}
	throw new Error(`it was taken: ${text}`);
}

describe("an address", () => {
	test.each(["sqlitecloud://h/d", "SQLITECLOUD://h/d", " SqliteCloud://h"])(
		"is known by its scheme: %s",
		(text) => {
			expect(isCloudUrl(text)).toBe(true);
		},
	);

	test.each(["server.db", "file:server.db", "sqlite://h/d", "/sqlitecloud://h", "postgres://h/d", ""])(
		"is not: %s",
		(text) => {
			expect(isCloudUrl(text)).toBe(false);
		},
	);

	test("with an API key", () => {
		expect(parseCloudUrl("sqlitecloud://abc.g1.sqlite.cloud:8860/usage.sqlite?apikey=S3cretKey")).toEqual({
			host: "abc.g1.sqlite.cloud",
			port: 8860,
			database: "usage.sqlite",
			credentials: { apiKey: "S3cretKey" },
		});
	});

	test("with a token, a host in capitals and no port", () => {
		expect(parseCloudUrl("SQLiteCloud://ABC.sqlite.cloud/usage?TOKEN=S3cretToken")).toEqual({
			host: "abc.sqlite.cloud",
			port: 8860,
			database: "usage",
			credentials: { token: "S3cretToken" },
		});
	});

	test("with a user and a password that are percent-encoded", () => {
		expect(parseCloudUrl("sqlitecloud://ann%40x:S3cret%2FPass%3Aword@h.cloud:443/usage/")).toEqual({
			host: "h.cloud",
			port: 443,
			database: "usage",
			credentials: { user: "ann@x", password: "S3cret/Pass:word" },
		});
	});

	test("with a password that holds an @ as it is", () => {
		const { host, credentials } = parseCloudUrl("sqlitecloud://ann:S3cret@Password@h/d");
		expect({ host, credentials }).toEqual({
			host: "h",
			credentials: { user: "ann", password: "S3cret@Password" },
		});
	});

	test("keeps a plus in a key, written either way", () => {
		for (const written of ["a+b/c=", "a%2Bb%2Fc%3D"]) {
			const address = parseCloudUrl(`sqlitecloud://h/d?apikey=${written}`);
			expect(address.credentials).toEqual({ apiKey: "a+b/c=" });
			expect(driverConfig(address)).toMatchObject({ apikey: "a+b/c=" });
		}
	});

	test("is told to the driver without anything that prints, waits or reads what is stale", () => {
		expect(driverConfig(parseCloudUrl("sqlitecloud://ann:S3cretPassword@h/d"))).toEqual({
			host: "h",
			port: 8860,
			database: "d",
			username: "ann",
			password: "S3cretPassword",
			safe_integer_mode: "mixed",
			compression: true,
		});
	});

	test("is told to people without what gets one in", () => {
		expect(addressName(parseCloudUrl("sqlitecloud://ann:S3cretPassword@h/d"))).toBe("sqlitecloud://h:8860/d");
	});
});

describe("an address is refused, with no secret in what is said", () => {
	test.each([
		["sqlitecloud://", "has no host"],
		["sqlitecloud:h/d?apikey=S3cretKey", "cannot be read"],
		["sqlite://h/d?apikey=S3cretKey", "cannot be read"],
		["sqlitecloud:///d?apikey=S3cretKey", "has no host"],
		["sqlitecloud://h/d?apikey=S3cretKey#rest", "cannot be read"],
		["sqlitecloud://h ost/d?apikey=S3cretKey", "not a host name"],
		["sqlitecloud://-h/d?apikey=S3cretKey", "not a host name"],
		["sqlitecloud://[::1]:8860/d?apikey=S3cretKey", "IP address"],
		["sqlitecloud://10.1.2.3/d?apikey=S3cretKey", "IP address"],
		["sqlitecloud://127.1/d?apikey=S3cretKey", "IP address"],
		["sqlitecloud://0x7f000001/d?apikey=S3cretKey", "IP address"],
		["sqlitecloud://2130706433/d?apikey=S3cretKey", "IP address"],
		["sqlitecloud://h:0/d?apikey=S3cretKey", "port"],
		["sqlitecloud://h:65536/d?apikey=S3cretKey", "port"],
		["sqlitecloud://h:x/d?apikey=S3cretKey", "port"],
		["sqlitecloud://h?apikey=S3cretKey", "names no database"],
		["sqlitecloud://h/?apikey=S3cretKey", "names no database"],
		["sqlitecloud://h/a/b?apikey=S3cretKey", "name of the database"],
		["sqlitecloud://h/d;drop?apikey=S3cretKey", "name of the database"],
		["sqlitecloud://h/d%20e?apikey=S3cretKey", "name of the database"],
		["sqlitecloud://h/d", "nothing to get in with"],
		["sqlitecloud://h/d?apikey=", "nothing to get in with"],
		["sqlitecloud://@h/d", "nothing to get in with"],
		["sqlitecloud://h/d?apikey=S3cretKey&token=S3cretToken", "more than one way"],
		["sqlitecloud://ann:S3cretPassword@h/d?apikey=S3cretKey", "more than one way"],
		["sqlitecloud://h/d?apikey=S3cretKey&apikey=S3cretKey2", "apikey twice"],
		["sqlitecloud://S3cretKey@h/d", "only one of user and password"],
		["sqlitecloud://:S3cretPassword@h/d", "only one of user and password"],
		["sqlitecloud://ann:@h/d", "only one of user and password"],
		["sqlitecloud://ann:S3cret/Password@h/d", "port"],
		["sqlitecloud://ann:12/S3cretPassword@h/d", "name of the database"],
		["sqlitecloud://ann:S3cret@Password@", "has no host"],
		["sqlitecloud://ann:S3cret?Password=x@h/d", "port"],
		["sqlitecloud://h/d?apikey=S3cretKey%zz", "percent-encoding"],
		["sqlitecloud://h/d?apikey=S3cret%3BKey", "semicolon"],
		["sqlitecloud://h/d?apikey=S3cret%20Key", "space"],
		["sqlitecloud://h/d?apikey=S3cret%00Key", "control character"],
		["sqlitecloud://ann:S3cret%27Password@h/d", "quotation mark"],
		["sqlitecloud://h/d?apikey=S3cretKey&timeout=10", "the parameter timeout"],
		["sqlitecloud://h/d?apikey=S3cretKey&Safe-Integer-Mode=number", "the parameter safe_integer_mode"],
		["sqlitecloud://h/d?apikey=S3cretKey&verbose", "the parameter verbose"],
		["sqlitecloud://h/d?api_key=S3cretKey", "which is called apikey"],
		["sqlitecloud://h/d?apikey=abc&S3cretRest", "a parameter that is not taken"],
	])("%s: %s", (text, reason) => {
		const error = refusal(text);
		expect(error.code).toBe("invalid_config");
		expect(error.message).toContain(reason);
		expect(error.message).toEndWith(".");
		expect(error.hint).toEndWith(".");
		const told = Bun.inspect(error);
		expect(SECRETS.filter((secret) => told.includes(secret))).toEqual([]);
	});
});

describe("a text is told without secrets", () => {
	test.each([
		["Invalid: sqlitecloud://h/d?apikey=S3cretKey - error", "Invalid: sqlitecloud://h/d?apikey=*** - error"],
		["sqlitecloud://h/d?token=S3cretToken&timeout=3", "sqlitecloud://h/d?token=***&timeout=3"],
		["sqlitecloud://ann:S3cretPassword@h/d", "sqlitecloud://ann:***@h/d"],
		["sqlitecloud://ann:S3cret@Pass/word@h/d", "sqlitecloud://ann:***@h/d"],
		["https://ann:S3cretPassword@h/d", "https://ann:***@h/d"],
		["AUTH APIKEY S3cretKey;SET", "AUTH APIKEY ***;SET"],
		["AUTH USER ann PASSWORD S3cretPassword;", "AUTH USER ann PASSWORD ***;"],
		["sqlitecloud://h:8860/d and https://h:1/x", "sqlitecloud://h:8860/d and https://h:1/x"],
		["no such table: api_keys", "no such table: api_keys"],
	])("%s", (text, told) => {
		expect(redact(text)).toBe(told);
	});

	test("of one address, wherever they stand and however they are written", () => {
		const address = parseCloudUrl("sqlitecloud://h/d?apikey=S3cret%2BKey");
		expect(redactFor(address, "key S3cret+Key, as S3cret%2BKey")).toBe("key ***, as ***");
	});
});
