import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { type OwnMachine, onMachine } from "../support/own-machine.ts";
import { PROGRAM } from "../support/program.ts";
import { environmentOf } from "../support/run-cli.ts";

/** Processes start slowly on a busy machine. */
setDefaultTimeout(60_000);

describe.skipIf(process.platform === "win32")("what is set up, on a screen,", () => {
	/** The lines that a person sees. */
	async function seen(machine: OwnMachine, cols: number): Promise<string[]> {
		let screen = "";
		const child = Bun.spawn([...PROGRAM, "setup", "--status"], {
			env: environmentOf({ home: machine.home, env: { ...machine.env, TERM: "xterm", NO_COLOR: "1" } }),
			terminal: {
				cols,
				rows: 24,
				data: (_terminal, bytes) => {
					screen += Buffer.from(bytes).toString();
				},
			},
		});
		await child.exited;
		return screen.trimEnd().split("\r\n");
	}

	test("is as wide as that, but for paths, and says the same as into a pipe", async () => {
		await onMachine(["systemctl"], async (machine) => {
			await machine.setup("--scheduler", "systemd", "--interval", "daily");
			const narrow = await seen(machine, 40);
			for (const line of narrow.filter((one) => !one.includes("/")))
				expect(line.length).toBeLessThanOrEqual(40);
			const words = (lines: readonly string[]) => lines.map((line) => line.trim()).join(" ");
			expect(words(await seen(machine, 200))).toBe(words(narrow));
			expect(words((await machine.setup("--status")).out.trimEnd().split("\n"))).toBe(words(narrow));
		});
	});

	test("has no mark of its places that would move the cursor", async () => {
		await onMachine(
			["launchctl"],
			async (machine) => {
				await machine.setup("--scheduler", "launchd");
				const { out } = await machine.setup("--status");
				expect(out).not.toContain("\x1b");
				expect(out).not.toContain("\u202e");
				expect(out).toContain("ada[2J/Library/LaunchAgents");
			},
			{ name: "\u202eada\u009b[2J" },
		);
	});
});
