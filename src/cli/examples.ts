/** A call of a command, and what it is for. */
export type Example = readonly [call: string, what: string];

/** What people call most, by the command's words. Help and the reference show them. */
export const EXAMPLES: Readonly<Record<string, readonly Example[]>> = {
	summary: [
		["promptpulse", "today, 7 days, 30 days and ever"],
		["promptpulse summary --json", "the same for programs"],
	],
	report: [
		["promptpulse report", "day by day"],
		["promptpulse report monthly --breakdown", "months, and each model's part of them"],
		["promptpulse report project --since 2026-11-01", "projects of this month, the dearest first"],
		["promptpulse report session --project shop --order asc", "one project's sessions, the oldest first"],
		["promptpulse report daily --model '!claude-opus-5-5'", "days without one model"],
		["promptpulse report blocks --live", "the running 5-hour block, until Ctrl-C"],
		["promptpulse report daily --csv > days.csv", "for a spreadsheet"],
	],
	collect: [
		["promptpulse collect", "keep what is new, and send it where a server is set"],
		["promptpulse collect --dry-run", "see what would be sent"],
		["promptpulse collect -g daily", "send only totals of days"],
		["promptpulse collect --detach --debounce 60s", "from a hook, which must not wait"],
	],
	status: [["promptpulse status", "see how the last collect went"]],
	verify: [["promptpulse verify", "find days that the server has otherwise"]],
	dashboard: [
		["promptpulse dashboard", "open your pages"],
		["promptpulse dashboard --local --no-open", "this machine's own, by a link to open yourself"],
		["promptpulse dashboard --sample", "look around in made-up data"],
	],
	login: [
		["promptpulse login --server https://usage.example.com --invite CODE", "make an account there"],
		["promptpulse login --key-stdin < key.txt", "use one that there is"],
		["promptpulse login --ingest-only", "keep a key here that can only send"],
	],
	setup: [
		["promptpulse setup", "collect every 15 minutes"],
		["promptpulse setup --interval daily", "once a day"],
		["promptpulse setup --hook", "after every answer of Claude Code"],
		["promptpulse setup --status", "see what is installed"],
		["promptpulse setup --remove --hook", "take all of it away"],
	],
	logout: [["promptpulse logout", "forget the key"]],
	doctor: [
		["promptpulse doctor", "find out why a number is missing"],
		["promptpulse doctor --fix", "and mend what can be mended without harm"],
		["promptpulse doctor --database", "try out the database of DATABASE_URL"],
	],
	whoami: [["promptpulse whoami", "see where usage goes"]],
	"config get": [["promptpulse config get projectPrivacy", "one setting"]],
	"config set": [
		["promptpulse config set projectPrivacy hash", "send hashes in place of projects' names"],
		["promptpulse config set machineLabel desk", "call this machine otherwise"],
	],
	"config unset": [["promptpulse config unset machineLabel", "the host name again"]],
	"config list": [["promptpulse config list", "all settings, and where each comes from"]],
	"config project": [
		["promptpulse config project ~/client-x --alias client", "is called so at the server"],
		["promptpulse config project ~/secret --ignore", "never leaves this machine"],
		["promptpulse config project --list", "see what is settled"],
	],
	completion: [["promptpulse completion zsh", "print it for zsh"]],
	licenses: [
		["promptpulse licenses", "all licences, in full"],
		["promptpulse licenses --json", "the same for programs"],
	],
	"import ccusage": [
		["ccusage daily --json > days.json", "let ccusage write what it has counted"],
		["promptpulse import ccusage days.json", "and take it in"],
		["promptpulse import ccusage days.json --machine desk", "it was counted on another machine"],
	],
	"import predecessor": [
		["promptpulse import predecessor old.db --user ada", "from the former server's database"],
		["promptpulse import predecessor - < days.json", "from what it answered"],
	],
	"import list": [["promptpulse import list", "see what was imported"]],
	"import remove": [["promptpulse import remove ccusage", "take it out again"]],
	serve: [
		["promptpulse serve", "on this machine, for this machine"],
		["promptpulse serve --host 0.0.0.0 --port 8080", "for others, behind a proxy with https"],
		["promptpulse serve --check", "only look whether the settings are sound"],
	],
	"user create": [["promptpulse user create grace --role admin", "an admin's account"]],
	"user list": [["promptpulse user list", "see who has an account"]],
	"user disable": [
		["promptpulse user disable bob", "shut somebody out at once"],
		["promptpulse user disable bob --enable", "let them in again"],
	],
	"user reset-key": [["promptpulse user reset-key bob", "when a key was lost"]],
	"user erase": [["promptpulse user erase bob --yes", "for good"]],
	"user config show": [["promptpulse user config show", "the same as config list"]],
	"invite create": [["promptpulse invite create --hours 24", "a code for one person, good for a day"]],
	"invite list": [["promptpulse invite list", "see which were used"]],
	backup: [["promptpulse backup /backups/ledger.db", "while the server runs"]],
	restore: [["promptpulse restore /backups/ledger.db --force", "in place of the ledger that is there"]],
	migrate: [
		["promptpulse migrate", "bring this machine's ledger to date"],
		["promptpulse migrate --dry-run", "only tell what that would change"],
		["promptpulse migrate --reprice", "price everything by today's prices"],
		["promptpulse migrate --from server.db", "copy it into the database of DATABASE_URL"],
	],
};

/** The examples of a command as the end of its help; empty where there are none. */
export function examplesText(path: string): string {
	const examples = EXAMPLES[path] ?? [];
	if (examples.length === 0) return "";
	const lines = examples.flatMap(([call, what]) => [`  ${call}`, `      ${what}`]);
	return `\nExamples:\n${lines.join("\n")}`;
}
