import { PROGRAM } from "./program.ts";
import { type CliOptions, environmentOf } from "./run-cli.ts";

/** How long somebody waits for something to come on the screen, in ms: far longer than it ever takes. */
const PATIENCE_MS = 30_000;

/** A program at a terminal of its own, and all that it has written there since it was last asked. */
export type Screen = {
	pid: number;
	/** Waits until a text has come, and gives all that came until then, as it was written. */
	until(text: string): Promise<string>;
	type(text: string): void;
	resize(cols: number, rows: number): void;
	signal(name: NodeJS.Signals): void;
	/** Waits for the end, and gives what was written last. */
	end(): Promise<{ code: number; rest: string }>;
};

type Size = { cols?: number; rows?: number };

/** Starts promptpulse at a terminal. */
export function openScreen(
	args: readonly string[],
	options: CliOptions,
	{ cols = 200, rows = 50 }: Size = {},
): Screen {
	const { cwd = options.home, program = PROGRAM } = options;
	let written = "";
	let told = Promise.withResolvers<void>();
	const decoder = new TextDecoder();
	const child = Bun.spawn([...program, ...args], {
		cwd,
		env: { TERM: "xterm", ...environmentOf(options) },
		terminal: {
			cols,
			rows,
			data(_terminal, bytes) {
				written += decoder.decode(bytes, { stream: true });
				told.resolve();
				told = Promise.withResolvers();
			},
		},
	});
	const patience = setTimeout(() => child.kill("SIGKILL"), PATIENCE_MS);
	const ended = child.exited.then(() => "ended" as const);
	const take = () => {
		const taken = written;
		written = "";
		return taken;
	};
	return {
		pid: child.pid,
		async until(text) {
			while (!written.includes(text)) {
				if ((await Promise.race([told.promise, ended])) === "ended" && !written.includes(text))
					throw new Error(`"${text}" never came on the screen: ${JSON.stringify(written)}`);
			}
			return take();
		},
		type: (text) => child.terminal?.write(text),
		resize: (width, height) => child.terminal?.resize(width, height),
		signal: (name) => child.kill(name),
		async end() {
			const code = await child.exited;
			clearTimeout(patience);
			child.terminal?.close();
			return { code, rest: take() };
		},
	};
}

/** What stands on a terminal of this size in the end, line by line; without escapes, and without blank lines below. */
export async function linesAt(
	size: Size,
	args: readonly string[],
	options: CliOptions,
): Promise<{ code: number; lines: string[]; raw: string }> {
	const { code, rest } = await openScreen(args, options, size).end();
	return { code, raw: rest, lines: Bun.stripANSI(rest).trimEnd().split("\r\n") };
}
