import { kindOfKey } from "../../account/api-key.ts";
import type { Credentials } from "../../collector/credentials.ts";
import { needsConsent, parseServer } from "../../collector/server.ts";
import type { ServerHealth } from "../../collector/server-health.ts";
import { VERSION } from "../../version.ts";
import { maskedKey } from "../login/masked-key.ts";
import { serverTrouble } from "../login/server-trouble.ts";
import { minutes } from "../screen/format.ts";
import { type Check, failed, failedBy, type Looked, passed, warning } from "./check.ts";
import type { Scene } from "./scene.ts";

/** Clocks that differ by more put usage on other days, in ms. */
const MOST_SKEW = 5 * 60_000;

/** Where usage is sent to. */
export const SERVER_CHECKS: readonly Check[] = [
	{
		name: "key",
		why: "Without a key that the server accepts, and that may send, usage stays on this machine.",
		look: lookAtKey,
	},
	{
		name: "server",
		why: "As long as it is not reached, usage waits here and is missing there.",
		look: (scene) => withServer(scene, lookAtServer),
	},
	{
		name: "version",
		why: "A server may not understand what a program much older than itself sends.",
		look: (scene) => withHealth(scene, (health) => judgeVersion(health)),
	},
	{
		name: "clock",
		why: "Times of usage come from this machine's clock: where it is wrong they stand on the wrong day.",
		look: (scene) => withHealth(scene, judgeClock),
	},
	{
		name: "connection",
		why: "Over plain http others in the network can read the key and what is sent.",
		look: lookAtConnection,
	},
];

async function lookAtKey(scene: Scene): Promise<Looked> {
	const { server, access, login, hasOldLogin, mayAsk } = scene.credentials();
	if (server === undefined) {
		if (hasOldLogin) {
			return warning("The login is one of an earlier PromptPulse, which no server takes any more.", LOG_IN);
		}
		if (scene.config.apiKey === undefined && scene.login().login.apiKey === undefined)
			return passed(NOT_LOGGED_IN);
		return warning(
			"There is a key, and no server is named.",
			"Name it in PROMPTPULSE_SERVER, or run promptpulse login.",
		);
	}
	const { host } = new URL(server);
	if (!access) return failed(`There is no key for ${host}.`, `Run promptpulse login --server ${server}`);
	const kind = kindOfKey(access.key);
	const key = kind === undefined ? maskedKey(access.key) : `${maskedKey(access.key)}, of the kind ${kind},`;
	if (!mayAsk)
		return warning(`${key} was not shown to ${host}: see the check of the connection.`, SEE_CONNECTION);
	// Both at once: whoever waits for a server that does not answer waits once.
	const [answer] = await Promise.all([scene.account(access), scene.health(server)]);
	if (answer.kind === "refused_key") {
		const { message, hint } = serverTrouble(server, answer, "");
		const form = kind === undefined ? " It has not the form of one: it may be cut short or mistyped." : "";
		return failed(`${message}${form}`, hint);
	}
	if (answer.kind !== "ok") {
		return kind === undefined
			? failed(`${key} has not the form of a key: it may be cut short or mistyped.`, LOG_IN)
			: warning(`${key} could not be shown to ${host}.`, "See the check of the server.");
	}
	const { id, username } = answer.body;
	const owner = username === "" ? id : username;
	if (kind === "read") {
		return failed(
			`${key} opens ${owner} at ${host}, and can only read: it cannot send.`,
			`Make a key of the kind ingest or full there, and run promptpulse login --server ${server} with it.`,
		);
	}
	if (login?.userId !== undefined && login.userId !== id) {
		return warning(
			`${key} opens ${owner} at ${host}, which is another account than that of the login.`,
			`Log in anew: promptpulse login --server ${server}`,
		);
	}
	return passed(`${key} opens ${owner} at ${host}`);
}

const NOT_LOGGED_IN = "Not logged in, nothing to check: usage stays on this machine.";
const LOG_IN = "Run promptpulse login.";
const SEE_CONNECTION = "Use https, or allow http when logging in.";

/** A server that may be asked. */
export type Reached = { scene: Scene; host: string; server: string; credentials: Credentials };

/** Looks at the server, if one is set that may be asked. What hinders that is a check of its own. */
async function withServer(scene: Scene, look: (reached: Reached) => Promise<Looked>): Promise<Looked> {
	let credentials: ReturnType<Scene["credentials"]>;
	try {
		credentials = scene.credentials();
	} catch {
		// The check of the key tells it.
		return warning("Not asked: the login is not in order.", "See the check of the key.");
	}
	const { server, mayAsk } = credentials;
	if (server === undefined) return passed(NOT_LOGGED_IN);
	if (!mayAsk) return warning("Not asked: its connection is not to be trusted.", SEE_CONNECTION);
	return look({ scene, host: new URL(server).host, server, credentials });
}

/** Looks at what a server tells of itself. That it is not reached is a check of its own. */
export async function withHealth(
	scene: Scene,
	look: (health: ServerHealth, reached: Reached) => Looked | Promise<Looked>,
): Promise<Looked> {
	return withServer(scene, async (reached) => {
		const answer = await scene.health(reached.server);
		if (answer.kind === "ok") return look(answer.body, reached);
		return warning("Not known: the server was not reached.", "See the check of the server.");
	});
}

async function lookAtServer({ scene, host, server }: Reached): Promise<Looked> {
	const answer = await scene.health(server);
	// Anyone may ask this: that it is refused says nothing of the key.
	if (answer.kind !== "ok") throw serverTrouble(server, { ...answer, kind: "unfit" }, TRY_LATER);
	return passed(`${host} answers`);
}

const TRY_LATER =
	"Check its address and the network. Nothing is lost meanwhile: usage is kept here, and promptpulse collect sends it later.";

/** @param here the version of this program */
export function judgeVersion({ version, oldestClient }: ServerHealth, here = VERSION): Looked {
	if (version === undefined) return passed(`${here} here; that of the server is not known`);
	const found = `${here} here, ${version} there`;
	if (oldestClient === undefined || Bun.semver.order(here, oldestClient) >= 0) return passed(found);
	return failed(
		`${found}, which accepts ${oldestClient} and newer.`,
		"Install a newer promptpulse on this machine.",
	);
}

export function judgeClock({ behindMs }: Pick<ServerHealth, "behindMs">): Looked {
	if (behindMs === undefined) return passed("The server's time is not known.");
	const off = Math.abs(behindMs);
	if (off <= MOST_SKEW) return passed("It agrees with the server's, within 5 minutes.");
	return failed(
		`This machine's clock is ${minutes(off / 60_000)} ${behindMs > 0 ? "behind" : "ahead of"} the server's.`,
		"Set the clock of whichever is wrong, or have the system do it (NTP).",
	);
}

function lookAtConnection(scene: Scene): Looked {
	let server: string | undefined;
	try {
		({ server } = scene.credentials());
	} catch (error) {
		// The check of the key tells it.
		return warning("Not known as long as the login is not in order.", failedBy(error).mend ?? LOG_IN);
	}
	if (server === undefined) return passed(NOT_LOGGED_IN);
	const { host, protocol } = new URL(server);
	if (protocol === "https:") return passed(`https to ${host}, whose certificate is always asked for`);
	if (!needsConsent(server)) return passed(`http to ${host}, which is this machine`);
	// It throws what people are told of such an address.
	if (!scene.isConsented(server)) parseServer(server, false);
	return warning(
		`http to ${host}, which was allowed with --insecure.`,
		"Give the server an https address, and run promptpulse login with that.",
	);
}
