/** A mail as the service took it. `at`: when by the test's own clock. */
export type TakenMail = {
	to: string;
	subject: string;
	html: string;
	text: string;
	headers: Record<string, string>;
	key: string | null;
	at: number;
};

/** What the service does with the next requests. */
export type Mood = "well" | "busy" | "away" | "refuses" | "wrong key" | "nonsense" | "loses the answer";

const KEY = "re_test_0123456789";

/**
 * A mail service on loopback that looks at what it gets as the real one does: address, key, types of fields, and a key for
 * mails that come twice.
 */
export class ResendServer {
	readonly taken: TakenMail[] = [];
	/** What was wrong with requests. */
	readonly complaints: string[] = [];
	/** All requests, also those that were refused. */
	requests = 0;
	mood: Mood = "well";
	now: () => number = Date.now;
	readonly #ids = new Map<string, { id: string; body: string }>();
	readonly #server: Bun.Server<undefined>;

	constructor() {
		this.#server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: (request) => this.#answer(request) });
	}

	/** The process need not wait for it. */
	unref(): this {
		this.#server.unref();
		return this;
	}

	get settings() {
		return { apiKey: KEY, from: "PromptPulse <reports@usage.example>", baseUrl: this.url };
	}

	get url(): string {
		return `http://127.0.0.1:${this.#server.port}`;
	}

	async stop(): Promise<void> {
		await this.#server.stop(true);
	}

	async #answer(request: Request): Promise<Response> {
		this.requests++;
		const body = await request.text();
		if (this.mood === "nonsense") return new Response("<html>Welcome to this hotel</html>", { status: 200 });
		if (this.mood === "away") return refusal(503, "application_error", "Service unavailable");
		if (this.mood === "busy")
			return refusal(429, "rate_limit_exceeded", "Too many requests", { "retry-after": "90" });
		if (this.mood === "refuses") return refusal(422, "validation_error", "Invalid `to` field");
		const isKnown = request.headers.get("authorization") === `Bearer ${KEY}`;
		if (!isKnown || this.mood === "wrong key") return refusal(401, "missing_api_key", "API key is invalid");
		const wrong = this.#complaintOf(request, body);
		if (wrong !== undefined) {
			this.complaints.push(wrong);
			return refusal(422, "validation_error", wrong);
		}
		const key = request.headers.get("idempotency-key");
		const known = key === null ? undefined : this.#ids.get(key);
		if (known && known.body !== body)
			return refusal(409, "invalid_idempotent_request", "The request body was modified");
		if (known) return Response.json({ id: known.id });
		const id = crypto.randomUUID();
		if (key !== null) this.#ids.set(key, { id, body });
		const mail = JSON.parse(body) as { to: string[] } & TakenMail;
		this.taken.push({ ...mail, headers: mail.headers ?? {}, to: mail.to.join(), key, at: this.now() });
		return this.mood === "loses the answer" ? new Response(null, { status: 502 }) : Response.json({ id });
	}

	#complaintOf(request: Request, body: string): string | undefined {
		if (request.method !== "POST" || new URL(request.url).pathname !== "/emails")
			return `${request.method} ${request.url}`;
		if (request.headers.get("content-type") !== "application/json") return "content-type";
		const {
			from,
			to,
			subject,
			html,
			text,
			headers = {},
			...rest
		} = JSON.parse(body) as Record<string, unknown>;
		if (typeof from !== "string" || !/^[^<>\r\n]+ <[^<>@\s]+@[^<>@\s]+>$/.test(from)) return "from";
		if (!Array.isArray(to) || to.length !== 1 || !/^[^@\s]+@[^@\s]+$/.test(String(to[0]))) return "to";
		if (typeof subject !== "string" || subject === "" || /[\r\n]/.test(subject)) return "subject";
		if (typeof html !== "string" || typeof text !== "string" || html === "" || text === "")
			return "html and text";
		const values = Object.values(headers as object);
		if (values.some((value) => typeof value !== "string" || /[\r\n]/.test(value))) return "headers";
		return Object.keys(rest).length === 0 ? undefined : `unknown fields ${Object.keys(rest)}`;
	}
}

function refusal(
	status: number,
	name: string,
	message: string,
	headers: Record<string, string> = {},
): Response {
	return Response.json({ statusCode: status, name, message }, { status, headers });
}
