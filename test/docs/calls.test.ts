import { describe, expect, test } from "bun:test";
import { listCommands, type ShownCommand } from "../support/all-commands.ts";
import { type Call, listBlocks, listCalls } from "../support/document-calls.ts";
import { DOCUMENTS, GUIDES, readDocument } from "../support/documents.ts";

const commands = listCommands();
/** Of Docker, npm and the installers. */
const FLAGS_OF_OTHERS = ["--build-arg"];
const README = DOCUMENTS.find(({ path }) => path === "README.md");

/** What there is not of a call; undefined if all is right. `[grouping]` and `a|b` are how documents write choices. */
function findFault({ document, words }: Call): string | undefined {
	const path = words.filter((word) => !word.startsWith("-")).flatMap((word) => [word.split("|")[0] ?? ""]);
	const line = `promptpulse ${words.join(" ")}`;
	const command = findCommand(path);
	if (!command) return `${document}: there is no ${line}`;
	const flags = words
		.filter((word) => /^--?[a-z]/i.test(word))
		.map((word) => word.replace(/^(--?[\w-]+).*$/, "$1"));
	const missing = flags.filter((flag) => !isFlag(command, flag));
	return missing.length > 0 ? `${document}: there is no ${missing.join(", ")} of ${line}` : undefined;
}

/** The command that words begin with; a word alone may stand for those below it (`promptpulse user`). */
function findCommand(words: readonly string[]): ShownCommand | undefined {
	const first = words[0];
	if (first === undefined || first === "help") return commands.find(({ path }) => path === "summary");
	for (let length = words.length; length > 0; length--) {
		const path = words.slice(0, length).join(" ");
		const found = commands.find((command) => command.path === path);
		if (found) return found;
		if (length === words.length && commands.some((command) => command.path.startsWith(`${path} `)))
			return { path, words: [], hasJson: false, flags: ["--help"] };
	}
	return undefined;
}

function isFlag(command: ShownCommand, flag: string): boolean {
	const everywhere = ["--help", "-h", ...(command.path === "summary" ? ["--version", "-V"] : [])];
	return command.flags.includes(flag) || everywhere.includes(flag);
}

test.each(DOCUMENTS.map((document) => [document.path, document] as const))(
	"%s names only commands and flags that there are",
	(_, document) => {
		expect(listCalls(document).flatMap((call) => findFault(call) ?? [])).toEqual([]);
	},
);

/** `--flag` alone is one of some command; in what tells how to come from ccusage it may be one of that. */
test.each(
	GUIDES.filter(({ path }) => path !== "docs/migration.md").map(
		(document) => [document.path, document] as const,
	),
)("%s names only flags that some command has", (_, { spans }) => {
	const flags = spans.flatMap((span) => /^--[a-z][\w-]*/.exec(span)?.[0] ?? []);
	const known = ["--help", "--version", ...commands.flatMap(({ flags: own }) => own), ...FLAGS_OF_OTHERS];
	expect(flags.filter((flag) => !known.includes(flag))).toEqual([]);
});

test.each(commands)("the README tells of promptpulse $path", ({ path }) => {
	const words = path === "report" ? "promptpulse report" : path;
	// Not the README itself: nobody wants to read all of it in a failure.
	expect(README?.text.includes(words)).toBe(true);
});

describe("blocks that are not run everywhere", () => {
	test("say what they need", () => {
		expect(listBlocks("bash").filter(({ text }) => !/^# needs: \S/.test(text))).toEqual([]);
	});

	test.skipIf(!Bun.which("bash"))("are written as bash reads it", () => {
		const faults = listBlocks("bash", "sh").flatMap(({ document, text }) => {
			const { exitCode, stderr } = Bun.spawnSync(["bash", "-n"], { stdin: Buffer.from(text) });
			return exitCode === 0 ? [] : [`${document}: ${stderr}`];
		});
		expect(faults).toEqual([]);
	});

	const PARSERS: Record<string, (text: string) => unknown> = {
		json: JSON.parse,
		jsonc: Bun.JSONC.parse,
		yaml: Bun.YAML.parse,
		toml: Bun.TOML.parse,
	};

	test.each(Object.keys(PARSERS))("are %s where they say so", (language) => {
		const faults = listBlocks(language).flatMap(({ document, text }) => {
			try {
				PARSERS[language]?.(text);
				return [];
			} catch (error) {
				return [`${document}: ${error} in\n${text}`];
			}
		});
		expect(faults).toEqual([]);
	});

	test("have a language that is known", () => {
		const known =
			/^(?:sh|bash|console|text|json|jsonc|yaml|toml|sql|ini|nginx|caddy|http|powershell|csv|diff|markdown|)$/;
		const strange = DOCUMENTS.flatMap(({ blocks }) => blocks).filter(({ language }) => !known.test(language));
		expect(strange.map(({ document, language }) => `${document}: ${language}`)).toEqual([]);
	});
});

describe("the reader of calls", () => {
	const faultsOf = (text: string) =>
		listCalls(readDocument("README.md", text)).flatMap((call) => findFault(call) ?? []);

	test.each([
		"`promptpulse`",
		"`promptpulse --help`",
		"`promptpulse report [grouping]`",
		"`promptpulse completion bash|zsh|fish`",
		"`promptpulse user`",
		"`PORT=1 promptpulse serve --check`",
		"```sh\npromptpulse report daily \\\n  --json # --no-such\n```",
	])("lets %j be", (text) => {
		expect(faultsOf(text)).toEqual([]);
	});

	test.each([
		"`promptpulse colect`",
		"`promptpulse collect --no-such`",
		"`promptpulse user create NAME --no-such`",
		"`promptpulse user make NAME`",
		"`PORT=1 promptpulse serve --chek`",
		"```sh\npromptpulse report daily \\\n  --no-such\n```",
		"```bash\n# needs: x\ntrue && sudo promptpulse serv\n```",
		"```console\n$ promptpulse report --no-such\n```",
	])("finds what is wrong with %j", (text) => {
		expect(faultsOf(text)).toHaveLength(1);
	});
});
