import { homeAt } from "../../collector/home.ts";
import { type Outcome, saveLastRun } from "../../collector/last-run.ts";
import type { Trigger } from "../../collector/triggers.ts";
import { AppError } from "../../errors.ts";
import type { Context } from "../context.ts";
import { exitCodeOf } from "../exit-code.ts";

/**
 * Runs a collect and notes what it came to, for `promptpulse status`. Reports and the dashboard collect too and note
 * nothing: they send nothing, and who reads the note wants to know whether collecting goes on when nobody looks.
 *
 * @returns the exit code
 */
export async function noteRun(
	{ config, now }: Context,
	trigger: Trigger,
	collect: () => Promise<Outcome>,
): Promise<number> {
	const startedAt = now();
	const note = (outcome: Outcome) =>
		saveLastRun(homeAt(config.home), { startedAt, finishedAt: now() }, trigger, outcome);
	try {
		const outcome = await collect();
		note(outcome);
		return outcome.exitCode;
	} catch (error) {
		// The collect that is running leaves its own note.
		if (!(error instanceof AppError && error.code === "locked")) note(failure(error));
		throw error;
	}
}

/** An error that nobody foresaw may name anything; people were shown it, and programs get a sentence without names. */
function failure(error: unknown): Outcome {
	if (error instanceof AppError) return { exitCode: exitCodeOf(error), error: error.message };
	return { exitCode: 1, error: "The collect met an error that it did not expect." };
}
