import type { Config } from "../../config.ts";
import { AppError } from "../../errors.ts";
import { isLevel, type Level } from "../../log.ts";
import { type MailSettings, readMailSettings } from "../../mail/resend.ts";
import { type Proxies, parseProxies } from "../../web/gates/proxies.ts";
import { REGISTRATIONS, type Registration } from "../../web/people/registration.ts";
import { type ListenAddress, type ListenFlags, readListenAddress } from "./listen-address.ts";
import { type DatabasePlace, type PoolSettings, placeOf, readPool } from "./server-database.ts";

/** What flags say of a server, over the environment. */
export type ServerFlags = ListenFlags & { database?: string };

export type ServerSettings = ListenAddress & {
	database: DatabasePlace;
	/** How a database far away is used. */
	pool: PoolSettings;
	registration: Registration;
	proxies: Proxies;
	/** How mail leaves, if it does, and where links in it lead. */
	mail: { settings: MailSettings; origin: string } | undefined;
	level: Level;
	/** For people who look on rather than for programs that read it. */
	isDevelopment: boolean;
};

/**
 * A server's settings: flags, then the environment, then what is usual.
 *
 * @throws AppError `invalid_config`, naming the setting and what it takes
 */
export function readServerSettings(config: Config, flags: ServerFlags): ServerSettings {
	const isDevelopment = config.nodeEnv === "development";
	return {
		database: placeOf(config, flags.database),
		pool: readPool(config),
		...readListenAddress(config, flags),
		registration: oneOf("REGISTRATION", REGISTRATIONS, config.registration ?? "invite"),
		proxies: { publicUrl: readPublicUrl(config.publicUrl), trusted: parseProxies(config.trustedProxies) },
		mail: readMail(config),
		level: readLevel(config.logLevel ?? (isDevelopment ? "debug" : "info")),
		isDevelopment,
	};
}

function readPublicUrl(text: string | undefined): string | undefined {
	if (text === undefined) return undefined;
	const url = URL.parse(text);
	const isOrigin = url && /^https?:$/.test(url.protocol) && url.pathname === "/" && !url.search && !url.hash;
	if (isOrigin && !url.username && !url.password) return url.origin;
	throw invalid(
		"PUBLIC_URL",
		"is not the address of a site",
		"Give scheme and name alone, such as https://usage.example.com.",
	);
}

function readMail(config: Config): ServerSettings["mail"] {
	const settings = readMailSettings(config);
	if (settings === undefined) return undefined;
	const origin = readPublicUrl(config.publicUrl);
	if (origin !== undefined) return { settings, origin };
	throw invalid(
		"PUBLIC_URL",
		"is not given, and links in mails need it",
		"Set it to the address that people use.",
	);
}

function readLevel(text: string): Level {
	if (isLevel(text)) return text;
	throw invalid("LOG_LEVEL", "is none that is known", "Give one of error, warn, info, debug.");
}

function oneOf<Choice extends string>(name: string, choices: readonly Choice[], given: string): Choice {
	const choice = choices.find((known) => known === given);
	if (choice !== undefined) return choice;
	throw invalid(name, "is none that is known", `Give one of ${choices.join(", ")}.`);
}

function invalid(name: string, what: string, hint: string): AppError {
	return new AppError("invalid_config", `The setting ${name} ${what}.`, hint);
}
