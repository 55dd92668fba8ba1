import { realpathSync } from "node:fs";
import { isAbsolute, join, resolve } from "node:path";
import { AppError } from "../errors.ts";
import { cleanName } from "../usage/event.ts";
import { type ProjectRule, ProjectRules } from "../usage/project-rules.ts";
import { changeConfigFile } from "./change-config.ts";
import { type ConfigFields, readConfigFile } from "./config-file.ts";
import type { Home } from "./home.ts";

/** A rule as it stands in `config.json`, with the path it was made for. */
export type KeptRule = { path: string; rule: ProjectRule };

/**
 * What is settled for single projects.
 *
 * @param userHome what `~` at a path's beginning stands for
 * @throws AppError `invalid_config` also for a single rule that is not understood: what it was to keep here would leave
 */
export function readProjectRules(home: Home, userHome: string): ProjectRules {
	return new ProjectRules(
		listProjectRules(home).map(({ path, rule }) => [withHome(path, userHome), rule] as const),
	);
}

/** The rules in the order of their paths. */
export function listProjectRules(home: Home): KeptRule[] {
	const rules = Object.entries(rulesIn(home, readConfigFile(home)));
	return rules
		.map(([path, rule]) => ({ path, rule: readRule(home, path, rule) }))
		.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/**
 * Keeps a rule for a project, or with none forgets the one there is.
 *
 * @param paths all by which it may be known, as {@link pathsOfProject} gives them
 * @returns whether anything is another one now
 * @throws AppError `invalid_config`, `ledger_unwritable`, `locked`
 */
export function saveProjectRule(
	home: Home,
	paths: readonly string[],
	rule: ProjectRule | undefined,
): boolean {
	let isChanged = false;
	changeConfigFile(home, (fields) => {
		const rules = { ...rulesIn(home, fields) };
		for (const path of paths) {
			isChanged ||= !Bun.deepEquals(rules[path], rule);
			if (rule) rules[path] = rule;
			else delete rules[path];
		}
		if (!isChanged) return undefined;
		return { ...fields, [FIELD]: Object.keys(rules).length > 0 ? rules : undefined };
	});
	return isChanged;
}

/**
 * The paths by which a project may be known: as it was given, and where links lead to.
 *
 * @throws AppError `usage`
 */
export function pathsOfProject(given: string, userHome: string): string[] {
	const path = resolve(withHome(given, userHome));
	const paths = [...new Set([path, realPath(path)])];
	// Names are kept cut and cleaned, so nothing would ever match another one.
	if (given !== "" && paths.every((one) => cleanName(one) === one)) return paths;
	throw new AppError(
		"usage",
		"This cannot be the path of a project.",
		"Give a path of at most 256 characters without line breaks; what is settled for a folder holds for all below it.",
	);
}

const FIELD = "projects";

/** A project need not be there any more. */
function realPath(path: string): string {
	try {
		return realpathSync(path);
	} catch {
		return path;
	}
}

function withHome(path: string, userHome: string): string {
	return /^~(?=$|[/\\])/.test(path) ? join(userHome, path.slice(1)) : path;
}

function rulesIn(home: Home, fields: ConfigFields): Record<string, unknown> {
	const rules = fields[FIELD];
	if (rules === undefined || rules === null) return {};
	if (typeof rules === "object" && !Array.isArray(rules)) return rules as Record<string, unknown>;
	throw notUnderstood(home, `In ${home.config} "${FIELD}" holds no rules by path.`);
}

function readRule(home: Home, path: string, value: unknown): ProjectRule {
	const { ignore, alias, ...rest } = Object(value) as Record<string, unknown>;
	const isAbsolutePath = isAbsolute(path) || /^(?:~(?=$|[/\\])|[a-z]:[\\/]|\\\\)/i.test(path);
	if (isAbsolutePath && Object.keys(rest).length === 0) {
		if (ignore === true && alias === undefined) return { ignore };
		if (ignore === undefined && typeof alias === "string" && isAlias(alias)) return { alias };
	}
	throw notUnderstood(home, `In ${home.config} the rule for the project ${path} is not understood.`);
}

/** Whether a project can be called so. */
export function isAlias(text: string): boolean {
	return text.trim() !== "" && cleanName(text) === text;
}

function notUnderstood(home: Home, sentence: string): AppError {
	return new AppError(
		"invalid_config",
		sentence,
		`Nothing is sent meanwhile. A rule is {"ignore": true} or {"alias": "name"} under an absolute path: correct ${home.config}, or use promptpulse config project.`,
	);
}
