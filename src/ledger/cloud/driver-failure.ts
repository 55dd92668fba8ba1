/** What the driver's errors tell. They themselves go no further: what hangs on them is not ours to know. */
export type DriverFailure =
	| { kind: "answered"; code: number; extended: number | undefined; message: string }
	/** `reason` is the socket's own word for it, as `ECONNREFUSED`. */
	| { kind: "not sent" | "lost"; reason: string | undefined }
	| { kind: "unreadable"; reason: string };

/** An answer is told apart from other failures by the server's number in it. */
export function readFailure(error: unknown): DriverFailure {
	const code = textOf(error, "errorCode") ?? textOf(error, "code");
	if (code !== undefined && /^\d+$/.test(code)) {
		const extended = Number(textOf(error, "externalErrorCode"));
		return {
			kind: "answered",
			code: Number(code),
			extended: extended > 0 ? extended : undefined,
			message: textOf(error, "message") ?? "",
		};
	}
	if (code === undefined || code === "NaN")
		return { kind: "unreadable", reason: "no answer of the protocol" };
	const reason =
		textOf(fieldOf(error, "cause"), "code") ?? (code.startsWith("ERR_CONNECTION") ? undefined : code);
	return { kind: code === "ERR_CONNECTION_NOT_ESTABLISHED" ? "not sent" : "lost", reason };
}

function textOf(value: unknown, name: string): string | undefined {
	const field = fieldOf(value, name);
	return typeof field === "string" ? field : undefined;
}

function fieldOf(value: unknown, name: string): unknown {
	return typeof value === "object" && value !== null && name in value
		? (value as Record<string, unknown>)[name]
		: undefined;
}
