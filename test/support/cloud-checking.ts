import { afterAll, afterEach, expect, test } from "bun:test";
import type { Finding } from "../../src/ledger/checks/check.ts";
import { makeCheck } from "../../src/ledger/checks/check.ts";
import { CheckScene, type SceneOptions } from "../../src/ledger/cloud/check-scene.ts";
import { explainFor, listCloudChecks } from "../../src/ledger/cloud/checks.ts";
import { type CloudAddress, parseCloudUrl } from "../../src/ledger/cloud/connection-string.ts";
import type { Faults, PlannedError } from "./sqlite-cloud/faults.ts";
import { encodeReply, type Reply } from "./sqlite-cloud/replies.ts";
import type { SqlValue } from "./sqlite-cloud/requests.ts";
import { CloudServer } from "./sqlite-cloud/server.ts";

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

/** A server for the tests of one file, without faults at the end of each. */
export async function startChecked(): Promise<CloudServer> {
	const cloud = await CloudServer.start();
	afterEach(() => takeBackFaults(cloud));
	afterAll(() => cloud.stop());
	return cloud;
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

const ERROR = { code: 1, message: "no such thing" };
export const BUSY = { code: 5, message: "database is locked" };

/** The server answers requests that match with this, and does nothing. */
export function answering(form: RegExp, answer: string, which: { from?: number; to?: number } = {}): Faults {
	return { garbage: forRequests(form, answer, which) };
}

/** The server refuses requests that match. */
export function failing(form: RegExp, error: PlannedError = ERROR): Faults {
	return { errorFor: forRequests(form, error) };
}

export function takeBackFaults({ faults }: CloudServer): void {
	for (const fault of Object.keys(faults)) delete faults[fault as keyof Faults];
}

/** A check, what the server does wrong, what is found then, and what to do. */
export type Failure = [check: string, wrong: string, faults: () => Faults, detail: RegExp, hint: RegExp];

export const DO_NOT_USE = /^Do not use this database: /;

/** A test for each: without the fault the check passes, so what it fails of is the fault. */
export function testFailures(cloud: CloudServer, failures: readonly Failure[]): void {
	test.each([...failures])("%s: %s", async (check, _, faults, detail, hint) => {
		expect(await lookAt(cloud, check)).toMatchObject({ check, passed: true });
		Object.assign(cloud.faults, faults());
		const patience = cloud.faults.silent === undefined ? {} : { queryMs: 300 };
		const finding = await lookAt(cloud, check, patience);
		expect(finding).toMatchObject({ check, passed: false });
		expect(finding.detail).toMatch(detail);
		expect(finding.hint).toMatch(hint);
		expect(finding.hint).toEndWith(".");
		expect(cloud.violations).toEqual([]);
	});
}
