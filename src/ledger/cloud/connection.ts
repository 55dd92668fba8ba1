import type { Value } from "../database.ts";
import {
	answerDeadline,
	answeredError,
	CloudError,
	closedError,
	lostError,
	notOpenError,
	strangeAnswer,
} from "./cloud-error.ts";
import { connectDeadline, connectError, foreignHost, loginError } from "./connect-errors.ts";
import { type CloudAddress, driverConfig, redactFor } from "./connection-string.ts";
import { type Driver, loadDriver, type Wire } from "./driver.ts";
import { type DriverFailure, readFailure } from "./driver-failure.ts";
import { checkParameter } from "./parameters.ts";
import { type Reply, readReply } from "./reply.ts";

export type { Reply } from "./reply.ts";

export type ConnectionOptions = {
	/** How long looking up the name, the handshakes and the log-in may take together, in ms. */
	connectMs: number;
	/** How long an answer may take, in ms. */
	queryMs: number;
	note: Note;
	/** Gives it up while it is being opened. */
	signal?: AbortSignal;
};

/** Tells what happened, without secrets and without what statements hold. */
export type Note = (
	level: "debug" | "warn",
	event: string,
	fields: Readonly<Record<string, string | number>>,
) => void;

/** A connection that is logged in. Once it is not open it never is again. */
export class Connection {
	readonly #driver: Driver;
	readonly #wire: Wire;
	readonly #address: CloudAddress;
	readonly #options: ConnectionOptions;
	/** Gives up the answer that is waited for. */
	#giveUp: ((error: CloudError) => void) | undefined;

	private constructor(driver: Driver, wire: Wire, address: CloudAddress, options: ConnectionOptions) {
		this.#driver = driver;
		this.#wire = wire;
		this.#address = address;
		this.#options = options;
	}

	/** @throws CloudError: nothing was executed, or there is no right to it */
	static async open(address: CloudAddress, options: ConnectionOptions): Promise<Connection> {
		const driver = await loadDriver();
		const since = performance.now();
		const wire = await openWire(driver, address, options);
		options.note("debug", "database connected", { ms: Math.round(performance.now() - since) });
		return new Connection(driver, wire, address, options);
	}

	/** False after a drop, a deadline, and an answer that does not fit: whatever came next could be another's. */
	get isOpen(): boolean {
		return this.#wire.isOpen;
	}

	/**
	 * Sends one request, which may hold several statements, and gives what the last of them answers. The next one is sent
	 * when this is answered.
	 *
	 * @param parameters those of all statements, in order
	 * @param isAnswer what a reply has to be like; one that is not is another's, and the connection is given up
	 * @throws CloudError
	 * @throws TypeError for a parameter that cannot be kept, of which nothing was sent, and for a blob in the answer
	 */
	async send(
		sql: string,
		parameters: readonly Value[] = [],
		isAnswer?: (reply: Reply) => boolean,
	): Promise<Reply> {
		const values = parameters.map(checkParameter);
		if (this.#giveUp) throw new Error("a connection was asked before it had answered");
		if (!this.isOpen) throw notOpenError();
		try {
			const reply = readReply(this.#driver, await this.#ask(sql, values));
			if (isAnswer && !isAnswer(reply)) throw strangeAnswer("the answer to something else");
			return reply;
		} catch (error) {
			if (error instanceof CloudError && error.fate === "unknown") {
				this.#wire.close();
				this.#options.note("warn", "database connection given up", { reason: error.message });
			}
			throw error;
		}
	}

	/** At once. An answer that is waited for is given up: its `send` throws. */
	close(): void {
		this.#wire.close();
		this.#giveUp?.(lostError("closed here"));
	}

	async #ask(sql: string, values: readonly Value[]): Promise<unknown> {
		const { queryMs } = this.#options;
		const { promise, resolve, reject } = Promise.withResolvers<unknown>();
		this.#giveUp = reject;
		const deadline = setTimeout(() => reject(answerDeadline(queryMs)), queryMs);
		this.#wire.request(sql, values, (error, result) => {
			if (error) reject(requestError(this.#address, readFailure(error)));
			else resolve(result);
		});
		try {
			return await promise;
		} finally {
			clearTimeout(deadline);
			this.#giveUp = undefined;
		}
	}
}

/** A log-in that does not come to its end leaves no socket behind. */
async function openWire(
	driver: Driver,
	address: CloudAddress,
	{ connectMs, signal }: ConnectionOptions,
): Promise<Wire> {
	if (signal?.aborted) throw closedError();
	const { promise, resolve, reject } = Promise.withResolvers<void>();
	const deadline = setTimeout(() => reject(connectDeadline(address, connectMs)), connectMs);
	const abort = () => reject(closedError());
	signal?.addEventListener("abort", abort);
	let wire: Wire | undefined;
	try {
		wire = driver.connect(driverConfig(address), (error) => {
			if (error) reject(openError(address, readFailure(error)));
			else resolve();
		});
		await promise;
		return wire;
	} catch (error) {
		wire?.close();
		throw error instanceof CloudError ? error : openError(address, readFailure(error));
	} finally {
		clearTimeout(deadline);
		signal?.removeEventListener("abort", abort);
	}
}

function requestError(address: CloudAddress, failure: DriverFailure): CloudError {
	switch (failure.kind) {
		case "answered":
			return answeredError(failure.code, failure.extended, redactFor(address, failure.message));
		case "not sent":
			return notOpenError();
		case "lost":
			return lostError(failure.reason);
		case "unreadable":
			return strangeAnswer(failure.reason);
	}
}

function openError(address: CloudAddress, failure: DriverFailure): CloudError {
	switch (failure.kind) {
		case "answered":
			return loginError(address, failure.code, redactFor(address, failure.message));
		case "unreadable":
			return foreignHost(address);
		default:
			return connectError(address, failure.reason);
	}
}
