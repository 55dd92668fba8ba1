const BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/** The largest multiple of 62 that a byte can hold: bytes from there on would make some characters likelier. */
const FAIR = 248;

/** Random characters, each of 62 with equal chance: 32 of them are 190 bits. */
export function randomBase62(length: number): string {
	let text = "";
	while (text.length < length) {
		for (const byte of crypto.getRandomValues(new Uint8Array(length))) {
			if (byte < FAIR && text.length < length) text += BASE62[byte % BASE62.length];
		}
	}
	return text;
}

/** A number in base 62, filled up with zeros. */
export function toBase62(number: number, length: number): string {
	let text = "";
	for (let rest = number; text.length < length; rest = Math.floor(rest / BASE62.length)) {
		text = BASE62.charAt(rest % BASE62.length) + text;
	}
	return text;
}

/** What is kept of a secret: SHA-256, base64url. Secrets here are random and long, so nothing slower is needed. */
export function digestOf(secret: string): string {
	return new Bun.CryptoHasher("sha256").update(secret).digest("base64url");
}
