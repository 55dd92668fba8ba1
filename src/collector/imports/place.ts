import { AppError } from "../../errors.ts";
import { parseDay, utcDay } from "../../usage/day.ts";
import {
	LONGEST_REPORTED_BLOCK_MS,
	MOST_REPORTED_DOLLARS,
	MOST_REPORTED_TOKENS,
} from "../../usage/reported-total.ts";

/** Where a file's values come from, and what its days can be. `now`: epoch ms. */
export type Origin = { file: string; now: number };

const LONGEST_NAME = 4_096;
const MOST_MODELS = 100;
const MOST_MINUTES = 525_600;
/** Claude Code came in 2025; what is older is of a clock that was wrong, or no day at all. */
const FIRST_DAY = utcDay(Date.UTC(2024, 0));
/** `2026-03-02T10:00:00.000Z`; SQLite's texts have a blank between and mean UTC. */
const MOMENT = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?) ?(Z|[+-]\d\d:?\d\d)?)?$/;

/** A value in a file, and the way to it. Whoever finds another value there than one that can be refuses the whole file. */
export class Place {
	constructor(
		readonly value: unknown,
		readonly origin: Origin,
		readonly path = "$",
	) {}

	/** What the object has under the first of these names; nothing where it has none, or null. */
	find(...names: readonly string[]): Place | undefined {
		const object = this.object();
		for (const name of names) {
			const value = Object.hasOwn(object, name) ? object[name] : undefined;
			if (value !== undefined && value !== null) return new Place(value, this.origin, this.#pathTo(name));
		}
		return undefined;
	}

	/** The same for what has to be there. */
	need(...names: readonly string[]): Place {
		return this.find(...names) ?? this.refuse(`lacks ${names[0]}`);
	}

	get isList(): boolean {
		return Array.isArray(this.value);
	}

	get isObject(): boolean {
		return typeof this.value === "object" && this.value !== null && !this.isList;
	}

	object(): Record<string, unknown> {
		return this.isObject ? (this.value as Record<string, unknown>) : this.refuse("is not an object");
	}

	/** @param most longer lists are refused */
	list(most: number): Place[] {
		if (!Array.isArray(this.value)) return this.refuse("is not a list");
		if (this.value.length > most) return this.refuse(`has more than ${most.toLocaleString("en-US")} rows`);
		return this.value.map((value, i) => new Place(value, this.origin, `${this.path}[${i}]`));
	}

	/** What the object has, by name. */
	entries(): [string, Place][] {
		return Object.entries(this.object()).map(([name, value]) => [
			name,
			new Place(value, this.origin, this.#pathTo(name)),
		]);
	}

	count(): number {
		const { value } = this;
		if (typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= MOST_REPORTED_TOKENS) {
			// Minus nothing is nothing.
			return value + 0;
		}
		return this.refuse("is not a whole number from 0 to 1,000,000,000,000");
	}

	dollars(): number {
		const { value } = this;
		if (typeof value === "number" && value >= 0 && value <= MOST_REPORTED_DOLLARS) return value + 0;
		return this.refuse("is not an amount from 0 to 100,000 dollars");
	}

	/** Of a session: at most a year. */
	minutes(): number {
		const { value } = this;
		if (typeof value === "number" && value >= 0 && value <= MOST_MINUTES) return value + 0;
		return this.refuse("is not a number of minutes");
	}

	name(): string {
		const { value } = this;
		if (typeof value === "string" && value.length > 0 && value.length <= LONGEST_NAME) return value;
		return this.refuse(`is not a text of 1 to ${LONGEST_NAME.toLocaleString("en-US")} characters`);
	}

	flag(): boolean {
		const { value } = this;
		if (value === true || value === 1) return true;
		return value === false || value === 0 ? false : this.refuse("is neither true nor false");
	}

	/** Days since 1970 of `YYYY-MM-DD`. */
	day(): number {
		const day = typeof this.value === "string" ? parseDay(this.value) : undefined;
		if (day === undefined) return this.refuse("is not a day (YYYY-MM-DD)");
		return this.#sound(day);
	}

	/** Epoch ms; of a day alone its noon in UTC. */
	moment(): number {
		const [, day, time = "12:00", zone = "Z"] =
			typeof this.value === "string" ? (MOMENT.exec(this.value) ?? []) : [];
		const at =
			day === undefined || parseDay(day) === undefined ? Number.NaN : Date.parse(`${day}T${time}${zone}`);
		if (Number.isNaN(at)) return this.refuse("is not a time (such as 2026-03-02T10:00:00Z)");
		this.#sound(utcDay(at));
		return at;
	}

	/** Epoch ms of a block's end. One that runs ends later than now, and no block is longer than a day. */
	endAfter(start: Place): number {
		const at = this.moment();
		const length = at - start.moment();
		if (length > 0 && length <= LONGEST_REPORTED_BLOCK_MS) return at;
		return this.refuse(
			length > 0 ? "is more than a day after the block's beginning" : "is not after the block's beginning",
		);
	}

	/** Names of models; a text may hold the list as JSON. */
	models(): string[] {
		return this.#unpacked()
			.list(MOST_MODELS)
			.map((model) => model.name());
	}

	/** Parts by model, one after the other; a text may hold the list as JSON. */
	parts(): Place[] {
		return this.#unpacked().list(MOST_MODELS);
	}

	/** @throws AppError always: nothing of the file is taken */
	refuse(why: string): never {
		throw new AppError(
			"usage",
			`${this.origin.file} was not taken: ${this.path} ${why}.`,
			"Nothing was changed. Write the file anew with the program that it comes from, or correct it there.",
		);
	}

	#sound(day: number): number {
		// Where the sun rises first it is tomorrow already.
		if (day >= FIRST_DAY && day <= utcDay(this.origin.now) + 1) return day;
		return this.refuse(day < FIRST_DAY ? "is before there was Claude Code" : "is in the future");
	}

	#unpacked(): Place {
		if (typeof this.value !== "string") return this;
		try {
			return new Place(JSON.parse(this.value), this.origin, this.path);
		} catch {
			return this.refuse("is not a list");
		}
	}

	#pathTo(name: string): string {
		return /^[A-Za-z_]\w{0,63}$/.test(name)
			? `${this.path}.${name}`
			: `${this.path}[${JSON.stringify(name.slice(0, 64))}]`;
	}
}
