import type { Machine } from "../account/machine.ts";
import type { UsageEvent } from "../usage/event.ts";
import { encodeEvent, MOST_BYTES, MOST_BYTES_SENT, type Upload } from "../usage/upload.ts";

/** An upload as it is sent, gzipped JSON; undefined where it is larger than one may be. */
export function packEvents(
	{ uuid, label, os, client, zone }: Machine,
	events: readonly UsageEvent[],
): Uint8Array<ArrayBuffer> | undefined {
	const machine = { id: uuid, label, os, client, zone };
	const json = Buffer.from(
		JSON.stringify({ v: 1, machine, events: events.map(encodeEvent) } satisfies Upload),
	);
	if (json.length > MOST_BYTES) return undefined;
	const packed = Bun.gzipSync(json);
	return packed.length > MOST_BYTES_SENT ? undefined : packed;
}
