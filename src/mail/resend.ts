import { AppError } from "../errors.ts";

/** How mail leaves: the service's key, who it comes from, and where the service is. */
export type MailSettings = { apiKey: string; from: string; baseUrl: string };

/** `key`: tells the service that it has this mail already, for a day. `headers`: beside what every mail has. */
export type Mail = {
	to: string;
	subject: string;
	html: string;
	text: string;
	headers?: Readonly<Record<string, string>>;
	key?: string;
};

/**
 * What became of a mail: `sent`, with the service's id where it tells one; `later`, if it may go well another time, with how long to wait (ms) if the service says so;
 * `refused`, if it never will. `reason` is a sentence for people.
 */
export type Sent =
	| { state: "sent"; id: string | undefined }
	| { state: "later"; reason: string; waitMs?: number | undefined }
	| { state: "refused"; reason: string };

const DEADLINE_MS = 15_000;
/** What is read of an answer. */
const MOST_BYTES = 16 * 1024;
const LONGEST_WAIT_MS = 24 * 3_600_000;

/** Hands a mail to Resend: https://resend.com/docs/api-reference/emails/send-email. It never throws for what the service does. */
export async function sendMail({ apiKey, from, baseUrl }: MailSettings, mail: Mail): Promise<Sent> {
	const { to, subject, html, text, headers, key } = mail;
	let response: Response;
	let said: string;
	try {
		response = await fetch(new URL("emails", `${baseUrl.replace(/\/+$/, "")}/`), {
			method: "POST",
			redirect: "manual",
			signal: AbortSignal.timeout(DEADLINE_MS),
			headers: {
				authorization: `Bearer ${apiKey}`,
				"content-type": "application/json",
				...(key === undefined ? {} : { "idempotency-key": key }),
			},
			body: JSON.stringify({ from, to: [to], subject: oneLine(subject), html, text, headers }),
		});
		said = await readStart(response);
	} catch (error) {
		return { state: "later", reason: `The mail service was not reached (${nameOf(error)}).` };
	}
	if (response.ok) {
		const id = idIn(said);
		if (id !== undefined) return { state: "sent", id };
		return { state: "later", reason: "The mail service gave an answer that is none of its own." };
	}
	return refusal(response, said);
}

/** @throws AppError `invalid_config` */
export function readMailSettings(given: {
	resendApiKey: string | undefined;
	resendFrom: string | undefined;
	resendBaseUrl: string;
}): MailSettings | undefined {
	const { resendApiKey: apiKey, resendFrom: from, resendBaseUrl: baseUrl } = given;
	if (apiKey === undefined && from === undefined) return undefined;
	if (apiKey === undefined || from === undefined) {
		throw new AppError(
			"invalid_config",
			`${apiKey === undefined ? "RESEND_FROM_EMAIL" : "RESEND_API_KEY"} is set, and ${apiKey === undefined ? "RESEND_API_KEY" : "RESEND_FROM_EMAIL"} is not.`,
			"Set both to send mail, or neither.",
		);
	}
	const url = URL.parse(baseUrl);
	if (url?.protocol === "https:" || (url?.protocol === "http:" && LOOPBACK.test(url.hostname))) {
		return { apiKey, from: oneLine(from), baseUrl };
	}
	throw new AppError(
		"invalid_config",
		"RESEND_BASE_URL is no https address.",
		"Leave it out: it is for tests with a service of their own.",
	);
}

const LOOPBACK = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/;

/** 401, 403 and 429 pass when the operator or time mends them; what is wrong with the mail itself does not. */
function refusal(response: Response, said: string): Sent {
	const { status, headers } = response;
	const reason = `The mail service answered ${status}${wordsIn(said)}.`;
	if (status >= 500 || status === 429 || status === 401 || status === 403 || status === 408) {
		const seconds = Number(headers.get("retry-after"));
		const waitMs = seconds > 0 ? Math.min(seconds * 1_000, LONGEST_WAIT_MS) : undefined;
		return { state: "later", reason, waitMs };
	}
	// By a request whose answer was lost it has a mail of this key, in which the links were other ones.
	if (status === 409 && fieldsOf(said).name === "invalid_idempotent_request")
		return { state: "sent", id: undefined };
	// It is on its way in this moment, by another request.
	if (status === 409) return { state: "later", reason };
	return { state: "refused", reason };
}

async function readStart(response: Response): Promise<string> {
	let text = "";
	const decoder = new TextDecoder();
	for await (const chunk of response.body ?? []) {
		text += decoder.decode(chunk, { stream: true });
		if (text.length > MOST_BYTES) break;
	}
	return text.slice(0, MOST_BYTES);
}

function idIn(said: string): string | undefined {
	const id = fieldsOf(said).id;
	return typeof id === "string" && /^[\w-]{1,64}$/.test(id) ? id : undefined;
}

/** The service's own words, as far as they are plain ones. */
function wordsIn(said: string): string {
	const { message } = fieldsOf(said);
	if (typeof message !== "string") return "";
	return `: ${oneLine(message)
		.replace(/[.\s]+$/, "")
		.slice(0, 200)}`;
}

function fieldsOf(said: string): Record<string, unknown> {
	try {
		const value: unknown = JSON.parse(said);
		return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
	} catch {
		// Something between here and there answered in its place.
		return {};
	}
}

/** A text as it may stand in a header: no name of a project begins another one. */
function oneLine(text: string): string {
	return text.replace(/[\s\p{Cc}\p{Cf}]+/gu, " ").trim();
}

function nameOf(error: unknown): string {
	return error instanceof Error ? error.name : "unknown";
}
