import { beforeEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { ingestAll } from "../support/ledger.ts";
import { responses, TotalsStage } from "../support/pushing-totals.ts";
import { PATIENCE } from "../support/runs.ts";
import { pushAs } from "../support/verifying.ts";

setDefaultTimeout(PATIENCE);

let stage: TotalsStage;

beforeEach(async () => {
	stage = await TotalsStage.set();
});

describe("a push that takes too long", () => {
	test("ends between two uploads, and the next one goes on there", async () => {
		const { alice, server, ledger } = stage;
		await ingestAll(ledger, responses(6_000));
		const seen: [done: number, all: number][] = [];
		const push = () =>
			pushAs(alice, server, ledger.db, {
				isLate: () => true,
				progress: (done, all) => seen.push([done, all]),
			});
		expect(await push()).toMatchObject({ sent: 2_500, unsent: 3_500, stop: { code: "late" } });
		expect(await push()).toMatchObject({ sent: 2_500, unsent: 1_000, stop: { code: "late" } });
		expect(await push()).toMatchObject({ sent: 1_000, unsent: 0, stop: undefined });
		expect(seen).toEqual([
			[2_500, 6_000],
			[2_500, 3_500],
			[1_000, 1_000],
		]);
	});

	test("of totals, too", async () => {
		await ingestAll(
			stage.ledger,
			responses(900).map((event, i) => ({ ...event, session: `session-${i}` })),
		);
		const send = () => stage.send({ kind: "session", isLate: () => true });
		const first = await send();
		expect(first).toMatchObject({ found: 900, stop: { code: "late" } });
		expect(first.sent + first.unsent).toBe(900);
		expect(await send()).toMatchObject({ sent: first.unsent, unsent: 0, stop: undefined });
	});
});
