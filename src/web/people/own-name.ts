import { parseShownName } from "../../account/shown-name.ts";
import { expectAccount } from "../../ledger/accounts.ts";
import { saveAudit } from "../../ledger/audit-log.ts";
import type { Database } from "../../ledger/database.ts";
import { isShownNameTaken, saveDisplayName } from "../../ledger/shown-names.ts";
import { raiseRevision } from "../../ledger/users.ts";
import { invalidFields, type Problem, ProblemError } from "../errors.ts";
import { type Arrival, accountOf, type Viewer } from "../route.ts";

export const NAME_TAKEN: Problem = {
	status: 409,
	code: "name_taken",
	title: "This name is taken",
	sentence: "Somebody else is known here by this name, or by one that looks the same.",
	hint: "Choose another one.",
};

/**
 * Names a person for others on the server, beside the user name. The leaderboard has a name of its own.
 *
 * @param typed null or nothing for no name
 * @throws ProblemError
 */
export async function changeName(
	db: Database,
	viewer: Viewer,
	typed: string | null,
	{ now, address }: Pick<Arrival, "now" | "address">,
): Promise<string | null> {
	const { user } = accountOf(viewer);
	const name = typed === null || typed.trim() === "" ? null : parseShownName(typed);
	if (name === undefined) throw new ProblemError(invalidFields("invalid_body", ["display_name"]));
	const text = name?.text ?? null;
	await db.transaction(async (tx) => {
		const before = await expectAccount(tx, user);
		if (before.displayName === text) return;
		if (name && (await isShownNameTaken(tx, user, name.key))) throw new ProblemError(NAME_TAKEN);
		await saveDisplayName(tx, user, text);
		await raiseRevision(tx, user);
		await saveAudit(tx, { user, action: "account.name", address }, now);
	});
	return text;
}
