import { BLOCK_MS, blockStart } from "./block.ts";
import { dayText, isoTime, type ZoneClock } from "./day.ts";
import type { TotalKind } from "./granularity.ts";
import { dollars } from "./usage.ts";

/**
 * What one response used of one model. `machine`: its machine's UUID, `label` what that is called; `cost` in nano-dollars, 0
 * without a price.
 */
export type CountedPart = {
	at: number;
	machine: string;
	label: string;
	session: string;
	/** As it is kept; empty where none is known. */
	project: string;
	model: string;
	input: number;
	output: number;
	cacheWrite: number;
	cacheRead: number;
	cost: number;
	/** 0 for an extra part. */
	responses: number;
};

/**
 * A total under its machine's name and its own: what a server knows it by. `record`: as it travels. `told`: all that it
 * says, its project as it is kept here, so that it stays the same whatever that is called elsewhere.
 */
export type SentTotal = { label: string; name: string; record: object; told: string };

/** What totals are made with. */
export type TotalRules = {
	/** Of the person's days. */
	clock: ZoneClock;
	/** A project's name as it may leave the machine. */
	veil: (project: string) => string | undefined;
};

/** Adds up totals of one kind. Parts of one label have to come in order of time. */
export class TotalCounter {
	readonly #groups = new Map<string, Group>();
	/** By label, the start of the running block. */
	readonly #blocks = new Map<string, number>();

	constructor(
		readonly kind: TotalKind,
		readonly rules: TotalRules,
	) {}

	add(part: CountedPart): void {
		const name = this.#nameOf(part);
		const id = JSON.stringify([part.label, name]);
		const group = this.#groups.get(id) ?? new Group(part.label, name, part.at);
		this.#groups.set(id, group);
		group.add(part);
	}

	/** In the order of their first responses. */
	finish(): SentTotal[] {
		const recordOf = { daily: dayRecord, session: sessionRecord, blocks: blockRecord }[this.kind];
		return [...this.#groups.values()].map((group) => {
			const { label, name, project } = group;
			const record = recordOf(group, this.rules);
			const told = "project_path" in record ? { ...record, project_path: project } : record;
			return { label, name, record, told: JSON.stringify(told) };
		});
	}

	#nameOf({ at, label, session }: CountedPart): string {
		if (this.kind === "daily") return dayText(this.rules.clock.dayAt(at));
		return this.kind === "session" ? session : isoTime(this.#blockOf(label, at));
	}

	/** A block is open for five hours from the full hour before its first response on. */
	#blockOf(label: string, at: number): number {
		const running = this.#blocks.get(label);
		if (running !== undefined && at <= running + BLOCK_MS) return running;
		const start = blockStart(at);
		this.#blocks.set(label, start);
		return start;
	}
}

type Sums = Pick<CountedPart, "input" | "output" | "cacheWrite" | "cacheRead" | "cost" | "responses">;

/** What a day, a session or a block comes to; models in order of appearance. */
class Group {
	readonly models = new Map<string, Sums>();
	readonly projects = new Map<string, number>();
	readonly machines = new Set<string>();
	lastAt: number;

	constructor(
		readonly label: string,
		readonly name: string,
		readonly firstAt: number,
	) {
		this.lastAt = firstAt;
	}

	add(part: CountedPart): void {
		this.lastAt = part.at;
		this.machines.add(part.machine);
		const sums = this.models.get(part.model) ?? { ...NOTHING };
		addTo(sums, part);
		this.models.set(part.model, sums);
		this.projects.set(part.project, (this.projects.get(part.project) ?? 0) + part.responses);
	}

	get sums(): Sums {
		const all = { ...NOTHING };
		for (const sums of this.models.values()) addTo(all, sums);
		return all;
	}

	/** The one with most responses; of equals the first by name. */
	get project(): string {
		const [first] = [...this.projects].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
		return first?.[0] ?? "";
	}
}

const NOTHING: Sums = { input: 0, output: 0, cacheWrite: 0, cacheRead: 0, cost: 0, responses: 0 };

function addTo(sums: Sums, part: Sums): void {
	sums.input += part.input;
	sums.output += part.output;
	sums.cacheWrite += part.cacheWrite;
	sums.cacheRead += part.cacheRead;
	sums.cost += part.cost;
	sums.responses += part.responses;
}

/** More models or machines no server takes in one record. */
const MOST_MODELS = 100;
const MOST_MACHINES = 100;
const LONGEST_MINUTES = 525_600;

/** Field names are those of the program before, whose uploads servers keep; it knew no `machines`. */
function countedRecord(group: Group) {
	const { sums, label } = group;
	return {
		machine_id: label,
		machines: [...group.machines].sort().slice(0, MOST_MACHINES),
		input_tokens: sums.input,
		output_tokens: sums.output,
		cache_creation_tokens: sums.cacheWrite,
		cache_read_tokens: sums.cacheRead,
		total_tokens: tokensOf(sums),
		total_cost: dollars(sums.cost),
		models_used: [...group.models.keys()].slice(0, MOST_MODELS),
	};
}

function tokensOf({ input, output, cacheWrite, cacheRead }: Sums): number {
	return input + output + cacheWrite + cacheRead;
}

/** The person's days at a server may begin at other moments, so it is told when this one was. */
function dayRecord(group: Group, { clock }: TotalRules) {
	const day = clock.dayAt(group.firstAt);
	return {
		date: group.name,
		start_time: isoTime(clock.startOf(day)),
		end_time: isoTime(clock.startOf(day + 1)),
		...countedRecord(group),
		model_breakdowns: breakdowns(group),
	};
}

function sessionRecord(group: Group, { veil }: TotalRules) {
	const minutes = Math.round((group.lastAt - group.firstAt) / 60_000);
	return {
		session_id: group.name,
		project_path: veil(group.project) ?? null,
		start_time: isoTime(group.firstAt),
		end_time: isoTime(group.lastAt),
		duration_minutes: minutes > LONGEST_MINUTES ? null : minutes,
		...countedRecord(group),
		model_breakdowns: breakdowns(group),
	};
}

function blockRecord(group: Group) {
	return {
		block_id: group.name,
		start_time: group.name,
		end_time: isoTime(Date.parse(group.name) + BLOCK_MS),
		actual_end_time: isoTime(group.lastAt),
		entry_count: group.sums.responses,
		...countedRecord(group),
	};
}

function breakdowns({ models }: Group): object[] {
	return [...models].slice(0, MOST_MODELS).map(([modelName, sums]) => ({
		modelName,
		inputTokens: sums.input,
		outputTokens: sums.output,
		cacheCreationTokens: sums.cacheWrite,
		cacheReadTokens: sums.cacheRead,
		cost: dollars(sums.cost),
	}));
}
