import { type CloudDatabase, type CloudOptions, openCloud } from "./cloud/cloud-database.ts";
import { addressName, parseCloudUrl } from "./cloud/connection-string.ts";
import { migrate } from "./migrate.ts";
import { refuseUnfinished } from "./transfer-state.ts";

/**
 * Opens a server's ledger on SQLite Cloud, and brings its schema to date. Many servers may have it at once; of those that
 * begin together one changes the schema. No copy is made before: that is the operator's, with the means of the service.
 *
 * @param now epoch ms
 * @throws AppError `invalid_config`, `database_unreachable`, `database_refused`, `schema_newer`, `schema_edited`
 */
export async function openCloudLedger(
	url: string,
	options: CloudOptions,
	now: number,
): Promise<CloudDatabase> {
	const db = await openCloud(url, options);
	try {
		await refuseUnfinished(db, addressName(parseCloudUrl(url)));
		await migrate(db, now);
		return db;
	} catch (error) {
		await db.close();
		throw error;
	}
}
