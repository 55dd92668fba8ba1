import type { Finding } from "../../src/ledger/checks/check.ts";
import { makeCheck } from "../../src/ledger/checks/check.ts";
import { CheckScene, type SceneOptions } from "../../src/ledger/cloud/check-scene.ts";
import { explainFor, listCloudChecks } from "../../src/ledger/cloud/checks.ts";
import { type CloudAddress, parseCloudUrl } from "../../src/ledger/cloud/connection-string.ts";
import { encodeReply, type Reply } from "./sqlite-cloud/replies.ts";
import type { SqlValue } from "./sqlite-cloud/requests.ts";
import type { CloudServer } from "./sqlite-cloud/server.ts";

/** Times that are good for a server in the same process. */
export function quickly(options: Partial<SceneOptions> = {}): SceneOptions {
	return {
		maxConnections: 3,
		idleMs: 20,
		holdMs: 40,
		noticeMs: 200,
		connectMs: 10_000,
		queryMs: 10_000,
		now: Date.now,
		signal: new AbortController().signal,
		...options,
	};
}

/** Makes one check alone. */
export async function lookAt(
	cloud: CloudServer,
	name: string,
	options: Partial<SceneOptions> = {},
	address: CloudAddress = parseCloudUrl(cloud.url()),
): Promise<Finding> {
	const scene = new CheckScene(address, quickly(options));
	const check = listCloudChecks(scene.options.idleMs).find((one) => one.name === name);
	if (check === undefined) throw new Error(`there is no check ${name}`);
	try {
		return await makeCheck(check, scene, explainFor(address));
	} finally {
		scene.closeAll();
	}
}

/** What a server answers with rows, as the fault `garbage` sends it; without columns it has changed so many rows. */
export function rowsAnswer(columns: readonly string[], ...rows: SqlValue[][]): string {
	return encoded({ type: "rowset", columns: columns.map((name) => ({ name, declared: "" })), rows });
}

export function changesAnswer(changes: number): string {
	return encoded({ type: "array", values: [10n, 0n, 1n, BigInt(changes), BigInt(changes), 1n] });
}

export const OK_ANSWER = "+2 OK";

function encoded(reply: Reply): string {
	const form = {
		version: 1,
		maxChunkSize: 1e9,
		maxRows: Number.POSITIVE_INFINITY,
		compressed: false,
	} as const;
	return encodeReply(reply, form).toString();
}

/** Does something to the requests that match, and to nothing else; `from` and `to` count them from 1. */
export function forRequests<Value>(
	form: RegExp,
	value: Value,
	{ from = 1, to = Number.POSITIVE_INFINITY } = {},
): (sql: string) => Value | undefined {
	let met = 0;
	return (sql) => {
		if (!form.test(sql)) return undefined;
		met++;
		return met >= from && met <= to ? value : undefined;
	};
}
