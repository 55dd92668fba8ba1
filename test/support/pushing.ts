import { NETWORK, type Network } from "../../src/collector/ask-server.ts";
import { type PushOptions, type PushResult, push } from "../../src/collector/push.ts";
import { Server } from "../../src/collector/server.ts";
import type { Database } from "../../src/ledger/database.ts";
import { findUser, LOCAL_USER } from "../../src/ledger/users.ts";
import { LAPTOP } from "./ledger.ts";
import { NOW } from "./scan.ts";
import { KEY } from "./usage-server.ts";

export type PushOver = Partial<PushOptions> & {
	key?: string;
	network?: Partial<Network>;
	/** Where waits are noted, in ms; nobody really waits. */
	waits?: number[];
};

/** Pushes a ledger to an address, whole paths and all, without waiting. */
export async function pushTo(db: Database, address: string, over: PushOver = {}): Promise<PushResult> {
	const { key = KEY, network, waits = [], ...options } = over;
	const user = await findUser(db, LOCAL_USER);
	if (!user) throw new Error("nothing was collected");
	return push(db, {
		user,
		machine: LAPTOP,
		server: new Server({ address, key }, { ...NETWORK, ...network }),
		privacy: { userHome: "/home/dev", setting: "full" },
		now: () => NOW,
		sleep: async (ms) => void waits.push(ms),
		random: () => 0.5,
		...options,
	});
}
