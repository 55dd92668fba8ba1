import { openLedgerReadOnly } from "../../src/ledger/open.ts";
import { findUser } from "../../src/ledger/users.ts";
import { builtInPrices, createPriceBook } from "../../src/usage/price.ts";
import { jsonText } from "../../src/usage/usage-json.ts";
import { overviewPage } from "../../src/web/pages/overview.ts";
import { readOverview } from "../../src/web/pages/overview-data.ts";
import { readingOf } from "../../src/web/pages/usage-page.ts";

// The overview's questions and nothing else: nobody is asked who they are, no markup is made, nothing is packed.
const [path = "", port, now] = process.argv.slice(2);
const db = await openLedgerReadOnly(path);
const prices = createPriceBook(...builtInPrices());
Bun.serve({
	hostname: "127.0.0.1",
	port: Number(port),
	async fetch(request) {
		const url = new URL(request.url);
		if (url.pathname === "/livez") return new Response("alive");
		const asker = await findUser(db, Number(request.headers.get("x-person")));
		if (!asker) return new Response(null, { status: 404 });
		const source = {
			db,
			asker,
			zone: asker.zone,
			weekStart: 0,
			prices,
			pricesOf: "",
			asOf: Number(now),
			isSample: false,
			looked: [],
			version: "",
		};
		const data = await readOverview(
			await readingOf(overviewPage, { url, now: Number(now), params: {} }, source, 5),
		);
		return new Response(jsonText(data), { headers: { "content-type": "application/json" } });
	},
});
