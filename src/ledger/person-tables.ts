/** A table that has rows of persons. */
export type PersonTable = {
	name: string;
	/** Its primary key. */
	key: readonly string[];
	/** Which rows are a person's; every `?` is the person's number. */
	condition: string;
};

function owned(name: string, ...key: string[]): PersonTable {
	return { name, key, condition: "user = ?" };
}

/** What an account consists of: without it nobody comes in, and nothing is sent to anyone. Few rows each. */
export const ACCOUNT_TABLES: readonly PersonTable[] = [
	owned("api_keys", "id"),
	owned("web_sessions", "id"),
	owned("login_links", "digest"),
	{ name: "invites", key: ["id"], condition: "created_by = ? or used_by = ?" },
	owned("mails", "id"),
	owned("mail_links", "digest"),
	owned("preferences", "user"),
	owned("accounts", "user"),
];

/** Usage and its names, any number of rows. What refers to others stands before them. */
export const USAGE_TABLES: readonly PersonTable[] = [
	owned("events", "change"),
	{
		name: "set_aside",
		key: ["target", "key"],
		condition: "target in (select id from push_targets where user = ?)",
	},
	{
		name: "sent_totals",
		key: ["target", "kind", "label", "name"],
		condition: "target in (select id from push_targets where user = ?)",
	},
	{
		name: "sent_labels",
		key: ["target", "machine"],
		condition: "target in (select id from push_targets where user = ?)",
	},
	owned("push_targets", "id"),
	{
		name: "folder_sessions",
		key: ["folder", "session"],
		condition: "folder in (select id from folders where user = ?)",
	},
	owned("usage_slots", "user", "slot", "machine", "project", "model"),
	owned("usage_days", "user", "day", "machine", "project", "model"),
	owned("usage_months", "user", "month", "machine", "project", "model"),
	owned("model_days", "user", "day", "model"),
	owned("branch_days", "user", "day", "project", "branch", "model"),
	owned("session_parts", "user", "session", "machine", "project", "model"),
	owned("person_days", "user", "day"),
	owned("person_months", "user", "month"),
	owned("blocks", "user", "start"),
	owned("machine_days", "user", "machine", "day"),
	owned("reported_senders", "user", "machine"),
	owned("reported_days", "user", "label", "day"),
	owned("reported_sessions", "user", "label", "session"),
	owned("reported_blocks", "user", "label", "block"),
	owned("machines", "id"),
	owned("projects", "id"),
	owned("sessions", "id"),
	owned("branches", "id"),
	owned("models", "id"),
	owned("agents", "id"),
	owned("versions", "id"),
	owned("folders", "id"),
];

/** Tables whose rows of a person go in a way of their own; see `erase.ts`. */
export const OWN_WAY: Readonly<Record<string, string>> = {
	audit_log: "entries stay, and say no more whom they were about",
	erasures: "stands for the person until nothing else does",
	users: "goes last, so that no number is given out twice",
};

/** Tables that have nothing of a person. */
export const WITHOUT_PERSONS: Readonly<Record<string, string>> = {
	attempts: "tries by address or by secret, forgotten within the hour",
	commits: "marks of transactions, on SQLite Cloud",
	counters: "how far numbers were given out",
	files: "a machine's own transcripts; a server has none",
	jobs: "what servers do by the clock",
	migrations: "steps of the schema",
	push_waits: "servers that a machine leaves alone for a while",
	settings: "of the whole ledger",
};
