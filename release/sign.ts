import { rm, stat } from "node:fs/promises";
import { ReleaseError } from "./release-error.ts";

/**
 * Lets a command of whoever releases sign a file. It gets the file's path as its last argument, and what it makes is
 * expected beside the file, with `.sig` after its name, as `ssh-keygen -Y sign` does it.
 *
 * @throws ReleaseError where the command fails or makes nothing
 */
export async function sign(command: string, file: string): Promise<void> {
	const signature = `${file}.sig`;
	await rm(signature, { force: true });
	// By a shell, for a command has arguments of its own; the path comes to it as an argument, whatever is in it.
	const shell = ["/bin/sh", "-c", `${command} "$1"`, "sign", file];
	const child = Bun.spawn(shell, { stdin: "inherit", stdout: "inherit", stderr: "inherit" });
	const code = await child.exited;
	if (code !== 0)
		throw new ReleaseError(`The command that signs ended with ${code}. Nothing is released unsigned.`);
	const made = await stat(signature).catch(() => undefined);
	if (!made?.size)
		throw new ReleaseError(`The command that signs has made no ${signature}. Nothing is released unsigned.`);
}
