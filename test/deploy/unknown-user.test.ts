import { expect, setDefaultTimeout, test } from "bun:test";
import { chmodSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { PROGRAM } from "../support/program.ts";
import { runCli } from "../support/run-cli.ts";
import { inFolder } from "../support/scan.ts";

/** Processes start slowly on a busy machine. */
setDefaultTimeout(60_000);

/** A user that the system does not list, as containers have them: nobody tells where its home is. */
const AS_UNKNOWN = ["setpriv", "--reuid=61234", "--regid=61234", "--clear-groups", "env", "-u", "HOME"];
const CAN_BE_UNKNOWN =
	process.platform === "linux" &&
	process.getuid?.() === 0 &&
	Bun.which("setpriv") !== null &&
	Bun.spawnSync([...AS_UNKNOWN, ...PROGRAM, "--version"]).success;

// Only root can become somebody else, to whom the program may be closed.
test.skipIf(!CAN_BE_UNKNOWN)(
	"a server needs no home where its folders are named, and says so where they are not",
	async () => {
		await inFolder(async (folder) => {
			chmodSync(folder, 0o777);
			const home = join(folder, "home");
			mkdirSync(home, { mode: 0o777 });
			chmodSync(home, 0o777);
			const env = { PROMPTPULSE_HOME: join(home, "kept") };
			const named = await runCli(["serve", "--check"], { home, env, through: AS_UNKNOWN });
			expect(named).toMatchObject({ code: 0, err: "" });
			const unnamed = await runCli(["serve", "--check"], { home, through: AS_UNKNOWN });
			expect(unnamed.code).toBe(7);
			expect(unnamed.err).toContain("Nobody tells where your home folder is.");
			expect(unnamed.err).toContain("PROMPTPULSE_HOME");
		});
	},
);
