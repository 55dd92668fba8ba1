import { Unmet } from "../../ledger/checks/check.ts";
import { holdTransaction } from "../../ledger/checks/lock-checks.ts";
import type { Context } from "../context.ts";
import { DONE } from "../exit-code.ts";

/** What the other process says when it has its transaction open. */
const HELD = "held";

/** The words, before the file, with which this program becomes that other process. */
const WORDS = ["doctor", "--hold"];

/**
 * Starts this program once more, to hold a transaction open on a file of the checks.
 *
 * @returns what kills it, and is done when it is gone
 * @throws Unmet
 */
export async function startHolder(path: string): Promise<() => Promise<void>> {
	const program = Bun.isStandaloneExecutable ? [] : [...process.execArgv, Bun.main];
	// It ends with its standard input, so it does not outlive this process whatever becomes of that.
	const child = Bun.spawn([process.execPath, ...program, ...WORDS, path], {
		stdin: "pipe",
		stdout: "pipe",
		stderr: "pipe",
	});
	const kill = async () => {
		child.kill("SIGKILL");
		await child.exited;
	};
	let told = "";
	const decoder = new TextDecoder();
	for await (const piece of child.stdout) {
		told += decoder.decode(piece, { stream: true });
		if (told.includes(HELD)) return kill;
	}
	await kill();
	const [reason = ""] = (await child.stderr.text()).trim().split("\n");
	throw new Unmet(
		`another process could not write there (${reason})`,
		"See whether this user may start more processes, and whether the folder is on a disk of this machine.",
	);
}

/** Is that other process, until its standard input ends. */
export async function holdUntilTold({ terminal }: Context, path: string): Promise<number> {
	await holdTransaction(path, async () => {
		terminal.out(HELD);
		await Bun.stdin.text();
	});
	return DONE;
}
