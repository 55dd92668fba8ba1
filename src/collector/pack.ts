import type { Machine } from "../account/machine.ts";
import type { UsageEvent } from "../usage/event.ts";
import { encodeEvent, MOST_BYTES, MOST_BYTES_SENT, type Upload } from "../usage/upload.ts";

/** What is sent of a machine's events. */
export function uploadOf({ uuid, label, os, client, zone }: Machine, events: readonly UsageEvent[]): Upload {
	return { v: 1, machine: { id: uuid, label, os, client, zone }, events: events.map(encodeEvent) };
}

/** An upload as it is sent, gzipped JSON; undefined where it is larger than one may be. */
export function packEvents(
	machine: Machine,
	events: readonly UsageEvent[],
): Uint8Array<ArrayBuffer> | undefined {
	const json = Buffer.from(JSON.stringify(uploadOf(machine, events)));
	if (json.length > MOST_BYTES) return undefined;
	const packed = Bun.gzipSync(json);
	return packed.length > MOST_BYTES_SENT ? undefined : packed;
}
