import { readlinkSync } from "node:fs";
import { homedir, hostname } from "node:os";
import { join } from "node:path";
import { AppError } from "./errors.ts";

/** One setting from outside: the variable it comes from, whether `config.json` may say it too, and what it is without. */
type Option = { variable: string; isKept?: true; fallback?: () => string };

/** Every variable that PromptPulse reads. */
const OPTIONS = {
	/** Where ledger, machine id and prices are kept. */
	home: { variable: "PROMPTPULSE_HOME", fallback: () => join(findUserHome(), ".promptpulse") },
	/** What the machine is called. */
	machineLabel: { variable: "MACHINE_ID", isKept: true, fallback: hostname },
	/** Where Claude Code keeps its transcripts: one directory or several, separated by commas. */
	claudeConfigDir: { variable: "CLAUDE_CONFIG_DIR", isKept: true },
	xdgConfigHome: { variable: "XDG_CONFIG_HOME" },
	/** Where usage is sent to, and the key that opens it: both over what config.json keeps. */
	server: { variable: "PROMPTPULSE_SERVER" },
	apiKey: { variable: "PROMPTPULSE_API_KEY" },
	/** What of project paths and branch names may leave the machine. */
	projectPrivacy: { variable: "PROJECT_PATH_PRIVACY", isKept: true, fallback: () => "basename" },
	/** What is sent: each response, or only totals. */
	granularity: { variable: "PROMPTPULSE_GRANULARITY", isKept: true, fallback: () => "all" },
	/** Of a server: where its ledger is, where it listens, under which address people see it, and whom it trusts. */
	databaseUrl: { variable: "DATABASE_URL" },
	/** Of a database far away: how many connections there may be, how long one lies idle, how often and when to try again. */
	dbMaxConnections: { variable: "DB_MAX_CONNECTIONS", fallback: () => "10" },
	dbIdleTimeout: { variable: "DB_IDLE_TIMEOUT", fallback: () => "30000" },
	dbRetryAttempts: { variable: "DB_RETRY_ATTEMPTS", fallback: () => "3" },
	dbRetryDelay: { variable: "DB_RETRY_DELAY", fallback: () => "1000" },
	host: { variable: "HOST" },
	port: { variable: "PORT" },
	publicUrl: { variable: "PUBLIC_URL" },
	trustedProxies: { variable: "TRUSTED_PROXIES" },
	registration: { variable: "REGISTRATION" },
	/** Of a server that sends mail: the key of the service, who mail comes from, and where the service is. */
	resendApiKey: { variable: "RESEND_API_KEY" },
	resendFrom: { variable: "RESEND_FROM_EMAIL" },
	resendBaseUrl: { variable: "RESEND_BASE_URL", fallback: () => "https://api.resend.com" },
	logLevel: { variable: "LOG_LEVEL" },
	/** `development` or `production`; by itself what is compiled is production. */
	nodeEnv: { variable: "NODE_ENV" },
	/** Any value turns colours off. */
	noColor: { variable: "NO_COLOR" },
	terminal: { variable: "TERM" },
} as const satisfies Record<string, Option>;

export type Config = Readonly<
	{
		[Name in keyof typeof OPTIONS]: (typeof OPTIONS)[Name] extends { fallback: unknown }
			? string
			: string | undefined;
	} & {
		userHome: string;
		/** The machine's own IANA zone. */
		zone: string;
		/** Whether that is surely this one. Where it is, to know it costs nothing. */
		isInZone(name: string): boolean;
	}
>;

export type OptionName = keyof typeof OPTIONS;

/** A setting that `config.json` may keep, by the name that it has there. */
export type KeptName = {
	[Name in OptionName]: (typeof OPTIONS)[Name] extends { isKept: true } ? Name : never;
}[OptionName];

/** All that there is to know, whoever says it. */
export const OPTION_NAMES = Object.keys(OPTIONS) as readonly OptionName[];

export function variableOf(name: OptionName): string {
	return OPTIONS[name].variable;
}

