import { iso } from "../list.ts";
import type { ExportSource } from "./own-files.ts";

/**
 * What is what in an export.
 *
 * @param horizon what is older (epoch ms) is kept as sums alone; 0 where nothing is
 */
export function readMe(
	{ account, origin, now }: Pick<ExportSource, "account" | "origin" | "now">,
	horizon: number,
): string {
	const older = `
older-usage.ndjson     What was used before ${iso(horizon)}. Single responses of that time were removed, as was
                       settled; of them there are sums by quarter of an hour, machine, project and model.`;
	return `PromptPulse: everything that ${origin} keeps of ${account.username}
Made ${iso(now)}

settings.json          The account, what was settled, machines, names and aliases of projects, keys, browsers that
                       are logged in, and invites that were made. The keys themselves are not kept, so they are not
                       here either.
events.ndjson          Every response of the API that was counted, one JSON object a line.
events.csv             The same as a table. A cell that a spreadsheet would take for a formula has an apostrophe
                       before it; "extra" is a list as JSON.${horizon > 0 ? older : ""}
reported_days.ndjson   Totals that an old client or an import sent instead of responses,
reported_sessions.ndjson
reported_blocks.ndjson by day, by session and by 5-hour block.
mails.ndjson           Reports that were or are to be mailed.
audit.ndjson           What the audit log has about the account.

Of a response there are: "key", by which it is known however often it is sent; "at", when it was first written down,
and "countedAt", when the line was written from which its tokens are; session, project, branch, agent and machine
(its UUID is in settings.json); model and Claude Code's version; tokens in, out, written to the cache for 5 minutes
and for an hour, and read from it; web searches; "speed", "geo" and "tier" where they change the price;
"costNanoUsd", an estimate at list price in billionths of a US dollar, null where the model has no known price;
"reportedNanoUsd", what an old line said itself; "extra", parts with a model of their own, whose cost comes on top.
"replay": a repetition inside a side chain, which is in no sum. "message" is a hash by which repetitions are found;
"fork", "progress", "sidechain" and "sidechainOnly" tell what kind of line it was.

Times are UTC. Numbers beyond 2^53 are written as texts. Prompts, replies and file contents never came here.

Not here, because it follows from the above: sums by day, month, session, branch and block.

The files were read one after the other while the server went on working. Every response that was there when the
export began, and still was when its turn came, is in each of the two lists of responses once, as it stood in that
moment; what came in meanwhile may be in one of them and not in the other. Responses are in the order of their keys:
sort them by "at".
`;
}
