import type { SqlValue } from "./requests.ts";

/** Bytes that grow at their end. */
export class ByteWriter {
	#bytes = Buffer.allocUnsafe(1024);
	length = 0;

	writeText(text: string): void {
		const bytes = Buffer.byteLength(text);
		this.#grow(bytes);
		this.length += this.#bytes.write(text, this.length);
	}

	writeBytes(bytes: Uint8Array): void {
		this.#grow(bytes.length);
		this.#bytes.set(bytes, this.length);
		this.length += bytes.length;
	}

	writeValue(value: SqlValue): void {
		if (value === null) this.writeText("_ ");
		else if (typeof value === "bigint") this.writeText(`:${value} `);
		else if (typeof value === "number") this.writeText(`,${formatDouble(value)} `);
		else if (typeof value === "string") this.writeText(`+${Buffer.byteLength(value)} ${value}`);
		else {
			this.writeText(`$${value.length} `);
			this.writeBytes(value);
		}
	}

	/** What was written from `start` to `end`, a copy. */
	slice(start = 0, end = this.length): Buffer {
		return Buffer.from(this.#bytes.subarray(start, end));
	}

	#grow(by: number): void {
		if (this.length + by <= this.#bytes.length) return;
		const larger = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.length + by));
		larger.set(this.#bytes.subarray(0, this.length));
		this.#bytes = larger;
	}
}

/** The shortest text that is read back as the same double; a whole one keeps its point, as SQLite writes it. */
function formatDouble(value: number): string {
	if (!Number.isFinite(value)) return value > 0 ? "Inf" : "-Inf";
	const text = String(value);
	return /^-?\d+$/.test(text) ? `${text}.0` : text;
}
