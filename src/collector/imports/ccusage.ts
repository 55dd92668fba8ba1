import { blockStart } from "../../usage/block.ts";
import { isoTime } from "../../usage/day.ts";
import type { BlockRecord } from "../../usage/reported-total.ts";
import {
	addCounts,
	type Counters,
	claudePart,
	countersOf,
	joinCounters,
	recordOf,
	sumOf,
} from "./ccusage-row.ts";
import { refused } from "./import-file.ts";
import type { Place } from "./place.ts";
import { type Counts, Gathering, type ImportedTotals, MOST_ROWS } from "./totals.ts";

type Kind = "daily" | "session" | "blocks" | "coarse";

/** Names under which lists stood, over the versions. */
const LISTS: Readonly<Record<string, Kind>> = {
	daily: "daily",
	session: "session",
	sessions: "session",
	blocks: "blocks",
	weekly: "coarse",
	monthly: "coarse",
};

const SESSION_ID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;
/** What one agent of a session used; which session it was is not told. */
const AGENT_ID = /^agent-[\w-]+$/;
const NO_PROJECT = "Unknown Project";

/**
 * Reads what `ccusage --json` wrote, of versions 15 to 20.
 *
 * @param label of which machine it tells
 * @throws AppError `usage` for anything that is not understood: then nothing of the file is taken
 */
export function readCcusage(file: Place, label: string): ImportedTotals {
	return new CcusageFile(file, label).read();
}

/** Rows of the same that were found, with what they come to together. */
type Joined = Map<string, { row: Place; counters: Counters }>;

class CcusageFile {
	readonly #gathering = new Gathering();
	/** What the rows of each list come to. */
	readonly #sums: Counts[] = [];
	/** Rows that are no sessions. */
	#parts = 0;

	constructor(
		readonly file: Place,
		readonly label: string,
	) {}

