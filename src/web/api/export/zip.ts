import { constants, crc32, deflateRawSync } from "node:zlib";

/** A file of an archive. `content` is read when its turn comes, and never held as a whole. */
export type ZipFile = {
	/** ASCII, with `/` between folders. */
	name: string;
	content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
};

/** A file that was written, for the list at the end. */
type Entry = { name: Uint8Array; offset: number; crc: number; packed: number; size: number };

/** So much is packed at once, in bytes: more takes others' time away, less packs worse. */
const BLOCK = 256 * 1_024;

/** From these on numbers stand in fields of ZIP64. */
const MAX_16 = 0xffff;
const MAX_32 = 0xffffffff;

/** Without ZIP64, and with it. */
const VERSION = 20;
const VERSION_64 = 45;
const UNIX = 3 << 8;
/** Its owner may read and write the file. */
const MODE = (0o100600 << 16) >>> 0;
/** Sizes follow the content; names are UTF-8. */
const FLAGS = 0x0808;
const DEFLATE = 8;
const NO_COMMENT = 0;
/** The only disk there is. */
const DISK = 0;

/**
 * A ZIP archive of any number of files of any size, piece by piece: what is not taken is not made. Nobody knows a file's
 * size before its end, so sizes follow it, in 8 bytes where they need them (PKWARE's APPNOTE 6.3.10, 4.3.9 and 4.3.14).
 *
 * @param at when the files were changed last, epoch ms
 */
export async function* zip(
	files: AsyncIterable<ZipFile> | Iterable<ZipFile>,
	at: number,
): AsyncGenerator<Uint8Array, void> {
	const time = dosTime(at);
	const entries: Entry[] = [];
	let offset = 0;
	for await (const file of files) {
		const entry: Entry = { name: Buffer.from(file.name), offset, crc: 0, packed: 0, size: 0 };
		const head = localHeader(entry, time);
		yield head;
		for await (const block of blocksOf(file.content)) {
			entry.crc = crc32(block, entry.crc);
			entry.size += block.length;
			// Each block is packed by itself and ends on a byte, so that they can stand in a row.
			const packed = deflateRawSync(block, { finishFlush: constants.Z_SYNC_FLUSH });
			entry.packed += packed.length;
			yield packed;
		}
		entry.packed += LAST_BLOCK.length;
		yield LAST_BLOCK;
		const sizes = descriptor(entry);
		yield sizes;
		offset += head.length + entry.packed + sizes.length;
		entries.push(entry);
	}
	const begun = offset;
	for (const entry of entries) {
		const listed = centralHeader(entry, time);
		offset += listed.length;
		yield listed;
	}
	yield endOf(entries.length, begun, offset);
}

/** An empty block with the mark that no other follows. */
const LAST_BLOCK = new Uint8Array([3, 0]);

/** Many small pieces as few large ones. */
async function* blocksOf(content: ZipFile["content"]): AsyncGenerator<Uint8Array, void> {
	let pieces: Uint8Array[] = [];
	let size = 0;
	for await (const piece of content) {
		pieces.push(piece);
		size += piece.length;
		if (size < BLOCK) continue;
		yield Buffer.concat(pieces);
		pieces = [];
		size = 0;
	}
	if (size > 0) yield Buffer.concat(pieces);
}

function localHeader({ name }: Entry, time: number): Uint8Array {
	const sizesFollow = [u32(0), u32(0), u32(0)];
	return Buffer.concat([
		u32(0x04034b50),
		u16(VERSION),
		u16(FLAGS),
		u16(DEFLATE),
		u32(time),
		...sizesFollow,
		u16(name.length),
		u16(0),
		name,
	]);
}

function descriptor({ crc, packed, size }: Entry): Uint8Array {
	const of = packed >= MAX_32 || size >= MAX_32 ? u64 : u32;
	return Buffer.concat([u32(0x08074b50), u32(crc), of(packed), of(size)]);
}

function centralHeader({ name, offset, crc, packed, size }: Entry, time: number): Uint8Array {
	const is64 = packed >= MAX_32 || size >= MAX_32 || offset >= MAX_32;
	const extra = is64
		? Buffer.concat([u16(0x0001), u16(24), u64(size), u64(packed), u64(offset)])
		: Buffer.alloc(0);
	const field = (value: number) => u32(is64 ? MAX_32 : value);
	const version = is64 ? VERSION_64 : VERSION;
	return Buffer.concat([
		u32(0x02014b50),
		u16(UNIX | version),
		u16(version),
		u16(FLAGS),
		u16(DEFLATE),
		u32(time),
		u32(crc),
		field(packed),
		field(size),
		u16(name.length),
		u16(extra.length),
		u16(NO_COMMENT),
		u16(DISK),
		u16(0),
		u32(MODE),
		field(offset),
		name,
		extra,
	]);
}

/** @param begun where the list of files begins, and `ended` where it ends */
function endOf(entries: number, begun: number, ended: number): Uint8Array {
	const size = ended - begun;
	const is64 = entries >= MAX_16 || size >= MAX_32 || begun >= MAX_32;
	const end64 = [
		u32(0x06064b50),
		u64(44),
		u16(UNIX | VERSION_64),
		u16(VERSION_64),
		u32(DISK),
		u32(DISK),
		u64(entries),
		u64(entries),
		u64(size),
		u64(begun),
		// Where these stand.
		u32(0x07064b50),
		u32(DISK),
		u64(ended),
		u32(1),
	];
	return Buffer.concat([
		...(is64 ? end64 : []),
		u32(0x06054b50),
		u16(DISK),
		u16(DISK),
		u16(is64 ? MAX_16 : entries),
		u16(is64 ? MAX_16 : entries),
		u32(is64 ? MAX_32 : size),
		u32(is64 ? MAX_32 : begun),
		u16(NO_COMMENT),
	]);
}

function u16(value: number): Buffer {
	const bytes = Buffer.alloc(2);
	bytes.writeUInt16LE(value);
	return bytes;
}

function u32(value: number): Buffer {
	const bytes = Buffer.alloc(4);
	bytes.writeUInt32LE(value);
	return bytes;
}

function u64(value: number): Buffer {
	const bytes = Buffer.alloc(8);
	bytes.writeBigUInt64LE(BigInt(value));
	return bytes;
}

/** Date and time as MS-DOS had them, to two seconds, from 1980 to 2107; here in UTC. */
function dosTime(at: number): number {
	const date = new Date(Math.min(Math.max(at, Date.UTC(1980, 0)), Date.UTC(2107, 11, 31)));
	const day = ((date.getUTCFullYear() - 1980) << 9) | ((date.getUTCMonth() + 1) << 5) | date.getUTCDate();
	const time = (date.getUTCHours() << 11) | (date.getUTCMinutes() << 5) | (date.getUTCSeconds() >> 1);
	return ((day << 16) | time) >>> 0;
}
