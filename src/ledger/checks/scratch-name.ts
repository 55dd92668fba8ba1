import { randomBytes } from "node:crypto";

const PREFIX = "promptpulse_doctor_";
const FORM = /^promptpulse_doctor_(\d{13})_[0-9a-f]{8}(?:_[a-z]+|\.db(?:-wal|-shm|-journal)?)$/;

/** What is older than this was left by a run that was killed, in ms. */
const LEFT_AFTER = 60 * 60_000;

/** What the names of all that begin with it have in common, for `glob`. */
export const SCRATCH_GLOB = `${PREFIX}*`;

/** How the names of what one run makes begin; they carry the time. */
export function newScratchName(now: number): string {
	return `${PREFIX}${String(now).padStart(13, "0")}_${randomBytes(4).toString("hex")}`;
}

/** Whether something was left by a run that was killed long ago. Of what has another form of name it never was. */
export function isLeftBehind(name: string, now: number): boolean {
	const at = FORM.exec(name)?.[1];
	return at !== undefined && Number(at) < now - LEFT_AFTER;
}
