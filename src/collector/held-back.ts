import type { Reader } from "../ledger/database.ts";
import { findIgnoredProjects } from "../ledger/ignored-projects.ts";
import type { HeldBack } from "../ledger/unsent.ts";
import type { Privacy } from "../usage/privacy.ts";

/**
 * What of a ledger never leaves the machine.
 *
 * @param since older responses stay, epoch ms
 */
export async function findHeldBack(
	db: Reader,
	user: number,
	{ rules }: Pick<Privacy, "rules">,
	since = 0,
): Promise<HeldBack> {
	const projects = rules?.ignoresAny
		? await findIgnoredProjects(db, user, (name) => rules.isIgnored(name))
		: [];
	return { since, projects };
}
