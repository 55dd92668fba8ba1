import { AppError } from "../../errors.ts";
import type { Terminal } from "./terminal.ts";

/** What a person is asked. `check` says what is wrong with an answer. */
export type Question = {
	message: string;
	placeholder?: string;
	check?: (answer: string) => string | undefined;
};

/** Somebody at a terminal who can be asked. Ctrl-C ends the command. */
export type Person = {
	ask(question: Question): Promise<string>;
	/** What is typed is not shown. */
	askSecret(question: Question): Promise<string>;
	/** Yes or no; no unless said otherwise. */
	confirm(message: string): Promise<boolean>;
};

/** Who sits at the terminal; undefined where nobody does, or where it cannot draw a question. */
export function findPerson({ draws = false }: Terminal): Person | undefined {
	if (!process.stdin.isTTY || !draws) return undefined;
	const prompts = import("@clack/prompts");
	const orEnd = <Value>(answer: Value): Exclude<Value, symbol> => {
		if (typeof answer === "symbol") throw new AppError("interrupted", "Nothing was changed.");
		return answer as Exclude<Value, symbol>;
	};
	const checked =
		({ check }: Question) =>
		(answer: string | undefined) =>
			check?.(answer?.trim() ?? "");
	return {
		async ask(question) {
			const { text } = await prompts;
			const { message, placeholder = "" } = question;
			const answer = await text({ message, placeholder, defaultValue: "", validate: checked(question) });
			return orEnd(answer).trim();
		},
		async askSecret(question) {
			const { password } = await prompts;
			const answer = await password({ message: question.message, validate: checked(question) });
			return orEnd(answer).trim();
		},
		async confirm(message) {
			const { confirm } = await prompts;
			return orEnd(await confirm({ message, initialValue: false }));
		},
	};
}

/** More than this is no line that a person pastes. */
const LONGEST_LINE = 4_096;

/** The first line of the standard input, which a terminal's owner is told to type. */
export async function readLine(terminal: Terminal, message: string): Promise<string> {
	if (process.stdin.isTTY) terminal.err(message);
	const decoder = new TextDecoder();
	let text = "";
	for await (const chunk of Bun.stdin.stream()) {
		text += decoder.decode(chunk, { stream: true });
		if (text.includes("\n") || text.length > LONGEST_LINE) break;
	}
	return text.split("\n", 1)[0]?.trim() ?? "";
}