/** Those that `config.json` may keep. */
export const KEPT_NAMES = OPTION_NAMES.filter((name): name is KeptName => isKept(name, OPTIONS[name]));

/** Tells what `config.json` keeps; it is asked only for what the environment does not say. May throw. */
export type Kept = (name: KeptName) => string | undefined;

type Environment = Record<string, string | undefined>;

/**
 * Reads the configuration: from the environment, in which an empty variable counts as unset, then from what is kept.
 * Each setting is read when it is asked for, so that a file nobody can understand hinders only who needs it.
 */
export function readConfig(environment: Environment = process.env, kept: Kept = () => undefined): Config {
	const settings = Object.entries<Option>(OPTIONS).map(([name, option]) => [
		name,
		{ enumerable: true, get: () => findValue(name, option, environment, kept).value },
	]);
	let zone: string | undefined;
	const config: object = Object.defineProperties(
		{
			// Where a container runs as a user that it does not list, nobody knows it; a server there need not.
			get userHome() {
				return findUserHome();
			},
			// Takes as long as all the rest of a short run, and not every run asks for it.
			get zone() {
				zone ??= Temporal.Now.timeZoneId();
				return zone;
			},
			isInZone: (name: string) => name === (environment.TZ ?? linkedZone()),
		},
		Object.fromEntries(settings),
	);
	return Object.freeze(config as Config);
}

/** @throws AppError `invalid_config` where neither the environment nor the system's list of users tells it */
function findUserHome(): string {
	try {
		return homedir();
	} catch (error) {
		const hint = "Set HOME, or name folders in PROMPTPULSE_HOME and CLAUDE_CONFIG_DIR.";
		throw new AppError("invalid_config", "Nobody tells where your home folder is.", hint, { cause: error });
	}
}

/** The zone that the system's clock is linked to; undefined where it is set otherwise. */
function linkedZone(): string | undefined {
	try {
		return readlinkSync("/etc/localtime").split("/zoneinfo/")[1];
	} catch {
		// Then it is a copy, or there is none, as on Windows.
		return undefined;
	}
}

/** A setting as people are told it; `source` is its variable's name where that says it. */
export type Setting = { name: OptionName; variable: string } & Found;

type Found = { value: string | undefined; source: string };

export const FROM_FILE = "config.json";

/** Every setting of {@link readConfig}, and where it comes from. */
export function listSettings(kept: Kept, environment: Environment = process.env): Setting[] {
	return Object.entries<Option>(OPTIONS).map(([name, option]) => ({
		name: name as OptionName,
		variable: option.variable,
		...findValue(name, option, environment, kept),
	}));
}

function findValue(name: string, option: Option, environment: Environment, kept: Kept): Found {
	const given = environment[option.variable];
	if (given) return { value: given, source: option.variable };
	const saved = isKept(name, option) ? kept(name) : undefined;
	if (saved !== undefined) return { value: saved, source: FROM_FILE };
	return { value: option.fallback?.(), source: "default" };
}

function isKept(_name: string, option: Option): _name is KeptName {
	return option.isKept === true;
}

/** What a run by the clock is told of the environment that it is set up in. The key is not: it would stand in a file. */
const OF_SCHEDULED_RUNS = [
	...(
		[
			"home",
			"machineLabel",
			"claudeConfigDir",
			"xdgConfigHome",
			"server",
			"projectPrivacy",
			"granularity",
		] as const
	).map(variableOf),
	// Days are counted in its zone.
	"TZ",
];

/** The variables that a run by the clock needs as they are here, of those that are set. */
export function readScheduledVariables(environment: Environment = process.env): Record<string, string> {
	const set = OF_SCHEDULED_RUNS.map((variable) => [variable, environment[variable] || undefined]);
	return Object.fromEntries(set.filter(([, value]) => value !== undefined));
}

/** Whether the environment holds the key, which a run by the clock does not get. */
export function hasKeyInEnvironment(environment: Environment = process.env): boolean {
	return Boolean(environment[OPTIONS.apiKey.variable]);
}
