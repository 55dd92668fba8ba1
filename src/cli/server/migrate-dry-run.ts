import { existsSync } from "node:fs";
import { openCloud } from "../../ledger/cloud/cloud-database.ts";
import type { Database } from "../../ledger/database.ts";
import { missingSteps } from "../../ledger/migrate.ts";
import { openLedgerToLook } from "../../ledger/open.ts";
import type { Context } from "../context.ts";
import { DONE } from "../exit-code.ts";
import { ownHome } from "../own-home.ts";
import { counted } from "../screen/format.ts";
import { plain } from "../screen/terminal.ts";
import { type DatabaseFlag, type DatabasePlace, placeOf, readPool } from "./server-database.ts";

/**
 * `promptpulse migrate --dry-run`: tells which steps a ledger's schema lacks. It is left as it was found, and none is
 * made.
 *
 * @throws AppError `schema_newer`, `schema_edited`, and as opening the database does
 */
export async function dryRunMigrate(context: Context, { database }: DatabaseFlag): Promise<number> {
	const { config, terminal } = context;
	const isOwn = database === undefined;
	const place: DatabasePlace = isOwn ? ownPlace(context) : placeOf(config, database);
	if (place.kind === "file" && !existsSync(place.path)) {
		terminal.out(`There is no ledger in ${place.name} yet.`);
		return DONE;
	}
	const db = await openToLook(context, place);
	try {
		const missing = await missingSteps(db);
		if (missing.length === 0) {
			terminal.out(`${place.name} has the newest schema.`);
			return DONE;
		}
		const names = missing.map(({ name }) => name.replace(/\.sql$/, "")).join(", ");
		terminal.out(`${place.name} lacks ${counted(missing.length, "step")} of the schema: ${names}.`);
		terminal.err(
			isOwn
				? "Nothing was changed. The next collect takes them."
				: "Nothing was changed. The next start of promptpulse serve takes them.",
		);
		return DONE;
	} finally {
		await db.close();
	}
}

function ownPlace(context: Context): DatabasePlace {
	const { ledger } = ownHome(context);
	return { kind: "file", path: ledger, name: plain(ledger) };
}

function openToLook({ config }: Context, place: DatabasePlace): Promise<Database> {
	if (place.kind === "file") return openLedgerToLook(place.path);
	return openCloud(place.url, { ...readPool(config), note: () => undefined });
}
