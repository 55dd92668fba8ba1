/** So many letters of a secret in a row are a part of it. */
const PART = 5;

/**
 * The parts of a secret that a text shows, in whatever form: as it is, percent-encoded wholly or in part, as forms
 * encode it, as JSON has it, or as base64.
 *
 * @param secret begins with letters by which it is known, such as `zq-secret-`; the rest is chance
 */
export function partsShown(text: string, secret: string): string[] {
	const rest = secret.slice(secret.lastIndexOf("-") + 1);
	const forms = [
		secret.slice(0, secret.lastIndexOf("-") + 1),
		rest,
		encodeURIComponent(rest),
		encodeURIComponent(rest).toLowerCase(),
		encodeURI(rest),
		new URLSearchParams({ "": rest }).toString().slice(1),
		rest.replaceAll("+", " "),
		JSON.stringify(rest).slice(1, -1),
		Buffer.from(secret).toString("base64"),
		Buffer.from(secret).toString("hex"),
	];
	const parts = new Set(
		forms.flatMap((form) =>
			Array.from({ length: form.length - PART + 1 }, (_, i) => form.slice(i, i + PART)),
		),
	);
	// A word of ours, which says nothing of what the secret is.
	for (const own of ["secre", "ecret"]) parts.delete(own);
	return [...parts].filter((part) => text.includes(part));
}
