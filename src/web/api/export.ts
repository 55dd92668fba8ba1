import { expectAccount } from "../../ledger/accounts.ts";
import { saveAudit } from "../../ledger/audit-log.ts";
import { isForOperator, ProblemError, TOO_MANY } from "../errors.ts";
import { accountOf, type Route, route } from "../route.ts";
import type { ServerOptions } from "../server.ts";
import { ownFiles } from "./export/own-files.ts";
import { streamOf } from "./export/stream-of.ts";
import { zip } from "./export/zip.ts";
import { iso } from "./list.ts";

/** So many are made at once, and one for each person: they read whatever there is. */
const MOST_AT_ONCE = 4;
const WAIT_MS = 10_000;
/** Who falls so far (ms) behind the slowest reader that is waited for holds no place any more. */
const READER_PATIENCE = 120_000;

/** `GET /api/user/export`: everything of one's own as an archive, however much it is. */
export function exportOwn({ db, report, readerPatience = READER_PATIENCE }: ServerOptions): Route {
	/** Accounts whose archive is being made, and by which request. */
	const underWay = new Map<string, string>();
	return route({
		method: "GET",
		path: "/api/user/export",
		// Whoever may take all of it along may do no less than change it.
		access: "write",
		text: {
			summary:
				"Everything that is kept of oneself, as a ZIP archive: usage as NDJSON and CSV, settings, audit log; README.txt says what is what",
			note: "One at a time for each person and four in all. It is made as it is read, and breaks off where it is read at less than 10 kB a second for long.",
			types: ["application/zip"],
		},
		stream: true,
		async answer({ request, requestId, address, origin, now }, viewer) {
			const account = accountOf(viewer);
			const { id, user, username } = account;
			if (underWay.has(id) || underWay.size >= MOST_AT_ONCE) {
				throw new ProblemError({ ...TOO_MANY, waitMs: WAIT_MS });
			}
			const headers = {
				"content-type": "application/zip",
				"content-disposition": `attachment; filename="promptpulse-${username}-${iso(now).slice(0, 10)}.zip"`,
				"x-accel-buffering": "no",
			};
			if (request.method === "HEAD") return new Response(null, { headers });
			// Taken before anything is waited for: others may ask in the same moment.
			underWay.set(id, requestId);
			const end = () => underWay.get(id) === requestId && underWay.delete(id);
			try {
				await db.transaction(async (tx) => {
					await expectAccount(tx, user);
					await saveAudit(tx, { user, action: "export", address }, now);
				});
			} catch (error) {
				end();
				throw error;
			}
			const expectRight = () => expectAccount(db, user);
			const files = ownFiles({ db, account, origin, now, expectRight });
			return new Response(
				streamOf(zip(files, now), {
					end,
					fail: (error) => isForOperator(error) && report(error, requestId),
					patience: readerPatience,
				}),
				{ headers },
			);
		},
	});
}
