import { setDefaultTimeout, test } from "bun:test";
import { openCloudLedger } from "../src/ledger/cloud-ledger.ts";
import { countFaults, makeTrouble, PATIENT, SHORT } from "./support/cloud-trouble.ts";
import { NOW } from "./support/ledger.ts";
import { Random } from "./support/random.ts";
import { CloudServer } from "./support/sqlite-cloud/server.ts";
import { TroubledChanges } from "./support/troubled-changes.ts";
import { TroubledTeam } from "./support/troubled-team.ts";
import { workTogether } from "./support/troubled-work.ts";

setDefaultTimeout(100000);
test("x", async () => {
	for (const seed of [1, 2]) {
		const cloud = await CloudServer.start({ busyMs: 100 });
		const p = await openCloudLedger(cloud.url(), PATIENT, NOW);
		await p.close();
		const db = await openCloudLedger(cloud.url(), SHORT, NOW);
		const statuses: Record<string, number> = {};
		const team = await TroubledTeam.gather(seed, {
			db,
			...(seed % 2 === 0 && { deadline: 60 }),
			note: ({ response, request }: any) => {
				const k = `${request.method} ${new URL(request.url).pathname.slice(0, 20)} ${response.status}`;
				statuses[k] = (statuses[k] ?? 0) + 1;
			},
		});
		const changes = new TroubledChanges(team.server, team.owner);
		const t = performance.now();
		const timer = setInterval(() => {
			console.log(
				Math.round(performance.now() - t),
				countFaults(cloud),
				cloud.roundTrips,
				JSON.stringify(db.figures),
				JSON.stringify(statuses),
			);
		}, 1000);
		const calm = makeTrouble(cloud, new Random(seed));
		const sent = await workTogether(team, changes, () => countFaults(cloud) >= 100).finally(calm);
		clearInterval(timer);
		console.log(
			seed,
			Math.round(performance.now() - t),
			JSON.stringify(sent),
			JSON.stringify(cloud.injected),
			JSON.stringify(statuses),
			JSON.stringify(changes.counts),
		);
		await db.close();
		await cloud.stop();
	}
});
