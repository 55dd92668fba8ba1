import { describe, expect, test } from "bun:test";
import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type Home, homeAt } from "../../src/collector/home.ts";
import { alone, awaitTurn, isCollecting } from "../../src/collector/turn.ts";
import { holdLock } from "../../src/ledger/sqlite.ts";
import { expectAppError } from "../support/database-files.ts";
import { inOtherProcess } from "../support/other-process.ts";
import { inFolder } from "../support/scan.ts";

function inNewHome(use: (home: Home) => Promise<void>): Promise<void> {
	return inFolder((folder) => use(homeAt(join(folder, "home"))));
}

/** What ends a turn; it has to have come. */
async function turnOf(turn: ReturnType<typeof awaitTurn>): Promise<() => void> {
	const release = await turn;
	if (!release) throw new Error("another process is waiting");
	return release;
}

describe("of several who wait for their turn", () => {
	test("one gets it, and the others are told that one is waiting", async () => {
		await inNewHome(async (home) => {
			const first = awaitTurn(home, 20);
			expect(await Promise.all([awaitTurn(home, 20), awaitTurn(home, 0)])).toEqual([undefined, undefined]);
			(await turnOf(first))();
		});
	});

	test("one waits until the collect that is running has ended, and still counts as waiting", async () => {
		await inNewHome(async (home) => {
			const running = await turnOf(awaitTurn(home, 0));
			let hasCome = false;
			const next = awaitTurn(home, 0).then((turn) => {
				hasCome = true;
				return turn;
			});
			await Bun.sleep(0);
			expect(await awaitTurn(home, 0)).toBeUndefined();
			expect(hasCome).toBe(false);
			running();
			(await turnOf(next))();
		});
	});

	test("one who comes when the turn has begun waits for the next", async () => {
		await inNewHome(async (home) => {
			const running = await turnOf(awaitTurn(home, 0));
			const next = awaitTurn(home, 0);
			running();
			(await turnOf(next))();
		});
	});

	test("one gets it though another was killed while it waited", async () => {
		await inNewHome(async (home) => {
			(await turnOf(awaitTurn(home, 0)))();
			await inOtherProcess("lock", home.pending, async (other) => {
				expect(await awaitTurn(home, 0)).toBeUndefined();
				other.kill("SIGKILL");
				await other.exited;
				(await turnOf(awaitTurn(home, 0)))();
			});
		});
	});
});

test("a turn comes though the home was deleted while it was waited for, and the home is there again", async () => {
	await inNewHome(async (home) => {
		const turn = awaitTurn(home, 20);
		rmSync(home.path, { recursive: true });
		const release = await turnOf(turn);
		expect(existsSync(home.lock)).toBe(true);
		release();
	});
});

describe("work that is done alone", () => {
	test("is refused beside another collect, and possible as soon as that is killed", async () => {
		await inNewHome(async (home) => {
			(await turnOf(awaitTurn(home, 0)))();
			await inOtherProcess("lock", home.lock, async (other) => {
				await expectAppError("locked", () => alone(home, async () => "done"));
				other.kill("SIGKILL");
				await other.exited;
				expect(await alone(home, async () => "done")).toBe("done");
			});
		});
	});

	test("ends the turn, whether it had come already or not, and whether the work is done or fails", async () => {
		await inNewHome(async (home) => {
			const fail = async () => {
				throw new Error("failed");
			};
			const turn = await turnOf(awaitTurn(home, 0));
			await alone(home, async () => expect(isCollecting(home)).toBe(true), turn);
			await alone(home, async () => expect(isCollecting(home)).toBe(true));
			await expect(alone(home, fail)).rejects.toThrow("failed");
			await expect(alone(home, fail, await turnOf(awaitTurn(home, 0)))).rejects.toThrow("failed");
			expect(isCollecting(home)).toBe(false);
		});
	});
});

describe("whether a collect is running", () => {
	test("can be seen while another process has the turn", async () => {
		await inNewHome(async (home) => {
			(await turnOf(awaitTurn(home, 0)))();
			await inOtherProcess("lock", home.lock, async (other) => {
				expect(isCollecting(home)).toBe(true);
				other.kill("SIGKILL");
				await other.exited;
				expect(isCollecting(home)).toBe(false);
			});
		});
	});

	test("is asked without making anything, and without standing in the way of one", async () => {
		await inNewHome(async (home) => {
			expect(isCollecting(home)).toBe(false);
			expect(existsSync(home.path)).toBe(false);
			(await turnOf(awaitTurn(home, 0)))();
			const files = readdirSync(home.path).sort();
			expect(isCollecting(home)).toBe(false);
			expect(readdirSync(home.path).sort()).toEqual(files);
			const release = holdLock(home.lock);
			expect(release).toBeDefined();
			release?.();
		});
	});
});
