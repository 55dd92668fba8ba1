import { PROGRAM } from "./program.ts";
import { type CliOptions, type CliResult, environmentOf } from "./run-cli.ts";

/** Runs promptpulse with a text on its standard input, which stays open if told so. */
export async function runWithInput(
	args: readonly string[],
	options: CliOptions,
	input: string,
	staysOpen = false,
): Promise<CliResult> {
	const { cwd = options.home } = options;
	const env = environmentOf(options);
	const child = Bun.spawn([...PROGRAM, ...args], {
		cwd,
		env,
		stdin: "pipe",
		stdout: "pipe",
		stderr: "pipe",
	});
	child.stdin.write(input);
	if (staysOpen) await child.stdin.flush();
	else await child.stdin.end();
	const [out, err] = await Promise.all([child.stdout.text(), child.stderr.text()]);
	return { code: await child.exited, out, err };
}

/** What a person waits for on the screen, and types then. */
export type Step = readonly [seen: string, typed: string];

export const ENTER = "\r";
export const CTRL_C = "\x03";

/** How long a person waits for something to come on the screen, in ms: far longer than it ever takes. */
const PATIENCE_MS = 30_000;

/** Runs promptpulse at a terminal of its own, where a person types. The screen is told without colours. */
export async function runAtTerminal(
	args: readonly string[],
	options: CliOptions,
	steps: readonly Step[],
	columns = 200,
): Promise<{ code: number; screen: string }> {
	const { cwd = options.home, program = PROGRAM } = options;
	let screen = "";
	let told = Promise.withResolvers<void>();
	const decoder = new TextDecoder();
	const child = Bun.spawn([...program, ...args], {
		cwd,
		env: { ...environmentOf(options), TERM: "xterm" },
		terminal: {
			cols: columns,
			rows: 50,
			data(_terminal, bytes) {
				screen += decoder.decode(bytes, { stream: true });
				told.resolve();
				told = Promise.withResolvers();
			},
		},
	});
	const patience = setTimeout(() => child.kill(), PATIENCE_MS);
	const ended = child.exited.then(() => "ended" as const);
	let from = 0;
	for (const [seen, typed] of steps) {
		let at = screen.indexOf(seen, from);
		while (at < 0) {
			if ((await Promise.race([told.promise, ended])) === "ended") break;
			at = screen.indexOf(seen, from);
		}
		if (at < 0) throw new Error(`"${seen}" never came on the screen: ${Bun.stripANSI(screen)}`);
		from = at + seen.length;
		child.terminal?.write(typed);
	}
	const code = await child.exited;
	clearTimeout(patience);
	child.terminal?.close();
	return { code, screen: Bun.stripANSI(screen) };
}
