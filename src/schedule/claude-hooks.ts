import { addTo, cutFrom, type JsonNode, memberOf, parseNodes, splice } from "./json-nodes.ts";

/** When Claude Code starts them: after every answer, and at the end of a session. */
export const HOOK_EVENTS = ["Stop", "SessionEnd"] as const;

const WORD = /(?:'[^']*'|"[^"]*"|\\.|[^\s'"\\;&|<>()`])+/y;
/** What people put behind a command that is to be heard of by nobody. */
const SILENCED = /(?:\s*(?:[12&]?>\s*\/dev\/null|2>&1|\|\|\s*true|&))*\s*$/;
const IS_PROGRAM = /(?:^|[/\\'"])(?:promptpulse|ppulse)(?:\.exe)?['"]?$/;
const IS_SOURCE = /(?:^|[/\\'"])main\.ts['"]?$/;

/** Why settings cannot be edited, as the end of a sentence that begins with the file's name. */
export class Uneditable extends Error {}

/** What Claude Code's settings come to with the hooks in them; the text itself where they are in it already. */
export function withHooks(settings: string, command: string): string {
	return HOOK_EVENTS.reduce((text, event) => withHook(text, event, command), checked(settings));
}

/** The settings without the hooks, and without what held nothing else. */
export function withoutHooks(settings: string, command: string): string {
	let text = checked(settings);
	for (const event of HOOK_EVENTS) {
		for (let [hook] = ownHooks(text, event, command); hook; [hook] = ownHooks(text, event, command)) {
			text = withoutHook(text, event, hook);
		}
	}
	return text;
}

/** The commands that start PromptPulse, by what they are started at. */
export function listHooks(settings: string, command: string): Record<(typeof HOOK_EVENTS)[number], string[]> {
	const text = checked(settings);
	const [stop, end] = HOOK_EVENTS.map((event) =>
		ownHooks(text, event, command).map((hook) => textOf(text, hook.command)),
	);
	return { Stop: stop ?? [], SessionEnd: end ?? [] };
}

/** The least that settings have to say for the hooks to be in them. */
export function hooksAlone(command: string): string {
	return `${withHooks("{}", command)}\n`;
}

/** Whether two texts say the same, but for places for hooks that hold none. */
export function saySame(some: string, others: string): boolean {
	return Bun.deepEquals(withoutEmpty(JSON.parse(some)), withoutEmpty(JSON.parse(others)), true);
}

function withoutEmpty(settings: { hooks?: Record<string, unknown> }): object {
	const { hooks = {}, ...others } = settings;
	const full = Object.entries(hooks).filter(([, groups]) => !Array.isArray(groups) || groups.length > 0);
	return full.length === 0 ? others : { ...others, hooks: Object.fromEntries(full) };
}

/** @throws Uneditable */
function checked(settings: string): string {
	let value: unknown;
	try {
		value = JSON.parse(settings);
	} catch (error) {
		throw new Uneditable(`is not valid JSON (${error instanceof Error ? error.message : error})`);
	}
	if (!isObject(value)) throw new Uneditable("holds no object");
	const { hooks = {} } = value;
	if (!isObject(hooks)) throw new Uneditable('has something else under "hooks" than an object');
	for (const event of HOOK_EVENTS) {
		const { [event]: groups = [] } = hooks;
		if (!Array.isArray(groups)) throw new Uneditable(`has something else under "hooks.${event}" than a list`);
	}
	return settings;
}

function isObject(value: unknown): value is Record<string, unknown> {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Where a hook stands: its place in its group, and the group's among those of its event. */
type OwnHook = { command: JsonNode; group: number; index: number };

function ownHooks(text: string, event: string, command: string): OwnHook[] {
	return groupsOf(text, event).flatMap((group, number) => {
		const hooks = memberOf(group, "hooks")?.value;
		if (hooks?.kind !== "array") return [];
		return hooks.items.flatMap((hook, index) => {
			const node = memberOf(hook, "command")?.value;
			const own = node && textOf(text, node);
			const isOwn = own === command || (own !== undefined && startsPromptPulse(own));
			return node && isOwn ? [{ command: node, group: number, index }] : [];
		});
	});
}

function groupsOf(text: string, event: string): JsonNode[] {
	const groups = memberOf(memberOf(parseNodes(text), "hooks")?.value, event)?.value;
	return groups?.kind === "array" ? groups.items : [];
}

/**
 * Whether a hook starts PromptPulse and does nothing else, made by setup or by hand: one that does more is somebody's
 * own, and would be lost.
 */
function startsPromptPulse(command: string): boolean {
	const words = wordsOf(command.replace(SILENCED, ""));
	const isFromSources = words[1] === "--no-env-file";
	const at = isFromSources
		? words.findIndex((word) => IS_SOURCE.test(word))
		: words.findIndex((word) => IS_PROGRAM.test(word));
	if (at < 0 || (at > 0 && !isFromSources)) return false;
	return words[at + 1] === "collect" && words.slice(at + 2).includes("--detach");
}

/** The words of a command as a shell divides them; none where it is more than one command, or not ended. */
function wordsOf(command: string): string[] {
	const text = command.trim();
	const words: string[] = [];
	for (let at = 0; at < text.length; ) {
		WORD.lastIndex = at;
		const [word] = WORD.exec(text) ?? [];
		if (word === undefined) return [];
		words.push(word);
		at += word.length;
		while (/[ \t]/.test(text[at] ?? "")) at++;
	}
	return words;
}

/** A text's value; empty for what is none. */
function textOf(text: string, { start, end }: JsonNode): string {
	const value: unknown = JSON.parse(text.slice(start, end));
	return typeof value === "string" ? value : "";
}

function withHook(settings: string, event: string, command: string): string {
	let text = settings;
	// One is enough, however many somebody has put there.
	for (let [, more] = ownHooks(text, event, command); more; [, more] = ownHooks(text, event, command)) {
		text = withoutHook(text, event, more);
	}
	const [hook] = ownHooks(text, event, command);
	if (hook) {
		return textOf(text, hook.command) === command
			? text
			: splice(text, hook.command, JSON.stringify(command));
	}
	const group = { hooks: [{ type: "command", command }] };
	const root = parseNodes(text);
	const hooks = memberOf(root, "hooks")?.value;
	if (!hooks) return addTo(text, root, "hooks", { [event]: [group] });
	const groups = memberOf(hooks, event)?.value;
	return groups ? addTo(text, groups, undefined, group) : addTo(text, hooks, event, [group]);
}

/** Takes a hook out, and with it its group, its event and "hooks" itself where nothing else is in them. */
function withoutHook(text: string, event: string, { group, index }: OwnHook): string {
	const root = parseNodes(text);
	const path: [JsonNode, number][] = [];
	const enter = (node: JsonNode | undefined, key: string): JsonNode | undefined => {
		if (node?.kind !== "object") return undefined;
		const at = node.members.findLastIndex((member) => member.key === key);
		path.push([node, at]);
		return node.members[at]?.value;
	};
	const groups = enter(enter(root, "hooks"), event);
	if (groups?.kind !== "array") return text;
	path.push([groups, group]);
	const hooks = memberOf(groups.items[group], "hooks")?.value;
	if (hooks?.kind !== "array") return text;
	path.push([hooks, index]);
	while (path.length > 1 && sizeOf(path.at(-1)?.[0]) === 1) path.pop();
	const [node, at] = path.at(-1) ?? [root, -1];
	return cutFrom(text, node, at);
}

function sizeOf(node: JsonNode | undefined): number {
	if (node?.kind === "array") return node.items.length;
	return node?.kind === "object" ? node.members.length : 0;
}
