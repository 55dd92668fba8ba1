import { findHeldBack } from "../../collector/held-back.ts";
import { homeAt } from "../../collector/home.ts";
import {
	isAlias,
	type KeptRule,
	listProjectRules,
	pathsOfProject,
	saveProjectRule,
} from "../../collector/project-rules.ts";
import { AppError } from "../../errors.ts";
import { countSentOf } from "../../ledger/ignored-projects.ts";
import { LOCAL_USER } from "../../ledger/users.ts";
import { type ProjectRule, ProjectRules } from "../../usage/project-rules.ts";
import { jsonText } from "../../usage/usage-json.ts";
import type { Context } from "../context.ts";
import { DONE } from "../exit-code.ts";
import { openForReading } from "../open-usage.ts";
import { ownHome } from "../own-home.ts";
import { counted } from "../screen/format.ts";
import { table } from "../screen/table.ts";
import { plain, type Terminal } from "../screen/terminal.ts";

export type ProjectFlags = {
	alias?: string;
	ignore?: boolean;
	clear?: boolean;
	list?: boolean;
	json?: boolean;
};

/**
 * `promptpulse config project PATH --alias NAME | --ignore | --clear`, and `--list`: what of single projects leaves this
 * machine.
 *
 * @throws AppError `usage`, `invalid_config`, `ledger_unwritable`, `locked`
 */
export async function configProject(
	context: Context,
	given: string | undefined,
	flags: ProjectFlags,
): Promise<number> {
	const { alias, ignore, clear, list, json } = flags;
	const chosen = [alias !== undefined, ignore, clear, list].filter(Boolean).length;
	if (given === undefined && alias === undefined && !ignore && !clear)
		return listRules(context, json ?? false);
	if (given === undefined || chosen !== 1 || list) {
		throw new AppError(
			"usage",
			"It is not clear what is to hold for which project.",
			"Give a path and one of --alias NAME, --ignore and --clear; or --list alone.",
		);
	}
	if (json) throw new AppError("usage", "--json is for --list.", "Leave it out.");
	const paths = pathsOfProject(given, context.config.userHome);
	if (clear) return clearRule(context, paths);
	return keepRule(context, paths, alias === undefined ? { ignore: true } : { alias: readAlias(alias) });
}

/** Prints rules, if there are any. */
export function tellRules(terminal: Terminal, rules: readonly KeptRule[]): void {
	if (rules.length === 0) return;
	const columns = [
		{ title: "Project", cell: ({ path }: KeptRule) => plain(path), shortest: 10, cutAt: "start" as const },
		{ title: "Rule", cell: ({ rule }: KeptRule) => wordsOf(rule) },
	];
	terminal.out(table(terminal, columns, rules));
}

export function ruleJson({ path, rule }: KeptRule): object {
	return { path, ...rule };
}

function listRules({ config, terminal }: Context, json: boolean): number {
	const rules = listProjectRules(homeAt(config.home));
	if (json) terminal.out(jsonText({ projects: rules.map(ruleJson) }));
	else if (rules.length === 0) terminal.err("No project has a rule of its own.");
	else tellRules(terminal, rules);
	return DONE;
}

function wordsOf(rule: ProjectRule): string {
	return "ignore" in rule ? "stays on this machine" : `leaves as ${plain(rule.alias)}`;
}

function readAlias(alias: string): string {
	if (isAlias(alias)) return alias;
	throw new AppError(
		"usage",
		"This cannot be what a project is called.",
		"Use at most 256 characters, none of which is a line break or another control character.",
	);
}

async function keepRule(context: Context, paths: readonly string[], rule: ProjectRule): Promise<number> {
	const { terminal } = context;
	saveProjectRule(ownHome(context), paths, rule);
	const [path = "", other] = paths;
	const also = other === undefined ? "" : `, and ${plain(other)}, where it leads to,`;
	terminal.err(`From now on ${plain(path)}${also} ${wordsOf(rule)}, with all that lies below.`);
	await tellWhatIsThere(context, paths, rule);
	return DONE;
}

async function clearRule(context: Context, paths: readonly string[]): Promise<number> {
	const { terminal, config } = context;
	const home = homeAt(config.home);
	const kept = listProjectRules(home).filter((one) => paths.includes(one.path));
	const [first] = kept;
	if (!first) {
		terminal.err(`${plain(paths[0] ?? "")} has no rule of its own. Nothing was changed.`);
		return DONE;
	}
	saveProjectRule(ownHome(context), paths, undefined);
	terminal.err(`The rule for ${plain(first.path)} is forgotten.`);
	const wasIgnored = kept.some(({ rule }) => "ignore" in rule);
	terminal.err(
		wasIgnored
			? "What stayed here meanwhile is sent by promptpulse collect --resend."
			: "What was sent already is called as before until promptpulse collect --resend.",
	);
	return DONE;
}

/** Says for what is kept already what the rule means, and what it cannot change any more. */
async function tellWhatIsThere(
	{ config, terminal, now }: Context,
	paths: readonly string[],
	rule: ProjectRule,
): Promise<void> {
	const db = await openForReading(homeAt(config.home), now());
	if (!db) return;
	try {
		const rules = new ProjectRules(paths.map((path) => [path, { ignore: true }] as const));
		const { projects = [] } = await findHeldBack(db, LOCAL_USER, { rules });
		if (projects.length === 0) {
			terminal.err("No project that is kept here lies there yet.");
			return;
		}
		const sent = await countSentOf(db, LOCAL_USER, projects);
		if (sent === 0) return;
		const were = `${counted(sent, "response")} of it ${sent === 1 ? "was" : "were"} sent before`;
		terminal.err(
			"ignore" in rule
				? `${were} and ${sent === 1 ? "stays" : "stay"} at the server; its page of projects can leave the project out of lists.`
				: `${were} under another name; promptpulse collect --resend gives ${sent === 1 ? "it" : "them"} this one.`,
		);
	} finally {
		await db.close();
	}
}
