import { homedir, hostname } from "node:os";
import { join } from "node:path";

/** One setting from outside: the variable it comes from and what it is without it. */
type Option = { variable: string; fallback?: () => string };

/** Every variable that PromptPulse reads. */
const OPTIONS = {
	/** Where ledger, machine id and prices are kept. */
	home: { variable: "PROMPTPULSE_HOME", fallback: () => join(homedir(), ".promptpulse") },
	/** What the machine is called. */
	machineLabel: { variable: "MACHINE_ID", fallback: hostname },
	/** Where Claude Code keeps its transcripts: one directory or several, separated by commas. */
	claudeConfigDir: { variable: "CLAUDE_CONFIG_DIR" },
	xdgConfigHome: { variable: "XDG_CONFIG_HOME" },
	/** Where usage is sent to, and the key that opens it: both over what config.json keeps. */
	server: { variable: "PROMPTPULSE_SERVER" },
	apiKey: { variable: "PROMPTPULSE_API_KEY" },
	/** What of project paths and branch names may leave the machine. */
	projectPrivacy: { variable: "PROJECT_PATH_PRIVACY", fallback: () => "basename" },
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
	}
>;

/** Reads the configuration. An empty variable counts as unset. */
export function readConfig(environment: Record<string, string | undefined> = process.env): Config {
	const read = ({ variable, fallback }: Option) => environment[variable] || fallback?.();
	const values = Object.entries(OPTIONS).map(([name, option]) => [name, read(option)]);
	let zone: string | undefined;
	return Object.freeze({
		...Object.fromEntries(values),
		userHome: homedir(),
		// Takes as long as all the rest of a short run, and not every run asks for it.
		get zone() {
			zone ??= Temporal.Now.timeZoneId();
			return zone;
		},
	});
}

/** A setting as `promptpulse user config show` tells it. */
export type Setting = { name: string; variable: string; value: string | undefined; isSet: boolean };

/** Every setting of {@link readConfig}, and whether the environment says it. */
export function listSettings(environment: Record<string, string | undefined> = process.env): Setting[] {
	return Object.entries<Option>(OPTIONS).map(([name, { variable, fallback }]) => {
		const given = environment[variable] || undefined;
		return { name, variable, value: given ?? fallback?.(), isSet: given !== undefined };
	});
}
