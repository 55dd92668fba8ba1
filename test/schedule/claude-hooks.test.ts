import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import {
	hooksAlone,
	listHooks,
	saySame,
	Uneditable,
	withHooks,
	withoutHooks,
} from "../../src/schedule/claude-hooks.ts";
import { hostileWord } from "../support/hostile-words.ts";
import { runs } from "../support/runs.ts";

const COMMAND = "/usr/local/bin/promptpulse collect --detach --debounce 60s";
const OURS = { hooks: [{ type: "command", command: COMMAND }] };

const otherGroup = fc.record({
	matcher: fc.constantFrom("", "Bash", "Edit|Write"),
	hooks: fc.array(fc.record({ type: fc.constant("command"), command: hostileWord }), { maxLength: 3 }),
});
const groups = fc.oneof(fc.array(otherGroup, { maxLength: 3 }), fc.constant([]));
const hooks = fc.record({ Stop: groups, SessionEnd: groups, PreToolUse: groups }, { requiredKeys: [] });
const setting = fc.oneof(
	hostileWord,
	fc.double(),
	fc.boolean(),
	fc.constant(null),
	fc.array(hostileWord),
	fc.constant({}),
);
const settings = fc
	.tuple(
		fc.dictionary(fc.string(), setting, { maxKeys: 4 }),
		fc.option(hooks, { nil: undefined }),
		fc.boolean(),
	)
	.map(([before, own, isLast]): Record<string, unknown> => {
		const part = own === undefined ? {} : { hooks: own };
		return isLast ? { ...before, ...part } : { ...part, ...before };
	})
	.filter(
		({ hooks: own }) => own === undefined || (typeof own === "object" && own !== null && !Array.isArray(own)),
	);
const layout = fc.constantFrom<[string | number, string]>(
	["\t", "\n"],
	[2, "\n"],
	[4, "\r\n"],
	[0, ""],
	["", "\n"],
);
const text = fc
	.tuple(settings, layout, fc.constantFrom("", "\n", "\r\n"))
	.map(
		([value, [indent, newline], end]) =>
			JSON.stringify(value, null, indent).replaceAll("\n", newline || "\n") + end,
	);

type Settings = { hooks?: Record<string, unknown[]> } & Record<string, unknown>;

describe("settings", () => {
	test("get the two hooks after those that are there, and nothing else in them changes", () => {
		fc.assert(
			fc.property(text, (before) => {
				const value: Settings = JSON.parse(before);
				const after: Settings = JSON.parse(withHooks(before, COMMAND));
				const { Stop = [], SessionEnd = [] } = value.hooks ?? {};
				const expected = { ...value.hooks, Stop: [...Stop, OURS], SessionEnd: [...SessionEnd, OURS] };
				expect(after).toEqual({ ...value, hooks: expected });
				expect(Object.keys(after)).toEqual(Object.keys({ ...value, hooks: 1 }));
				expect(withHooks(withHooks(before, COMMAND), COMMAND)).toBe(withHooks(before, COMMAND));
			}),
			runs(300),
		);
	});

	test("say the same as before when the hooks are taken out, and keep every byte where no place for hooks was empty", () => {
		fc.assert(
			fc.property(text, (before) => {
				const set = withHooks(before, COMMAND);
				const after = withoutHooks(set, COMMAND);
				expect(saySame(after, before)).toBe(true);
				expect(withoutHooks(before, COMMAND)).toBe(before);
				const { Stop, SessionEnd, ...others }: Record<string, unknown[]> = JSON.parse(before).hooks ?? {
					Other: [],
				};
				const hasEmpty =
					[Stop, SessionEnd].some((list) => list?.length === 0) ||
					Object.keys({ Stop, SessionEnd, ...others }).length === 2;
				if (!hasEmpty && Object.keys(JSON.parse(before)).length > 0) expect(after).toBe(before);
			}),
			runs(300),
		);
	});

	test("keep numbers, escapes, double keys and lines as they are written", () => {
		const before =
			'{\n    "n": 1.00,\n    "big": 12345678901234567890,\n    "e": "\\u00e9\\/",\n    "list": [1,2,\n\n 3],\n    "n": 2\n}';
		const set = withHooks(before, COMMAND);
		expect(set).toStartWith(before.slice(0, -2));
		expect(set).toContain(',\n    "hooks": {\n        "Stop": [\n            {');
		expect(withoutHooks(set, COMMAND)).toBe(before);
	});

	test("with the hooks alone have two, and nothing else", () => {
		expect(JSON.parse(hooksAlone(COMMAND))).toEqual({ hooks: { Stop: [OURS], SessionEnd: [OURS] } });
	});
});

