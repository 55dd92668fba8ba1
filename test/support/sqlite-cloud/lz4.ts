const SHORTEST_MATCH = 4;
/** The format asks for a last match that begins 12 bytes before the end, and for 5 literal bytes after it. */
const LAST_MATCH = 12;
const LAST_LITERALS = 5;
const FARTHEST = 65_535;
const HASH_BITS = 14;

/** Packs bytes as one raw LZ4 block, which holds neither its length nor a checksum. */
export function compressBlock(source: Buffer): Buffer {
	const target = Buffer.allocUnsafe(source.length + Math.ceil(source.length / 255) + 16);
	/** Where four bytes of this hash were seen last, plus one. */
	const seen = new Int32Array(1 << HASH_BITS);
	let written = 0;
	let literalsFrom = 0;

	const writeRun = (beyond: number) => {
		for (; beyond >= 255; beyond -= 255) target[written++] = 255;
		target[written++] = beyond;
	};
	/** The literals up to `end`, and a match unless it is the last run, which has a length of 0. */
	const writeSequence = (end: number, distance: number, matchLength: number) => {
		const literals = end - literalsFrom;
		const beyond = Math.max(matchLength - SHORTEST_MATCH, 0);
		target[written++] = (Math.min(literals, 15) << 4) | Math.min(beyond, 15);
		if (literals >= 15) writeRun(literals - 15);
		written += source.copy(target, written, literalsFrom, end);
		if (matchLength === 0) return;
		written = target.writeUInt16LE(distance, written);
		if (beyond >= 15) writeRun(beyond - 15);
		literalsFrom = end + matchLength;
	};

	let at = 0;
	while (at <= source.length - LAST_MATCH) {
		const word = source.readInt32LE(at);
		const hash = Math.imul(word, 0x9e3779b1) >>> (32 - HASH_BITS);
		const candidate = (seen[hash] as number) - 1;
		seen[hash] = at + 1;
		if (candidate < 0 || at - candidate > FARTHEST || source.readInt32LE(candidate) !== word) {
			at++;
			continue;
		}
		const most = source.length - LAST_LITERALS - at;
		let length = SHORTEST_MATCH;
		while (length < most && source[candidate + length] === source[at + length]) length++;
		writeSequence(at, at - candidate, length);
		at = literalsFrom;
	}
	writeSequence(source.length, 0, 0);
	return target.subarray(0, written);
}
