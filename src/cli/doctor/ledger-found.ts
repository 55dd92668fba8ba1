import type { Home } from "../../collector/home.ts";
import { lookAt, refuseForeignFile, refuseForeignFolder } from "../../collector/own-files.ts";
import { AppError } from "../../errors.ts";
import type { Database } from "../../ledger/database.ts";
import { missingSteps } from "../../ledger/migrate.ts";
import { openLedgerToLook } from "../../ledger/open.ts";
import { findDamage } from "../../ledger/soundness.ts";
import { type Looked, passed, warning } from "./check.ts";
import type { Scene } from "./scene.ts";

/** How it stands with the ledger's file. */
export type LedgerFound =
	| { is: "missing" }
	/** `error`: what people are told of it. */
	| { is: "unusable"; error: unknown }
	/** `missing`: names of the steps that its schema has not made yet. */
	| { is: "old"; missing: readonly string[] }
	/** It answers every question. */
	| { is: "usable"; db: Database };

/** Opens the ledger without changing it, and looks whether it is whole. */
export async function openToLook(home: Home): Promise<LedgerFound> {
	try {
		refuseForeignFolder(home.path);
		const stats = lookAt(home.ledger);
		if (!stats) return { is: "missing" };
		refuseForeignFile(home.ledger, stats, "move it away: another one is made.");
		const db = await openLedgerToLook(home.ledger);
		try {
			const found = await lookInto(home, db);
			if (found.is !== "usable") await db.close();
			return found;
		} catch (error) {
			await db.close();
			throw error;
		}
	} catch (error) {
		return { is: "unusable", error };
	}
}

async function lookInto({ ledger }: Home, db: Database): Promise<LedgerFound> {
	const damage = await findDamage(db);
	if (damage.length > 0) {
		throw new AppError(
			"ledger_damaged",
			`${ledger} is damaged (${damage.join("; ")}).`,
			"Move it aside and run promptpulse collect: everything that is still in the transcripts is read again.",
		);
	}
	const missing = await missingSteps(db);
	return missing.length === 0
		? { is: "usable", db }
		: { is: "old", missing: missing.map(({ name }) => name) };
}

/** Looks at what is kept; what hinders that is a check of its own. */
export async function withLedger(
	scene: Scene,
	look: (db: Database) => Looked | Promise<Looked>,
): Promise<Looked> {
	const found = await scene.ledger();
	if (found.is === "missing") return passed("Nothing is kept yet.");
	if (found.is !== "usable") {
		return warning("Not known as long as the ledger cannot be read.", "See the check of the ledger.");
	}
	return look(found.db);
}
