import { fieldsOf } from "../usage/json-fields.ts";
import { type Answer, askServer, NETWORK, type Network } from "./ask-server.ts";

/** What a server tells anyone of itself. */
export type ServerHealth = {
	version: string | undefined;
	/** The oldest version of a client that it understands. */
	oldestClient: string | undefined;
	/** By how much this machine's clock is behind the server's, in ms; negative where it is ahead. */
	behindMs: number | undefined;
};

/**
 * Asks a server how it is; no key goes there. The time comes from the answer, or from its `Date` where it has none.
 *
 * @param now this machine's clock, epoch ms
 */
export async function findServerHealth(
	address: string,
	now: () => number,
	network: Network = NETWORK,
): Promise<Answer<ServerHealth>> {
	let date = Number.NaN;
	const asked = now();
	const listening: Network = {
		...network,
		async fetch(url, request) {
			const response = await network.fetch(url, request);
			date = Date.parse(response.headers.get("date") ?? "");
			return response;
		},
	};
	return askServer(listening, { address, path: "/health", request: { method: "GET" } }, (body) => {
		const { status, timestamp, version, oldestClient } = fieldsOf(body);
		if (status !== "healthy") return undefined;
		const told = typeof timestamp === "string" ? Date.parse(timestamp) : Number.NaN;
		const at = Number.isNaN(told) ? date : told;
		return {
			version: readVersion(version),
			oldestClient: readVersion(oldestClient),
			// It was written while the answer was on its way.
			behindMs: Number.isNaN(at) ? undefined : Math.round(at - (asked + now()) / 2),
		};
	});
}

/** `1.2.3`, and what may follow it. */
function readVersion(version: unknown): string | undefined {
	return typeof version === "string" && /^\d{1,9}\.\d{1,9}\.\d{1,9}[\w.+-]{0,40}$/.test(version)
		? version
		: undefined;
}
