import { ByteWriter } from "./byte-writer.ts";
import { compressBlock } from "./lz4.ts";
import type { SqlValue } from "./requests.ts";

/** What a statement or command answers. */
export type Reply =
	| { type: "text"; text: string }
	| { type: "value"; value: SqlValue }
	| { type: "array"; values: SqlValue[] }
	| { type: "rowset"; columns: Column[]; rows: SqlValue[][]; maxRows?: number }
	| { type: "error"; code: number; extendedCode: number; offset: number; message: string };

/** A column of a rowset; `declared` is the type of its declaration, empty for an expression. */
export type Column = { name: string; declared: string };

/** How rowsets are to be sent: one with more bytes of data or more rows than this goes in chunks. */
export type RowsetForm = { version: 1 | 2; maxChunkSize: number; maxRows: number; compressed: boolean };

export const OK: Reply = { type: "text", text: "OK" };

const END_OF_CHUNKS = Buffer.from("/6 0 0 0 ");

export function makeError(code: number, message: string, extendedCode = 0, offset = -1): Reply {
	return { type: "error", code, extendedCode, offset, message };
}

export function encodeReply(reply: Reply, form: RowsetForm): Buffer {
	switch (reply.type) {
		case "text":
			return withLength("+", reply.text);
		case "value":
			return encodeValues([reply.value]);
		case "array":
			return withLength(
				"=",
				Buffer.concat([Buffer.from(`${reply.values.length} `), encodeValues(reply.values)]),
			);
		case "error":
			return withLength("-", `${reply.code}:${reply.extendedCode}:${reply.offset} ${reply.message}`);
		case "rowset":
			return encodeRowset(reply.columns, reply.rows, { ...form, maxRows: reply.maxRows ?? form.maxRows });
	}
}

function encodeValues(values: SqlValue[]): Buffer {
	const writer = new ByteWriter();
	for (const value of values) writer.writeValue(value);
	return writer.slice();
}

function withLength(type: string, body: string | Buffer): Buffer {
	const bytes = Buffer.from(body as string);
	return Buffer.concat([Buffer.from(`${type}${bytes.length} `), bytes]);
}

function encodeRowset(columns: Column[], rows: SqlValue[][], form: RowsetForm): Buffer {
	const chunks = cutIntoChunks(columns, rows, form);
	const [only] = chunks;
	if (only && chunks.length === 1) return encodePart("*", "0", only, columns.length, form);
	const parts = chunks.map((chunk, index) => encodePart("/", `${index + 1}`, chunk, columns.length, form));
	return Buffer.concat([...parts, END_OF_CHUNKS]);
}

type Chunk = { rows: number; data: Buffer };

/** Whole rows, as many as fit, at least one; the first chunk begins with what is told of the columns. */
function cutIntoChunks(columns: Column[], rows: SqlValue[][], form: RowsetForm): Chunk[] {
	const chunks: Chunk[] = [];
	const writer = new ByteWriter();
	writeColumns(writer, columns, form.version);
	let start = 0;
	let count = 0;
	for (const row of rows) {
		const rowStart = writer.length;
		for (const value of row) writer.writeValue(value);
		if (count > 0 && (writer.length - start > form.maxChunkSize || count === form.maxRows)) {
			chunks.push({ rows: count, data: writer.slice(start, rowStart) });
			start = rowStart;
			count = 0;
		}
		count++;
	}
	chunks.push({ rows: count, data: writer.slice(start) });
	return chunks;
}

function writeColumns(writer: ByteWriter, columns: Column[], version: 1 | 2): void {
	for (const { name } of columns) writer.writeValue(name);
	if (version === 1) return;
	for (const { declared } of columns) writer.writeValue(declared);
	// Where a column comes from, SQLite tells no one here: database, table and origin name stay as for expressions.
	for (let text = 0; text < 3; text++) for (const _ of columns) writer.writeValue("");
	for (let flag = 0; flag < 3; flag++) for (const _ of columns) writer.writeValue(0n);
}

function encodePart(type: string, index: string, chunk: Chunk, columns: number, form: RowsetForm): Buffer {
	const head = `${index}:${form.version} ${chunk.rows} ${columns} `;
	if (!form.compressed) return withLength(type, Buffer.concat([Buffer.from(head), chunk.data]));
	const packed = compressBlock(chunk.data);
	const clear = Buffer.from(`${packed.length} ${chunk.data.length} ${type}0 ${head}`);
	return withLength("%", Buffer.concat([clear, packed]));
}
