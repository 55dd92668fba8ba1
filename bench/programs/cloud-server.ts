import { CloudServer } from "../../test/support/sqlite-cloud/server.ts";

// A SQLite Cloud server in a process of its own, over a file. Told a number it waits so many ms before each reply; told
// nothing in particular it says how many requests it answered since it was last asked.
const [path = "", name = "bench.sqlite"] = process.argv.slice(2);
const cloud = await CloudServer.start({ path, database: name });
process.on("message", (delayMs: number | null) => {
	if (delayMs !== null) cloud.faults.delayMs = delayMs;
	process.send?.({ url: cloud.url(), roundTrips: cloud.roundTrips });
	cloud.resetCounts();
});
process.send?.({ url: cloud.url(), roundTrips: 0 });
