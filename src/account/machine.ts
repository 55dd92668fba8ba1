/** An installation. Its identity is a random UUID; the label is only for people. */
export type Machine = {
	uuid: string;
	/** `MACHINE_ID` or the host's name. */
	label: string;
	os?: string | undefined;
	/** promptpulse's version. */
	client?: string | undefined;
	/** IANA zone. */
	zone?: string | undefined;
};

/** Whether a text is a machine's UUID. */
export function isMachineUuid(text: unknown): text is string {
	return typeof text === "string" && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);
}

const SYSTEMS: ReadonlyMap<string, string> = new Map([
	["darwin", "macOS"],
	["linux", "Linux"],
	["win32", "Windows"],
]);

/** What people call a system, of the name that programs have for it. */
export function nameSystem(os: string): string {
	return SYSTEMS.get(os) ?? os;
}
