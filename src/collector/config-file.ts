import { AppError } from "../errors.ts";
import type { Home } from "./home.ts";
import { closeToOthers, type Exposure, lookAt, readOwnFile, refuseForeignFolder } from "./own-files.ts";

/** What stands in `config.json`: settings, a login, and what others have put there. */
export type ConfigFields = Readonly<Record<string, unknown>>;

/**
 * Reads `config.json`.
 *
 * @returns no fields where there is none
 * @throws AppError `invalid_config` for a file that cannot be trusted or understood
 */
export function readConfigFile(home: Home): ConfigFields {
	refuseForeignFolder(home.path);
	const text = readOwnFile(home.config, "move it away and run promptpulse login.");
	return text === undefined ? {} : parse(home.config, text);
}

/** Makes the file its owner's alone. */
export function closeConfigFile({ config }: Home): Exposure {
	const stats = lookAt(config);
	return stats?.isFile() ? closeToOthers(config, stats) : "no";
}

/** A field that is a text; none where it is empty. */
export function textIn(home: Home, fields: ConfigFields, name: string): string | undefined {
	const value = fields[name];
	if (value === undefined || value === null || value === "") return undefined;
	if (typeof value === "string") return value;
	throw new AppError(
		"invalid_config",
		`In ${home.config} "${name}" is not a text.`,
		"Correct the file or move it away.",
	);
}

/** What stands in it is not told: it may be a key. */
function parse(path: string, text: string): ConfigFields {
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch {
		throw notUnderstood(path, "is not valid JSON");
	}
	if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as ConfigFields;
	throw notUnderstood(path, "holds no object");
}

function notUnderstood(path: string, what: string): AppError {
	return new AppError("invalid_config", `${path} ${what}.`, "Correct the file or move it away.");
}
