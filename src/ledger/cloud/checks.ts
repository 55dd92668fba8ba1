import { AppError } from "../../errors.ts";
import {
	type Check,
	type Explain,
	type Finding,
	type Hearer,
	makeCheck,
	runChecks,
} from "../checks/check.ts";
import { CheckScene, type SceneOptions } from "./check-scene.ts";
import { CloudError } from "./cloud-error.ts";
import { CONNECTION_CHECKS, FIRST_CHECKS, IDLE_CHECK } from "./connection-checks.ts";
import { type CloudAddress, redactFor } from "./connection-string.ts";
import { SQL_CHECKS } from "./sql-checks.ts";
import { TRANSACTION_CHECKS } from "./transaction-checks.ts";
import { VALUE_CHECKS } from "./value-checks.ts";

export type CloudCheckOptions = Partial<SceneOptions> &
	Pick<SceneOptions, "maxConnections" | "idleMs" | "now" | "signal">;

/** As those of a server. */
const TIMES = { connectMs: 10_000, queryMs: 15_000 };

/** What is looked at, in this order. */
export function listCloudChecks(idleMs: number | undefined): Check<CheckScene>[] {
	return [
		...FIRST_CHECKS,
		...SQL_CHECKS,
		...TRANSACTION_CHECKS,
		...VALUE_CHECKS,
		...CONNECTION_CHECKS,
		...(idleMs === undefined ? [] : [IDLE_CHECK]),
		CLEARED,
	];
}

/**
 * Looks whether a database on SQLite Cloud is what is taken for granted. It works in tables of its own, which are gone
 * in the end, also when it is interrupted; of what else is there it sees no more than the names of tables that begin
 * like its own.
 *
 * @returns what was found, in the order of `listCloudChecks`, up to one that all later ones need
 */
export async function checkCloud(
	address: CloudAddress,
	options: CloudCheckOptions,
	hearer: Hearer,
): Promise<Finding[]> {
	const scene = new CheckScene(address, { ...TIMES, holdMs: 12_000, noticeMs: 30_000, ...options });
	const explain = explainFor(address);
	const checks = listCloudChecks(options.idleMs).filter((check) => check !== CLEARED);
	const findings = await runChecks(checks, {
		scene,
		hearer,
		explain,
		tidy: (passed) => scene.endCheck(passed),
		signal: options.signal,
	});
	if (scene.isUntouched) return findings;
	hearer.begin?.(CLEARED.name);
	const cleared = await makeCheck(CLEARED, scene, explain);
	hearer.tell(cleared);
	return [...findings, cleared];
}

/** Made also when all before it was interrupted. */
export const CLEARED: Check<CheckScene> = {
	name: "own tables dropped",
	hint: "Tables whose names begin with promptpulse_doctor_ may be dropped by hand; a run that comes more than an hour later does it, too.",
	async look(scene) {
		const { own, left } = await scene.clear();
		return `${own} of this run${left === 0 ? "" : `, ${left} that an earlier one had left`}`;
	},
};

/** No secret is in it, whatever a server says. What went wrong on the way says itself what to do. */
export function explainFor(address: CloudAddress): Explain {
	return (error) => {
		const text = error instanceof Error ? error.message : String(error);
		const isOnTheWay =
			error instanceof AppError || (error instanceof CloudError && error.kind !== "statement");
		return { detail: redactFor(address, text), hint: isOnTheWay ? error.hint : undefined };
	};
}
