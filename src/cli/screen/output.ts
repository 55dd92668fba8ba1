import { fstatSync, statSync, writeSync } from "node:fs";

export const STDOUT = 1;
export const STDERR = 2;

/**
 * Writes a text as a whole, however slowly it is taken. Whoever has read enough may stop, as `head` does: then nothing
 * more is written, and nobody is told. Done by the descriptor, for `process.stdout` takes as long to come to life as all
 * the rest of a short run.
 *
 * @throws the system's error for anything else: a full disk, say
 */
export function writeText(fd: number, text: string): void {
	const bytes = Buffer.from(text);
	for (let at = 0; at < bytes.length; ) {
		try {
			at += writeSync(fd, bytes, at);
		} catch (error) {
			const { code } = error as NodeJS.ErrnoException;
			if (code === "EPIPE") return;
			// The pipe is full, and who made it does not let it block.
			if (code !== "EAGAIN") throw error;
			Bun.sleepSync(WAIT_MS);
		}
	}
}

const WAIT_MS = 2;

/** Whether a descriptor is a person's screen. Files, pipes and the null device are told apart from it the fast way. */
export function isScreen(fd: typeof STDOUT | typeof STDERR): boolean {
	const device = deviceOf(() => fstatSync(fd));
	if (device === undefined || device === deviceOf(() => statSync("/dev/null"))) return false;
	return (fd === STDOUT ? process.stdout : process.stderr).isTTY;
}

/** The number of a character device; undefined for anything else. */
function deviceOf(look: () => { rdev: number; isCharacterDevice(): boolean }): number | undefined {
	try {
		const stats = look();
		return stats.isCharacterDevice() ? stats.rdev : undefined;
	} catch {
		return undefined;
	}
}
