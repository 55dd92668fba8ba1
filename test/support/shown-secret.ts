/** So many letters of a secret in a row are a part of it, where some of them are signs; and where none is. */
const PART = 5;
const PART_OF_LETTERS = 12;

/**
 * The parts of a secret that a text shows, in whatever form: as it is, percent-encoded wholly or in part, as forms
 * encode it, as JSON has it, or in letters for its bytes.
 *
 * @param secret begins with letters by which it is known, such as `zq-secret-`; the rest is chance, with signs in it
 */
export function partsShown(text: string, secret: string): string[] {
	const known = secret.slice(0, secret.lastIndexOf("-") + 1);
	const rest = secret.slice(known.length);
	const forms = [
		known,
		rest,
		encodeURIComponent(rest),
		encodeURIComponent(rest).toLowerCase(),
		encodeURI(rest),
		new URLSearchParams({ "": rest }).toString().slice(1),
		rest.replaceAll("+", " "),
		JSON.stringify(rest).slice(1, -1),
	];
	const bytes = Buffer.from(secret);
	const inLetters = [bytes.toString("base64"), bytes.toString("base64url"), bytes.toString("hex")];
	const parts = new Set([
		...forms.flatMap((form) => partsOf(form, PART)),
		...inLetters.flatMap((form) => partsOf(form, PART_OF_LETTERS)),
	]);
	// A word of ours, which says nothing of what the secret is.
	for (const own of partsOf("secret", PART)) parts.delete(own);
	return [...parts].filter((part) => text.includes(part));
}

function partsOf(form: string, length: number): string[] {
	return Array.from({ length: form.length - length + 1 }, (_, i) => form.slice(i, i + length));
}