describe("a hook that starts PromptPulse", () => {
	const withCommand = (command: string) =>
		JSON.stringify({ hooks: { Stop: [{ hooks: [{ type: "command", command }] }] } });

	test.each([
		["promptpulse collect --detach --debounce 60s"],
		["ppulse collect --detach"],
		["/home/ada/bin/promptpulse collect --quiet --detach --debounce 5s"],
		["'/home/ada lovelace/promptpulse' collect --detach"],
		["/opt/bun --no-env-file '/w x/src/main.ts' collect --detach --debounce 60s"],
		["C:\\\\bin\\\\promptpulse.exe collect --detach"],
		["promptpulse collect --detach >/dev/null 2>&1 || true"],
		["promptpulse collect --detach &"],
	])("is known and brought to date: %s", (command) => {
		const before = withCommand(command);
		expect(listHooks(before, COMMAND).Stop).toEqual([command]);
		const after = JSON.parse(withHooks(before, COMMAND));
		expect(after).toEqual({ hooks: { Stop: [OURS], SessionEnd: [OURS] } });
		expect(JSON.parse(withoutHooks(before, COMMAND))).toEqual({});
	});

	test.each([
		["promptpulse collect"],
		["promptpulse status"],
		["echo promptpulse; other collect --detach"],
		["promptpulse collect; other --detach"],
		["notpromptpulse collect --detach"],
		["promptpulse-wrapper collect --detach"],
		["make log; promptpulse collect --detach"],
		["promptpulse collect --detach && notify-send done"],
		["promptpulse collect --detach | tee -a /home/ada/log"],
		["promptpulse collect --detach >> /home/ada/log"],
		["promptpulse collect --detach\nnotify-send done"],
		["PROMPTPULSE_HOME=/srv/pp promptpulse collect --detach"],
		["bun /home/ada/other/src/main.ts collect --detach"],
		["echo 'promptpulse collect --detach"],
	])("is not one that does something else: %s", (command) => {
		const before = withCommand(command);
		expect(listHooks(before, COMMAND).Stop).toEqual([]);
		expect(withoutHooks(before, COMMAND)).toBe(before);
	});

	test("that stands there several times is there once afterwards, and its neighbours stay", () => {
		const other = { type: "command", command: "say done" };
		const own = (command: string) => ({ type: "command", command });
		const before = JSON.stringify({
			hooks: {
				Stop: [
					{ hooks: [own("ppulse collect --detach"), other] },
					{ matcher: "x", hooks: [other, own(COMMAND)] },
					{ hooks: [own("promptpulse collect --detach")] },
				],
			},
		});
		const after = JSON.parse(withHooks(before, COMMAND));
		expect(after.hooks.Stop).toEqual([{ hooks: [own(COMMAND), other] }, { matcher: "x", hooks: [other] }]);
		expect(JSON.parse(withoutHooks(before, COMMAND)).hooks.Stop).toEqual([
			{ hooks: [other] },
			{ matcher: "x", hooks: [other] },
		]);
	});

	test("is not looked for at other occasions, nor in what is no hook", () => {
		const before = JSON.stringify({
			hooks: {
				Notification: [{ hooks: [{ command: COMMAND }] }],
				Stop: [null, 1, { hooks: 3 }, { hooks: [null, { command: 1 }] }],
			},
		});
		expect(withoutHooks(before, COMMAND)).toBe(before);
		expect(listHooks(before, COMMAND)).toEqual({ Stop: [], SessionEnd: [] });
		expect(JSON.parse(withHooks(before, COMMAND)).hooks.Stop.at(-1)).toEqual(OURS);
	});
});

describe("settings that cannot be edited are refused:", () => {
	test.each([
		["{", "is not valid JSON"],
		["", "is not valid JSON"],
		['{\n  // mine\n  "a": 1\n}', "is not valid JSON"],
		['{"a": 1,}', "is not valid JSON"],
		["[]", "holds no object"],
		["null", "holds no object"],
		['{"hooks": []}', 'something else under "hooks"'],
		['{"hooks": {"Stop": {}}}', 'something else under "hooks.Stop"'],
		['{"hooks": null}', 'something else under "hooks"'],
		['{"hooks": {"SessionEnd": null}}', 'something else under "hooks.SessionEnd"'],
	])("%s", (before, why) => {
		for (const edit of [withHooks, withoutHooks, listHooks]) {
			expect(() => edit(before, COMMAND)).toThrow(Uneditable);
			expect(() => edit(before, COMMAND)).toThrow(why);
		}
	});
});
