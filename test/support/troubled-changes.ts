import type { Reader } from "../../src/ledger/database.ts";
import { insist } from "./insisting.ts";
import type { Person, TestServer } from "./server.ts";

const HOUR = 3_600_000;

/** One change that was asked for once: by what it can be found, and the id of what was made if that was answered. */
type Asked = { mark: string | number; id: string | undefined };

/** Changes that are another one each time, so that every single try can be looked for in the end. */
export class TroubledChanges {
	readonly #keys: Asked[] = [];
	readonly #revoked: string[] = [];
	readonly #invites: Asked[] = [];
	readonly #joined: { username: string; code: string }[] = [];
	#marks = 0;
	/** How many tries to make something were put off: what became of those is not known. */
	putOff = 0;

	constructor(
		readonly server: TestServer,
		readonly owner: Person,
	) {}

	/** Makes a key and revokes it. */
	async makeKey(person: Person): Promise<void> {
		const id = await this.#make(this.#keys, () => {
			const name = `try ${++this.#marks}`;
			return { mark: name, ask: () => person.send("POST", "/api/user/keys", { name, kind: "ingest" }) };
		});
		const { response, refusals } = await insist(() => person.send("DELETE", `/api/user/keys/${id}`, {}));
		// What was put off may have been done nevertheless, and is there no more to be done again.
		if (response.status !== 200 && !(response.status === 404 && refusals > 0)) throw await strange(response);
		this.#revoked.push(id);
	}

	/** Makes an invite, and an account by it. */
	async invite(): Promise<void> {
		let code = "";
		await this.#make(this.#invites, () => {
			const mark = ++this.#marks;
			const ask = async () => {
				const body = { expires_in_hours: 1 + mark / HOUR };
				const response = await this.owner.send("POST", "/api/invites", body);
				if (response.status === 200) ({ code } = (await response.clone().json()) as { code: string });
				return response;
			};
			return { mark: this.server.now + HOUR + mark, ask };
		});
		const username = `guest-${++this.#marks}`;
		// Each guest has an address of its own, where a try that comes too late counts as a wrong one.
		const address = `198.51.${this.#marks >> 8}.${this.#marks & 255}`;
		const { response, refusals } = await insist(() => {
			const headers = { "content-type": "application/json" };
			const body = JSON.stringify({ username, invite: code });
			return this.server.ask("/api/users", { method: "POST", headers, body }, address);
		});
		if (response.status !== 200 && refusals === 0) throw await strange(response);
		this.#joined.push({ username, code });
	}

	/** What is wrong with what is kept: whole sentences, none if all is right. Asks all at once. */
	async findWrong(db: Reader): Promise<string[]> {
		const [keys, invites, accounts, audit] = await Promise.all([
			db.all<{ mark: string; id: string; revoked: number }>(
				"select name as mark, id, revoked_at is not null as revoked from api_keys where name like 'try %' order by id",
			),
			db.all<{ mark: number; id: string }>("select expires_at as mark, id from invites order by id"),
			db.all<{ username: string; keys: number; invites: number }>(
				`select username,
					(select count(*) from api_keys where api_keys.user = accounts.user) as keys,
					(select count(*) from invites where used_by = accounts.user) as invites
				from accounts where username like 'guest-%' order by username`,
			),
			db.all<{ event: string; times: number }>(
				`select action || ' ' || ifnull(detail ->> 'key', detail ->> 'invite') as event, count(*) as times
				from audit_log
				-- An invite that was used, whose answer was lost, is tried again.
				where action <> 'login.failed'
				group by event
				order by event`,
			),
		]);
		const guests = new Map(accounts.map((account) => [account.username, account]));
		const events = [
			...keys.map(({ id }) => `key.created ${id}`),
			...keys.filter(({ revoked }) => revoked).map(({ id }) => `key.revoked ${id}`),
			...invites.map(({ id }) => `invite.created ${id}`),
		];
		const times = new Map(audit.map((row) => [row.event, row.times]));
		return [
			...compare(this.#keys, keys),
			...compare(this.#invites, invites),
			...this.#revoked
				.filter((revoked) => !keys.some(({ id, revoked: isRevoked }) => id === revoked && isRevoked))
				.map((id) => `The key ${id} is not revoked.`),
			...events
				.filter((event) => times.get(event) !== 1)
				.map((event) => `Noted ${times.get(event)} times: ${event}.`),
			...this.#joined
				.map(({ username }) => guests.get(username) ?? { username, keys: 0, invites: 0 })
				.filter((guest) => guest.keys !== 1 || guest.invites !== 1)
				.map((guest) => `Not a guest with one key and one invite: ${JSON.stringify(guest)}.`),
			...audit
				.filter((row) => row.times !== 1 || !isExpected(row.event, events))
				.map((row) => `Noted ${row.times} times, and not expected: ${row.event}.`),
			...(guests.size === this.#joined.length ? [] : [`${guests.size} guests of ${this.#joined.length}.`]),
		];
	}

	/** Makes something, each time another thing. @returns the id of what was answered */
	async #make(
		list: Asked[],
		next: () => { mark: string | number; ask: () => Promise<Response> },
	): Promise<string> {
		let last: Asked | undefined;
		const { response, refusals } = await insist(() => {
			const { mark, ask } = next();
			last = { mark, id: undefined };
			list.push(last);
			return ask();
		});
		this.putOff += refusals;
		if (response.status !== 200 || !last) throw await strange(response);
		last.id = ((await response.json()) as { id: string }).id;
		return last.id;
	}
}

/** What was answered is there once, and what was put off at most once. */
function compare(asked: readonly Asked[], kept: readonly { mark: string | number; id: string }[]): string[] {
	const byMark = Map.groupBy(kept, ({ mark }) => mark);
	const marks = new Set(asked.map(({ mark }) => mark));
	return [
		...asked.flatMap(({ mark, id }) => {
			const found = byMark.get(mark) ?? [];
			const isRight = id === undefined ? found.length <= 1 : found.length === 1 && found[0]?.id === id;
			return isRight ? [] : [`Made as ${id}, kept as ${JSON.stringify(found)}: ${mark}.`];
		}),
		...kept.filter(({ mark }) => !marks.has(mark)).map(({ mark }) => `Never asked for: ${mark}.`),
	];
}

/** Those of accounts carry ids that no answer told. */
function isExpected(event: string, events: readonly string[]): boolean {
	return events.includes(event) || /^(?:account\.created|invite\.used) /.test(event);
}

async function strange(response: Response): Promise<Error> {
	return new Error(`a change was answered with ${response.status}: ${await response.text()}`);
}
