/* What differs from one run to the next is told as the same stand-in of the same form, wherever it stands. */

const UUID = /\b[0-9a-f]{8}-[0-9a-f]{4}-[47][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\b/g;
/** UUIDs that the fixtures have. */
const FIXED = /^([0a-c])\1{7}-0000-/;
const ACCOUNT = /\b[0-9A-Za-z]{27}\b/g;
const KEY = /\bpk_[fri][0-9A-Za-z]{38}\b/g;
const CODE = /(?<=\/(?:join|login)\/|"(?:code|invite)": ")[0-9A-Za-z_-]{20,}/g;
const SHOWN = /\bshown_[\w-]{16}/g;
/** Of the machine that made the document, and of the moment. */
const MEASURED = /(?<="(?:resident_bytes|response_ms|loop_lag_ms|open_pages)": )[\d.]+/g;

/** Makes texts neutral, one after the other: the same stand-in for what was there before. */
export function neutralizer(): (text: string) => string {
	const known = new Map<string, string>();
	const standIn = (form: string) => (found: string) => {
		const kept = known.get(`${form} ${found}`);
		if (kept !== undefined) return kept;
		const count = String([...known.keys()].filter((key) => key.startsWith(`${form} `)).length + 1);
		const made = form.slice(0, form.length - count.length) + count;
		known.set(`${form} ${found}`, made);
		return made;
	};
	const uuid = standIn("01980000-0000-7000-8000-000000000000");
	return (text) =>
		text
			.replace(UUID, (found) => (FIXED.test(found) ? found : uuid(found)))
			.replace(ACCOUNT, standIn("3AAAAAAAAAAAAAAAAAAAAAAAAA0"))
			.replace(KEY, (found) => `${found.slice(0, 4)}…`)
			.replace(CODE, "…")
			.replace(SHOWN, standIn("shown_AAAAAAAAAAAAAAA0"))
			.replace(/(?<="last4": ")\w{4}/g, "wXyZ")
			.replace(MEASURED, "1");
}
