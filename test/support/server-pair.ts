import { expect } from "bun:test";
import { openSqlite } from "../../src/ledger/sqlite.ts";
import { inFolder } from "./scan.ts";
import { makeUploader, type ServeOptions, ServeProcess, type Uploader } from "./serve-process.ts";
import { CloudServer } from "./sqlite-cloud/server.ts";
import { until } from "./until.ts";

/** Two servers on one database far away, both of them under way. */
export type Pair = { cloud: CloudServer; one: ServeProcess; other: ServeProcess; folder: string };

/** Starts both at the same moment, on a database without a schema, and sees that they end well. */
export async function withPair(use: (pair: Pair) => Promise<void>, over: ServeOptions = {}): Promise<void> {
	await inFolder(async (folder) => {
		await using cloud = await CloudServer.start();
		const options = { databaseUrl: cloud.url(), ...over };
		const [one, other] = [ServeProcess.in(folder, options), ServeProcess.in(folder, options)];
		await Promise.all([one.start(), other.start()]);
		// Each has come to its end of the start, and takes signals.
		await Promise.all([setupLinkOf(one), setupLinkOf(other)]);
		await use({ cloud, one, other, folder });
		expect(await Promise.all([one.end("SIGTERM"), other.end("SIGTERM")])).toEqual([0, 0]);
		expect(cloud.violations).toEqual([]);
	});
}

/** The status of an answer, without its body. */
export async function statusOf(url: string, init: RequestInit = {}): Promise<number> {
	const response = await fetch(url, { ...init, redirect: "manual" });
	await response.arrayBuffer();
	return response.status;
}

/** What each of both says to the same question. */
export function both({ one, other }: Pair, path: string, init?: RequestInit): Promise<number[]> {
	return Promise.all([one, other].map(({ address }) => statusOf(`${address}${path}`, init)));
}

export function withKey(key: string, method = "GET", body?: unknown): RequestInit {
	const headers = { "x-api-key": key, "content-type": "application/json" };
	return { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) };
}

/** Makes people straight in the database. */
export async function makeUploaders(cloud: CloudServer, count: number): Promise<Uploader[]> {
	const db = openSqlite(cloud.path);
	try {
		const made: Uploader[] = [];
		for (let i = 0; i < count; i++) made.push(await makeUploader(db, `person-${i}`));
		return made;
	} finally {
		await db.close();
	}
}

/** The link for the first account, once a server has printed it. */
export async function setupLinkOf(serve: ServeProcess): Promise<string> {
	await until("a set-up link", () => serve.said.includes("The link is good once."));
	return /http\S+\/setup\/\S+/.exec(serve.said)?.[0] ?? "";
}
