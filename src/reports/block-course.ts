import type { Reader } from "../ledger/database.ts";
import { COURSE_STEP_MS, COURSE_STEPS } from "../usage/course.ts";
import type { Usage } from "../usage/usage.ts";
import type { BlockRow } from "./blocks.ts";
import { SUMS } from "./grouped.ts";
import { type Asker, partsBetween } from "./source.ts";

/** What was used in one step of a block, counted from 0. */
export type CourseRow = Usage & { step: number };

/**
 * A block step by step, at list price; steps without usage are left out. The response that ends the very last step is of
 * it, too.
 */
export async function listBlockCourse(
	db: Reader,
	asker: Asker,
	{ start, firstAt, lastAt }: Pick<BlockRow, "start" | "firstAt" | "lastAt">,
): Promise<CourseRow[]> {
	const source = partsBetween(asker, { zone: asker.zone, mode: "calculate" }, firstAt, lastAt);
	return db.all<CourseRow>(
		`${source.sql}
		select min(${COURSE_STEPS - 1}, (used.at - ?) / ${COURSE_STEP_MS}) as step, ${SUMS}
		from used
		group by 1
		order by 1`,
		[...source.parameters, start],
	);
}
