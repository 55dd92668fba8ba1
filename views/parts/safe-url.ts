/**
 * An address that a link may have: a path within these pages, or a web page. Anything else, such as `javascript:` or
 * an address without a scheme on another host, becomes `#`.
 */
export function safeUrl(address: string): string {
	// Browsers take spaces and signs below them out of an address before they read its scheme, and read `\` as `/`.
	const plain = [...address]
		.filter((sign) => sign > " " && sign !== "\u007f")
		.join("")
		.replaceAll("\\", "/");
	if (/^https?:\/\/[^/]/i.test(plain)) return escapeAttribute(plain);
	return /^(?:\/(?!\/)|[?#])/.test(plain) ? escapeAttribute(plain) : "#";
}

/**
 * A text as an attribute's value. The renderer takes care of quotes alone, so that `&lt;` in a name would be read as
 * another name.
 */
export function escapeAttribute(text: string): string {
	return text.replaceAll("&", "&amp;");
}
