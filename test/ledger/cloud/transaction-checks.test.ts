import { describe, expect, test } from "bun:test";
import {
	answering,
	BUSY,
	DO_NOT_USE,
	failing,
	forRequests,
	lookAt,
	OK_ANSWER,
	rowsAnswer,
	startChecked,
	testFailures,
} from "../../support/cloud-checking.ts";
import { CloudServer } from "../../support/sqlite-cloud/server.ts";

const cloud = await startChecked();

describe("of transactions, a check fails on a server that", () => {
	testFailures(cloud, [
		[
			"transaction in one request",
			"runs the first statement alone",
			() => answering(/begin immediate; .*commit/, OK_ANSWER),
			/^what was written in it is not there$/,
			DO_NOT_USE,
		],
		[
			"transaction in one request",
			"leaves it open",
			() => answering(/rollback/, OK_ANSWER),
			/^it was still open after its commit$/,
			DO_NOT_USE,
		],
		[
			"transaction after an error",
			"takes the duplicate",
			() => answering(/_error .*commit/, OK_ANSWER),
			/^a second row of the same key was taken$/,
			DO_NOT_USE,
		],
		[
			"transaction after an error",
			"has none open",
			() => failing(/_error .*commit/),
			/^it was ended by the error$/,
			DO_NOT_USE,
		],
		[
			"transaction after an error",
			"keeps what came before",
			() => answering(/count\(\*\)/, rowsAnswer(["count"], [1n])),
			/^what came before the error was kept$/,
			DO_NOT_USE,
		],
		[
			"rollback of a lost connection",
			"commits",
			() => answering(/count\(\*\)/, rowsAnswer(["count"], [1n]), { from: 2 }),
			/^what was not committed was kept$/,
			/^Do not use this database: changes could stay half done in it\.$/,
		],
		[
			"rollback of a lost connection",
			"shows others what is not committed",
			() => answering(/count\(\*\)/, rowsAnswer(["count"], [1n])),
			/^another connection saw what was not committed$/,
			DO_NOT_USE,
		],
		[
			"rollback of a lost connection",
			"holds its lock for ever",
			() => failing(/^begin immediate$/, BUSY),
			/^its lock was still held after \d+ ms$/,
			DO_NOT_USE,
		],
		[
			"a change is seen at once",
			"shows an older state once",
			() => answering(/_seen where n = /, rowsAnswer(["k"]), { from: 7, to: 7 }),
			/^not seen on another connection 1 of 20 times$/,
			/^Pages may show an older state for a moment/,
		],
		[
			"one writer at a time",
			"lets both in",
			() => answering(/^begin immediate$/, OK_ANSWER),
			/^two writers were let in at once$/,
			DO_NOT_USE,
		],
	]);
});

describe("of two writers", () => {
	test("the second one waits for the first one's end, where the server lets it", async () => {
		const finding = await lookAt(cloud, "one writer at a time", { holdMs: 40 });
		expect(finding).toMatchObject({ passed: true, hint: undefined });
		expect(finding.detail).toMatch(
			/^a second one waits, 40 ms here, and is let in .* after the first one's end$/,
		);
	});

	test("the second one may be turned away; where that is soon, there is advice", async () => {
		await using hasty = await CloudServer.start({ busyMs: 5 });
		const finding = await lookAt(hasty, "one writer at a time", { holdMs: 5_000 });
		expect(finding).toMatchObject({ passed: true });
		expect(finding.detail).toMatch(/^a second one is turned away after /);
		expect(finding.hint).toMatch(/: raise DB_RETRY_ATTEMPTS to 6, so that uploads are not put off\.$/);

		await using patient = await CloudServer.start({ busyMs: 1_050 });
		const other = await lookAt(patient, "one writer at a time", { holdMs: 5_000 });
		expect(other).toMatchObject({ passed: true, hint: undefined });
		expect(other.detail).toMatch(/^a second one is turned away after /);
	});
});

test("a server that takes a moment to notice that a connection was lost is waited for", async () => {
	Object.assign(cloud.faults, { errorFor: forRequests(/^begin immediate$/, BUSY, { to: 3 }) });
	const finding = await lookAt(cloud, "rollback of a lost connection", { noticeMs: 10_000 });
	expect(finding).toMatchObject({ passed: true });
	expect(finding.detail).toMatch(/^rolled back within \d+ ms$/);
});
