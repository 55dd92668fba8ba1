import { inflateRawSync } from "node:zlib";

/** The files of a small archive by their names, read by the list at its end. */
export function unzipped(archive: Uint8Array): Map<string, Buffer> {
	const bytes = Buffer.from(archive.buffer, archive.byteOffset, archive.byteLength);
	const end = bytes.lastIndexOf("PK\u0005\u0006", bytes.length, "latin1");
	if (end < 0) throw new Error("the archive has no end");
	const files = new Map<string, Buffer>();
	let at = bytes.readUInt32LE(end + 16);
	for (let left = bytes.readUInt16LE(end + 10); left > 0; left--) {
		if (bytes.toString("latin1", at, at + 4) !== "PK\u0001\u0002")
			throw new Error("the archive's list is broken");
		const [packed, size] = [bytes.readUInt32LE(at + 20), bytes.readUInt32LE(at + 24)];
		const [nameLength, extra, comment] = [28, 30, 32].map((place) => bytes.readUInt16LE(at + place));
		const local = bytes.readUInt32LE(at + 42);
		const name = bytes.toString("utf8", at + 46, at + 46 + (nameLength ?? 0));
		const begin = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
		const content = inflateRawSync(bytes.subarray(begin, begin + packed));
		if (content.length !== size) throw new Error(`${name} has another size than its entry says`);
		files.set(name, content);
		at += 46 + (nameLength ?? 0) + (extra ?? 0) + (comment ?? 0);
	}
	return files;
}
