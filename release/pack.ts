/** No time and no name stand in it, and this library makes the same bytes on every processor. */
const PACKING = { library: "libdeflate", level: 6 } as const;

/** The content as a `.gz` file: the same content makes the same bytes. */
export function packed(content: Uint8Array<ArrayBuffer>): Uint8Array {
	return Bun.gzipSync(content, PACKING);
}
