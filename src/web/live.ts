import { BUSY, ProblemError, TOO_MANY } from "./errors.ts";
import { type Route, route } from "./route.ts";

/** A page that is open, and whose usage it shows. */
export type Listener = {
	/** Number of the person in the ledger. */
	user: number;
	/** What it came with: its key or its cookie. */
	request: Request;
	/** The origin that it sees the site under. */
	origin: string;
};

export type LiveOptions = {
	/** What the usage of each listener is called as long as nothing in it changes, in the listeners' order. */
	readVersions(listeners: readonly Listener[]): Promise<readonly string[]>;
	/** Whether a listener may still listen: asked again and again, for keys and sessions end. */
	isKnown(listener: Listener): Promise<boolean>;
	/** Told of what went wrong beside every answer. */
	report: (error: unknown, requestId: string) => void;
};

/** The usage is asked for this often, in ms: other processes write to the same ledger. */
const ASKED_EVERY = 2_000;
/** A nudge waits this long, in ms, for what comes in the same moment. */
const NUDGED_AFTER = 100;
/** Each third time something is sent whether there is news or not: a connection that is quiet for 10 s is cut off. */
const BEATS_EVERY = 3;
/** How long a page waits before it comes back, in ms. */
const RETRY_AFTER = 5_000;
/** How many pages a person may have open in sight, and how many there may be in all. */
const MOST_EACH = 8;
const MOST = 1_000;
/** Pieces that a reader may leave unread; one that reads nothing at all is let go. */
const MOST_UNREAD = 32;

const HEADERS = { "content-type": "text/event-stream; charset=utf-8", "x-accel-buffering": "no" };

type Stream = Listener & { told: string; turns: number; controller: ReadableStreamDefaultController<string> };

/** Tells open pages when their own person's usage has changed. One timer and one question serve all of them. */
export class Live {
	readonly #streams = new Set<Stream>();
	#timer: Timer | undefined;
	#nudge: Timer | undefined;
	#turn: Promise<void> | undefined;
	#isClosed = false;
	#isFailing = false;

	constructor(readonly options: LiveOptions) {}

	/** How many pages listen. */
	get size(): number {
		return this.#streams.size;
	}

	/**
	 * A stream of events: what the usage is called now, and again whenever that is something else.
	 *
	 * @throws ProblemError if there are too many
	 */
	async listen(listener: Listener): Promise<Response> {
		this.#expectRoom(listener);
		const [told = ""] = await this.options.readVersions([listener]);
		this.#expectRoom(listener);
		if (listener.request.method === "HEAD") return new Response(null, { headers: HEADERS });
		let stream: Stream | undefined;
		const body = new ReadableStream<string>({
			start: (controller) => {
				stream = { ...listener, told, turns: 0, controller };
				controller.enqueue(`retry: ${RETRY_AFTER}\n\n${eventOf(told)}`);
				this.#add(stream);
			},
			cancel: () => {
				if (stream) this.#remove(stream);
			},
		});
		const { signal } = listener.request;
		const leave = () => stream && this.#end(stream);
		if (signal.aborted) leave();
		else signal.addEventListener("abort", leave, { once: true });
		return new Response(body.pipeThrough(new TextEncoderStream()), { headers: HEADERS });
	}

	/** Something was changed in this process: pages are told at once. */
	nudge(): void {
		if (this.size === 0 || this.#nudge) return;
		this.#nudge = setTimeout(() => {
			this.#nudge = undefined;
			void this.turn(false);
		}, NUDGED_AFTER);
	}

	/** Ends every stream, and lets no more in. */
	close(): void {
		this.#isClosed = true;
		for (const stream of this.#streams) this.#end(stream);
	}

	/** Asks once for everyone's usage and tells who has to know. What goes wrong is reported, never thrown. */
	async turn(beats = true): Promise<void> {
		// One that is under way may have asked already before what this one is about.
		await this.#turn;
		this.#turn = this.#tellAll(beats).then(
			() => {
				this.#isFailing = false;
			},
			(error: unknown) => {
				if (!this.#isFailing) this.options.report(error, "");
				this.#isFailing = true;
			},
		);
		await this.#turn;
	}

	async #tellAll(beats: boolean): Promise<void> {
		const streams = [...this.#streams];
		if (streams.length === 0) return;
		const versions = await this.options.readVersions(streams);
		await Promise.all(
			streams.map(async (stream, i) => {
				if (beats) stream.turns++;
				const version = versions[i] ?? stream.told;
				const isDue = beats && stream.turns % BEATS_EVERY === 0;
				if (version !== stream.told || isDue) await this.#tell(stream, version);
			}),
		);
	}

	async #tell(stream: Stream, version: string): Promise<void> {
		// Where it cannot be known, nothing is told; the page comes back and is asked anew.
		const isKnown = await this.options.isKnown(stream).catch(() => false);
		const hasRead = -(stream.controller.desiredSize ?? 0) < MOST_UNREAD;
		if (!isKnown || !hasRead) return this.#end(stream);
		if (!this.#streams.has(stream)) return;
		stream.controller.enqueue(version === stream.told ? ": still here\n\n" : eventOf(version));
		stream.told = version;
	}

	#expectRoom({ user }: Listener): void {
		if (this.#isClosed || this.size >= MOST) throw new ProblemError(BUSY);
		const own = [...this.#streams].filter((stream) => stream.user === user);
		if (own.length >= MOST_EACH) throw new ProblemError({ ...TOO_MANY, waitMs: RETRY_AFTER });
	}

	#add(stream: Stream): void {
		this.#streams.add(stream);
		this.#timer ??= setInterval(() => void this.turn(), ASKED_EVERY);
		this.#timer.unref();
	}

	#remove(stream: Stream): boolean {
		const had = this.#streams.delete(stream);
		if (this.size === 0) {
			clearInterval(this.#timer);
			this.#timer = undefined;
		}
		return had;
	}

	#end(stream: Stream): void {
		if (this.#remove(stream)) stream.controller.close();
	}
}

function eventOf(version: string): string {
	return `event: usage\ndata: ${version}\n\n`;
}

/**
 * What pages are told in place of a revision: something that changes with it and says nothing else.
 *
 * @param key differs from ledger to ledger
 */
export function versionOf(key: string, user: number, revision: number): string {
	return new Bun.CryptoHasher("sha256", key).update(`${user}\0${revision}`).digest("base64url").slice(0, 16);
}

/** `GET /events`: news for pages that are open. */
export function eventsRoute(live: Live): Route {
	return route({
		method: "GET",
		path: "/events",
		access: "read",
		text: {
			summary:
				"A stream of server-sent events named usage: one when it begins, and one whenever one's own usage changes",
			note: `Its data changes with the usage and says nothing else. One person has ${MOST_EACH} streams at most.`,
			types: ["text/event-stream"],
		},
		stream: true,
		answer: ({ request, origin }, { source }) => live.listen({ user: source.asker.id, request, origin }),
	});
}
