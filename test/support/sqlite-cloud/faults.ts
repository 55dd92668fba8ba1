/** A fault that is always there, or is decided anew for each request by its text. It is asked once a request. */
export type Chosen<Value> = Value | undefined | ((sql: string) => Value | undefined);

/** An error that stands in for what would have happened. */
export type PlannedError = { code: number; message: string; extendedCode?: number };

/**
 * What goes wrong. All of it can be set and taken back at any time. The request of the log-in is one like all others:
 * who wants it to go well looks at the text.
 */
export type Faults = {
	/** How long every reply is held back, in ms. */
	delayMs?: Chosen<number>;
	/** New connections are closed: `handshake` before TLS is agreed on, `login` after that and before the log-in. */
	refuse?: "handshake" | "login" | undefined;
	/** A connection is closed once it has been answered so many times, the log-in not counted. */
	dropAfter?: number | undefined;
	/** The connection is closed when half of the reply is sent. */
	dropMidReply?: Chosen<boolean>;
	/** The connection is closed and nothing is run. */
	dropBefore?: Chosen<boolean>;
	/** The request is run, and the connection is closed instead of a reply. */
	dropAfterRunning?: Chosen<boolean>;
	/** Nothing is run, and this is the reply. */
	errorFor?: Chosen<PlannedError>;
	/** Nothing is run and there is never a reply. */
	silent?: Chosen<boolean>;
	/** Nothing is run, and the reply is no protocol: this text, or some bytes. */
	garbage?: Chosen<boolean | string>;
	/** Replies are sent in pieces of so many bytes, which arrive apart from each other. */
	fragment?: number | undefined;
	/** More connections than this are refused with an error at their log-in, and closed. */
	mostConnections?: number | undefined;
};

/** How often each fault has been done. */
export type Injected = Record<keyof Faults, number>;

export function countNone(): Injected {
	return {
		delayMs: 0,
		refuse: 0,
		dropAfter: 0,
		dropMidReply: 0,
		dropBefore: 0,
		dropAfterRunning: 0,
		errorFor: 0,
		silent: 0,
		garbage: 0,
		fragment: 0,
		mostConnections: 0,
	};
}

export function choose<Value>(fault: Chosen<Value>, sql: string): Value | undefined {
	return typeof fault === "function" ? (fault as (sql: string) => Value | undefined)(sql) : fault;
}
