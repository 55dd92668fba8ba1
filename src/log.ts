import { configureSync, getJsonLinesFormatter, getLogger, type LogLevel, resetSync } from "@logtape/logtape";
import { getPrettyFormatter } from "@logtape/pretty";
import { redactByPattern } from "@logtape/redaction";

/** What is told, from the most urgent on. */
const LEVELS = ["error", "warn", "info", "debug"] as const;

export type Level = (typeof LEVELS)[number];

export function isLevel(text: string): text is Level {
	return LEVELS.some((level) => level === text);
}

/** Plain values that belong to an event: never a body, a key, a cookie or what a query holds. */
export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** Tells one line an event. */
export type Log = Record<Level, (event: string, fields?: LogFields) => void>;

export type LogOptions = {
	level: Level;
	/** For people: with colours and without quotes; otherwise JSON. */
	isForPeople: boolean;
	/** Takes whole lines. */
	write: (text: string) => void;
};

const NAMES: Record<Level, LogLevel> = { error: "error", warn: "warning", info: "info", debug: "debug" };
const CATEGORY = "promptpulse";

/** Secrets as they look, wherever they might have got into a text. */
const SECRETS = [
	{ pattern: /pk_[0-9A-Za-z]{16,}/g, replacement: "pk_***" },
	{ pattern: /\/(setup|join|login)\/[0-9A-Za-z]{16,}/g, replacement: "/$1/***" },
	{ pattern: /(promptpulse(?:-session)?=)[0-9A-Za-z]{16,}/g, replacement: "$1***" },
	{ pattern: /\b(apikey|password|token)=[^&\s"']+/gi, replacement: "$1=***" },
	{ pattern: /(\/\/[^/\s:@"]*):[^/\s@"]+@/g, replacement: "$1:***@" },
];

/** A text in which nothing is left that looks like a secret. */
export function withoutSecrets(text: string): string {
	return SECRETS.reduce((left, { pattern, replacement }) => left.replace(pattern, replacement), text);
}

/** Opens the log. There is one in a process; to open it anew closes it. */
export function openLog({ level, isForPeople, write }: LogOptions): Log {
	resetSync();
	const plain = isForPeople
		? getPrettyFormatter({ timestamp: "time", properties: true, inspectOptions: { compact: true } })
		: getJsonLinesFormatter({ properties: "flatten" });
	const format = redactByPattern(plain, SECRETS);
	configureSync({
		sinks: { lines: (record) => write(format(record)) },
		loggers: [
			{ category: [CATEGORY], lowestLevel: NAMES[level], sinks: ["lines"] },
			{ category: ["logtape", "meta"], lowestLevel: "error", sinks: ["lines"] },
		],
	});
	const logger = getLogger([CATEGORY]);
	const tell =
		(at: Level) =>
		(event: string, fields: LogFields = {}) =>
			// A brace would name a field to be put in its place.
			logger[at](event.replaceAll("{", "{{").replaceAll("}", "}}"), neutral(fields));
	return { error: tell("error"), warn: tell("warn"), info: tell("info"), debug: tell("debug") };
}

/** Names come from anywhere: without what a terminal would obey, and without what would begin a line. */
function neutral(fields: LogFields): Record<string, unknown> {
	return Object.fromEntries(
		Object.entries(fields)
			.filter(([, value]) => value !== undefined)
			.map(([name, value]) => [
				name,
				typeof value === "string" ? value.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, " ") : value,
			]),
	);
}
