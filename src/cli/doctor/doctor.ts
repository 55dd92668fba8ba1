import { AppError } from "../../errors.ts";
import type { Context } from "../context.ts";

/** `database`: where, or true for what the environment names. `hold`: as the other process of a check of a file. */
export type DoctorFlags = {
	database?: string | true;
	quick?: boolean;
	fix?: boolean;
	json?: boolean;
	hold?: string;
};

/**
 * `promptpulse doctor`: why a number may be missing on this machine; with `--database` what may be wrong with a server's
 * database.
 *
 * @throws AppError `usage`, `invalid_config`, `interrupted`
 */
export async function doctor(context: Context, flags: DoctorFlags): Promise<number> {
	const { database, quick = false, fix = false, json = false, hold } = flags;
	if (hold !== undefined) return (await import("./lock-holder.ts")).holdUntilTold(context, hold);
	if (database === undefined) {
		if (quick) {
			throw new AppError(
				"usage",
				"--quick belongs to --database: on a machine nothing takes long.",
				"Leave it out, or run promptpulse doctor --database --quick.",
			);
		}
		return (await import("./doctor-machine.ts")).examineMachine(context, { fix, json });
	}
	if (fix) {
		throw new AppError(
			"usage",
			"--fix mends what is wrong on this machine, and nothing in a server's database.",
			"Leave it out, or run promptpulse doctor --fix.",
		);
	}
	return (await import("./doctor-database.ts")).examineDatabase(context, { database, quick, json });
}
