import { insist } from "./insisting.ts";
import type { Person } from "./server.ts";
import type { TroubledChanges } from "./troubled-changes.ts";
import type { TroubledTeam } from "./troubled-team.ts";

/**
 * Everybody sends, asks and changes something, one thing after the other, until it is enough and all of it is answered.
 *
 * @throws Error at the first answer that no trouble explains
 * @returns how many uploads each sender had acknowledged
 */
export async function workTogether(
	team: TroubledTeam,
	changes: TroubledChanges,
	isEnough: () => boolean,
): Promise<number[]> {
	const repeat = repeatUntil(isEnough);
	const [sent] = await Promise.all([
		Promise.all(team.senders.map((sender) => repeat((time) => team.send(sender, time)))),
		...team.people.map((person) => repeat(() => askWho(person))),
		...team.people.slice(0, 2).map((person) => repeat(() => changes.makeKey(person))),
		repeat(() => changes.invite()),
	]);
	return sent;
}

/** Nobody sends anything, so that as many as can be change something. */
export async function changeTogether(
	{ people }: TroubledTeam,
	changes: TroubledChanges,
	isEnough: () => boolean,
): Promise<void> {
	const repeat = repeatUntil(isEnough);
	await Promise.all(
		people.flatMap((person) => [repeat(() => changes.makeKey(person)), repeat(() => changes.invite())]),
	);
}

/** Does something again and again; who fails keeps the others from going on. Gives how often it was done. */
function repeatUntil(isEnough: () => boolean): (work: (time: number) => Promise<unknown>) => Promise<number> {
	let hasFailed = false;
	return async (work) => {
		let times = 0;
		try {
			while (!isEnough() && !hasFailed) await work(times++);
		} catch (error) {
			hasFailed = true;
			throw error;
		}
		return times;
	};
}

/** Asks whose key it is, and what its owner used: nothing of anybody else may come. */
async function askWho({ account, ask }: Person): Promise<void> {
	const { response } = await insist(() => ask("/api/auth/validate"));
	const { user } = (await response.json()) as { user?: { username: string } };
	if (user?.username !== account.username) {
		throw new Error(`${account.username} was taken for ${user?.username} (${response.status})`);
	}
	const used = await insist(() => ask("/api/usage/aggregate"));
	if (used.response.status !== 200) throw new Error(`a question was answered with ${used.response.status}`);
}
