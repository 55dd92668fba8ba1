/** Makes what several runs of the same say alike, but for what they really differ in. One for each run. */
export class Comparable {
	/** What each text of chance is called, by the order in which they came up. */
	readonly #names = new Map<string, string>();

	/**
	 * @param since epoch ms: every moment from then on was told by the clock
	 * @param known texts that differ from run to run, longer ones before those in them, and what to call them
	 */
	constructor(
		readonly since: number,
		readonly known: Readonly<Record<string, string>>,
	) {}

	/** A text without what came of chance or of the clock. The same chance always has the same name. */
	of(text: string): string {
		let rest = text;
		for (const [said, name] of Object.entries(this.known)) rest = rest.replaceAll(said, name);
		return rest
			.replace(CURSOR, (said) => Buffer.from(said, "base64url").toString())
			.replace(CHANCE, (said) => this.#nameOf(said))
			.replace(ISO, (said) => (Date.parse(said) >= this.since ? "<moment>" : said))
			.replace(EPOCH, (said) => (Number(said) >= this.since ? "<moment>" : said))
			.replace(LATEST, "$1<moment>")
			.replace(DONE_AT, "<moment>")
			.replace(PLACE, "<place>")
			.replace(GONE, "$1<moment>");
	}

	#nameOf(said: string): string {
		const name = this.#names.get(said) ?? `<chance ${this.#names.size + 1}>`;
		this.#names.set(said, name);
		return name;
	}
}

/** UUIDs and other ids, keys and their last letters, codes, digests, secrets, what usage is called until it changes. */
const CHANCE = new RegExp(
	[
		"[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}",
		"pk_[fri][0-9A-Za-z]{38}",
		'(?<="last4": ?"|,(?:full|read|ingest),)[0-9A-Za-z]{4}\\b',
		"(?<![\\w-])(?:[0-9A-Za-z]{24}|[0-9A-Za-z]{27}|[\\w-]{43}|[0-9a-f]{64})(?![\\w-])",
		"(?<=, ends in )[0-9A-Za-z]{4}\\b",
		'(?<=data: |data-usage=")[\\w-]{16}(?![\\w-])',
	].join("|"),
	"g",
);
/** A place in a list: it may be a moment. */
const CURSOR = /(?<=[?&]cursor=)[\w-]+/g;
const ISO = /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g;
const EPOCH = /\b1[7-9]\d{11}\b/g;
/** When a machine was heard of last, as pages tell it. */
const LATEST = /((?:As of|counted until) )(?:\w+ \d+, )?\d\d:\d\d/g;
/** When something was done in an account, as its page tells it. */
const DONE_AT = /(?<=(?:used|since|seen) )\d\d:\d\d|\d\d:\d\d(?=, from [\d.]+<)/g;
/** Where the ledger is, as the admin's page tells it. */
const PLACE = /(?<=<dt>Database<\/dt>).*?(?=<\/dl>)/gs;
/** How much of an hour of the running block is gone, to a thousandth. */
const GONE = /(class="block-hour-gone" width=")[\d.]+%/g;
