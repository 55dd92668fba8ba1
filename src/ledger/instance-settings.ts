import type { Reader, Transaction } from "./database.ts";

/** How a setting stands as text, and what it is where nobody ever set it. */
type Setting<Value> = { usual: Value; read(text: string): Value; write(value: Value): string };

const flag: Setting<boolean> = {
	usual: false,
	read: (text) => text === "1",
	write: (value) => (value ? "1" : "0"),
};

const number: Setting<number | null> = {
	usual: null,
	read: (text) => (text === "" ? null : Number(text)),
	write: (value) => (value === null ? "" : String(value)),
};

/** What admins settle for a whole server. A name is that of a row, so it stays as it is. */
export type InstanceSettings = {
	/** Whether there is a leaderboard. */
	leaderboard: boolean;
	/** Since when (epoch ms) admins see everyone's sessions and project names; null where they do not. */
	usageOpenedAt: number | null;
	/** For how many months single responses are kept of who settled nothing; null: for good. */
	retention: number | null;
	/** For how many months they are kept of anybody at the most. */
	retentionMost: number | null;
	/** Up to which moment (epoch ms) retention goes: it follows the clock, though not a clock that jumps. */
	retainedAt: number | null;
};

const SETTINGS: { [Name in keyof InstanceSettings]: Setting<InstanceSettings[Name]> } = {
	leaderboard: flag,
	usageOpenedAt: number,
	retention: number,
	retentionMost: number,
	retainedAt: number,
};

export type InstanceSettingName = keyof InstanceSettings;

/** All of them. */
export async function findInstanceSettings(db: Reader): Promise<InstanceSettings> {
	const rows = await db.all<{ name: string; value: string }>(
		"select name, value from settings where name in (select value from json_each(?)) order by name",
		[JSON.stringify(Object.keys(SETTINGS))],
	);
	const kept = new Map(rows.map(({ name, value }) => [name, value]));
	const settled = Object.entries(SETTINGS).map(([name, { usual, read }]) => {
		const text = kept.get(name);
		return [name, text === undefined ? usual : read(text)];
	});
	return Object.fromEntries(settled) as InstanceSettings;
}

export async function saveInstanceSetting<Name extends InstanceSettingName>(
	tx: Transaction,
	name: Name,
	value: InstanceSettings[Name],
): Promise<void> {
	await tx.run(
		"insert into settings (name, value) values (?, ?) on conflict do update set value = excluded.value",
		[name, SETTINGS[name].write(value)],
	);
}
