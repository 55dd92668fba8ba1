import { KEPT_NAMES, type KeptName, OPTION_NAMES, variableOf } from "../../config.ts";
import { AppError } from "../../errors.ts";
import { similarNames } from "./similar.ts";

/** What a login keeps beside server and key. */
export const LOGIN_NAMES = ["userId", "username", "email", "insecure", "since"] as const;

/** Every setting that people are told. */
export const SETTING_NAMES: readonly string[] = [...OPTION_NAMES, ...LOGIN_NAMES];

export type SettableName = KeptName | "server";

/** What `promptpulse config set` keeps. */
export const SETTABLE_NAMES: readonly SettableName[] = ["server", ...KEPT_NAMES];

/**
 * Which setting `promptpulse config set` is asked to keep.
 *
 * @throws AppError `usage`
 */
export function readSettable(given: string): SettableName {
	const name = findName(given, SETTING_NAMES);
	const settable = SETTABLE_NAMES.find((one) => one === name);
	if (settable !== undefined) return settable;
	if (name === undefined) throw unknownSetting(given, SETTABLE_NAMES);
	const option = OPTION_NAMES.find((one) => one === name);
	if (option === undefined || option === "apiKey") {
		throw new AppError(
			"usage",
			`${name} belongs to a login, and is kept with it.`,
			"promptpulse login keeps one, with --key-stdin for a key that there is; promptpulse logout forgets it.",
		);
	}
	throw new AppError(
		"usage",
		`${name} is not kept on the machine.`,
		`Set the variable ${variableOf(option)} instead.`,
	);
}

/** A setting may also be called by its variable, and with any capitals. */
export function findName(given: string, names: readonly string[]): string | undefined {
	const wanted = given.toLowerCase();
	const byVariable = OPTION_NAMES.find((name) => variableOf(name) === given.toUpperCase());
	return names.find((name) => name === byVariable || name.toLowerCase() === wanted);
}

export function unknownSetting(given: string, names: readonly string[]): AppError {
	const similar = similarNames(given, names);
	return new AppError(
		"usage",
		`There is no setting ${JSON.stringify(given)}.`,
		similar.length > 0 ? `Did you mean ${similar.join(" or ")}?` : `There are: ${names.join(", ")}.`,
	);
}