	read(): ImportedTotals {
		this.#readLists();
		this.#compareTotals();
		const { leftOut } = this.#gathering.totals;
		if (leftOut.mixed_agents) {
			this.#gathering.note(
				"Days on which other programs than Claude Code were used cannot be taken apart: ccusage claude daily --json writes Claude Code's alone.",
			);
		}
		if (this.#parts > 0) {
			this.#gathering.note(
				`${this.#parts.toLocaleString("en-US")} of the sessions are sums of a whole folder, as ccusage wrote them before version 19, or of an agent alone: they stay listed beside the sessions that are known.`,
			);
		}
		return this.#gathering.finish();
	}

	#readLists(): void {
		const { file } = this;
		const projects = file.isObject ? file.find("projects") : undefined;
		if (projects?.isObject) this.#readProjects(projects);
		else for (const { kind, list } of this.#findLists()) this.#readRows(kind, list);
	}

	/** The lists of the file; where one tells days, sessions or blocks, weeks and months beside it say nothing more. */
	#findLists(): { kind: Kind | undefined; list: Place }[] {
		const { file } = this;
		if (file.isList) return [{ kind: kindOfRows(file), list: file }];
		if (!file.isObject) this.#refuseShape();
		const [data, type] = [file.find("data"), file.find("type")];
		if (data && type) return [{ kind: kindNamed(type.name()), list: data }];
		const found = Object.keys(LISTS).flatMap((name) => {
			const list = file.find(name);
			return list ? [{ kind: kindNamed(name), list }] : [];
		});
		if (found.length === 0) this.#refuseShape();
		const fine = found.filter(({ kind }) => kind !== "coarse");
		return fine.length > 0 ? fine : found;
	}

	#readRows(kind: Kind | undefined, list: Place): void {
		if (kind === undefined) this.#refuseShape();
		if (kind === "coarse") throw refusedAsCoarse(this.file);
		const sum = this.#beginSum();
		const folders: Joined = new Map();
		for (const row of list.list(MOST_ROWS)) {
			if (kind === "daily") this.#readDay(row, sum);
			else if (kind === "session") this.#readSession(row, sum, folders);
			else this.#readBlock(row, sum);
		}
		for (const [id, { row, counters }] of folders) this.#addSession(row, id, counters);
	}

	/** Days by project: a day is what its projects come to. */
	#readProjects(projects: Place): void {
		const sum = this.#beginSum();
		const days: Joined = new Map();
		let rows = 0;
		for (const [, project] of projects.entries()) {
			const ofProject = new Map<number, string>();
			for (const row of project.list(MOST_ROWS - rows)) {
				rows++;
				const day = row.need("date", "period").day();
				const before = ofProject.get(day);
				if (before !== undefined) row.refuse(`tells of the same as ${before}`);
				ofProject.set(day, row.path);
				const counters = countersOf(row);
				addCounts(sum, counters);
				joinRow(days, `${day}`, row, counters);
			}
		}
		for (const [day, { row, counters }] of days) this.#addDay(row, Number(day), counters);
	}

	#readDay(row: Place, sum: Counts): void {
		const day = row.need("date", "period").day();
		const counters = this.#ownCounters(row, sum);
		if (counters) this.#addDay(row, day, counters);
	}

	#addDay(row: Place, date: number, counters: Counters): void {
		const record = { ...recordOf(this.label, counters), date, model_breakdowns: counters.parts };
		this.#gathering.addDay(row, record, counters.told);
	}

	/** @param folders where sums of folders gather that cannot be told apart: version 15 called them all alike */
	#readSession(row: Place, sum: Counts, folders: Joined): void {
		const id = row.need("sessionId", "session", "period").name();
		const counters = this.#ownCounters(row, sum);
		if (!counters) return;
		if (isFolder(id) && !row.find("projectPath")) joinRow(folders, id, row, counters);
		else this.#addSession(row, id, counters);
	}

	#addSession(row: Place, id: string, counters: Counters): void {
		const path = row.find("projectPath")?.name();
		const folder = path === NO_PROJECT ? undefined : path;
		if (!SESSION_ID.test(id)) this.#parts++;
		const first = row.find("firstActivity")?.moment();
		const last = (row.find("metadata")?.find("lastActivity") ?? row.need("lastActivity")).moment();
		if (first !== undefined && first > last) row.refuse("ends before it begins");
		const record = {
			...recordOf(this.label, counters),
			// Folders of side chains are all called alike.
			session_id: isFolder(id) && folder ? `${folder}/${id}` : id,
			project_path: folder ?? (isFolder(id) ? id : null),
			start_time: first ?? last,
			end_time: last,
			duration_minutes: first === undefined ? null : (last - first) / 60_000,
			model_breakdowns: counters.parts,
		};
		this.#gathering.addSession(row, record, counters.told);
	}

	#readBlock(row: Place, sum: Counts): void {
		const start = row.need("startTime", "blockStart");
		if (row.find("isGap")?.flag()) {
			this.#gathering.leaveOut("gap");
			return;
		}
		const counters = this.#ownCounters(row, sum);
		if (!counters) return;
		const [from, end] = [start.moment(), row.need("endTime", "blockEnd").endAfter(start)];
		const lastAt = row.find("actualEndTime")?.moment();
		const named = row.find("id")?.name() ?? isoTime(from);
		// Version 15 began a block with its first response, later ones with the full hour before: it is the same block.
		const early = from - blockStart(from);
		const record: BlockRecord = {
			...recordOf(this.label, counters),
			block_id: named === isoTime(from) ? isoTime(from - early) : named,
			start_time: from - early,
			end_time: Math.max(end - early, lastAt ?? 0),
			actual_end_time: lastAt,
			entry_count: row.find("entries")?.count(),
		};
		this.#gathering.addBlock(row, record, counters.told);
	}

	/** What of a row is Claude Code's. The sum is of all, as the file's own is. */
	#ownCounters(row: Place, sum: Counts): Counters | undefined {
		const whole = countersOf(row);
		addCounts(sum, whole);
		const part = claudePart(row);
		if (typeof part !== "string") return part === row ? whole : countersOf(part);
		this.#gathering.leaveOut(part);
		return undefined;
	}

	#beginSum(): Counts {
		const sum = { input: 0, output: 0, cacheWrite: 0, cacheRead: 0, cost: 0 };
		this.#sums.push(sum);
		return sum;
	}

	/** The file's own sum should be what its rows come to; where it has several lists, those of one. */
	#compareTotals(): void {
		const totals = this.file.isObject ? this.file.find("totals", "summary") : undefined;
		if (!totals?.isObject) return;
		const told = Object.entries(sumOf(totals));
		const isTold = this.#sums.some((sum) =>
			told.every(([name, value]) => {
				const counted = sum[name as keyof Counts];
				return Math.abs(counted - value) <= Math.max(1e-6, counted * 1e-9);
			}),
		);
		if (isTold) return;
		this.#gathering.note(
			`${totals.path} is not what the rows add up to, so the file was cut or changed. The rows are what counts.`,
		);
	}

	#refuseShape(): never {
		const { file } = this;
		if (file.isObject && file.find("entries") && file.find("sessionId")) {
			throw refused(file.origin.file, "is of one session alone", `Nothing was changed. ${MEANT}`);
		}
		throw refused(
			file.origin.file,
			`has no shape of ccusage's that is known here${namesIn(file)}`,
			`Nothing was changed. ${MEANT} Versions 15 to 20 are known.`,
		);
	}
}

const MEANT = "Import what ccusage daily --json, session --json or blocks --json writes.";

/** The oldest versions summed folders of transcripts, and called them sessions. */
function isFolder(id: string): boolean {
	return !SESSION_ID.test(id) && !AGENT_ID.test(id);
}

function kindNamed(name: string): Kind | undefined {
	return Object.hasOwn(LISTS, name) ? LISTS[name] : undefined;
}

/** An empty list is what the older versions write where there is no usage. */
function kindOfRows(list: Place): Kind | undefined {
	const [row] = list.list(MOST_ROWS);
	if (!row) return "daily";
	if (row.find("startTime", "blockStart")) return "blocks";
	if (row.find("sessionId", "session")) return "session";
	if (row.find("week", "month")) return "coarse";
	return row.find("date", "period") ? "daily" : undefined;
}

function joinRow(joined: Joined, name: string, row: Place, counters: Counters): void {
	const known = joined.get(name);
	joined.set(
		name,
		known ? { ...known, counters: joinCounters(known.counters, counters) } : { row, counters },
	);
}

/** What an object of no known shape holds, by name. */
function namesIn(file: Place): string {
	const names = file.isObject ? Object.keys(file.object()).map((name) => name.slice(0, 32)) : [];
	return names.length > 0 ? ` (it holds ${names.slice(0, 5).join(", ")})` : "";
}

function refusedAsCoarse({ origin }: Place): Error {
	return refused(
		origin.file,
		"has weeks or months, and what they come to cannot be told by day",
		"Nothing was changed. Run ccusage daily --json and import what it writes.",
	);
}
