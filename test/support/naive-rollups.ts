import { type Dump, inOrder, type Row } from "./ledger.ts";

/** Rollups and blocks as a ledger dump has them. */
export type Rollups = Omit<Dump, "events" | "users" | "machines" | "machine_days" | "folder_sessions">;

const SUMS = [
	"input",
	"output",
	"cache_write_5m",
	"cache_write_1h",
	"cache_read",
	"web_searches",
	"cost",
	"responses",
	"unpriced",
] as const;

const HOUR = 3_600_000;
const FIVE_HOURS = 5 * HOUR;

/** What a dump has besides events, as far as it follows from them. */
export function rollupsOf(dump: Dump): Rollups {
	const { events, users, machines, machine_days, folder_sessions, ...rollups } = dump;
	return rollups;
}

/** Every rollup counted from the events of a dump in the plainest way, by no code of the ledger's. */
export function countRollups(events: readonly Row[], zone: string): Rollups {
	const parts = partsOf(events);
	const slot = (part: Row) => ({ slot: Math.floor(timeOf(part) / 900_000) });
	const day = (part: Row) => ({ day: dayNumber(localDate(timeOf(part), zone)) });
	const utcDay = (part: Row) => ({ day: dayNumber(localDate(timeOf(part), "UTC")) });
	const monthIn = (zone: string) => (part: Row) => {
		const { year, month } = localDate(timeOf(part), zone);
		return { month: (year - 1970) * 12 + month - 1 };
	};
	const month = monthIn(zone);
	const pick =
		(...columns: string[]) =>
		(part: Row) =>
			Object.fromEntries(columns.map((column) => [column, part[column]]));
	const place = pick("machine", "project", "model");
	return {
		usage_slots: sumBy(parts, (part) => ({ ...slot(part), ...place(part) })),
		usage_days: sumBy(parts, (part) => ({ ...day(part), ...place(part) })),
		usage_months: sumBy(parts, (part) => ({ ...month(part), ...place(part) })),
		model_days: sumBy(parts, (part) => ({ ...day(part), ...pick("model")(part) })),
		branch_days: sumBy(parts, (part) => ({ ...day(part), ...pick("project", "branch", "model")(part) })),
		session_parts: sumBy(parts, pick("session", "machine", "project", "model"), timesOf),
		person_days: sumBy(parts, utcDay),
		person_months: sumBy(parts, monthIn("UTC")),
		blocks: cutBlocks(parts),
	};
}

/** A response that is no replay, and its extra parts under their own models, which are no responses. */
function partsOf(events: readonly Row[]): Row[] {
	return events
		.filter((event) => event.replay === 0)
		.flatMap((event) => {
			const main = { ...event, responses: 1, cost: event.cost ?? 0, unpriced: event.cost === null ? 1 : 0 };
			const extras: [string, number, number, number, number, number, number | null][] = JSON.parse(
				String(event.extra ?? "[]"),
			);
			return [
				main,
				...extras.map(([model, input, output, cache_write_5m, cache_write_1h, cache_read, cost]) => ({
					...event,
					model,
					input,
					output,
					cache_write_5m,
					cache_write_1h,
					cache_read,
					web_searches: 0,
					cost: cost ?? 0,
					responses: 0,
					unpriced: cost === null ? 1 : 0,
				})),
			];
		});
}

function sumBy(
	parts: readonly Row[],
	keyOf: (part: Row) => Row,
	more: (parts: readonly Row[]) => Row = () => ({}),
): Row[] {
	const groups = Map.groupBy(parts, (part) => JSON.stringify([part.user, keyOf(part)]));
	const rows = [...groups.values()].map((group) => {
		const [first = {}] = group;
		return { user: first.user, ...keyOf(first), ...more(group), ...sumsOf(group) };
	});
	return inOrder(rows);
}

function sumsOf(parts: readonly Row[]): Row {
	return Object.fromEntries(
		SUMS.map((column) => {
			const sum = parts.reduce((total, part) => total + BigInt(part[column] ?? 0), 0n);
			return [column, Number.isSafeInteger(Number(sum)) ? Number(sum) : sum];
		}),
	);
}

function timesOf(parts: readonly Row[]): Row {
	const times = parts.map(timeOf);
	return { first_at: Math.min(...times), last_at: Math.max(...times) };
}

/** Blocks of every user: five hours from an hour mark, ended sooner by five hours of silence. */
function cutBlocks(parts: readonly Row[]): Row[] {
	const rows: Row[] = [];
	for (const ofUser of Map.groupBy(parts, (part) => part.user).values()) {
		// Among responses of one moment the ledger goes by key; the sort keeps a response's parts together.
		const inTime = ofUser.toSorted(
			(a, b) => timeOf(a) - timeOf(b) || (String(a.key) < String(b.key) ? -1 : a.key === b.key ? 0 : 1),
		);
		let open: { start: number; parts: Row[] } | undefined;
		const close = () => {
			if (!open) return;
			const models = [...new Set(open.parts.map((part) => part.model))].join(", ");
			rows.push({
				user: open.parts[0]?.user,
				start: open.start,
				...timesOf(open.parts),
				models,
				...sumsOf(open.parts),
			});
		};
		for (const part of inTime) {
			const at = timeOf(part);
			const last = open?.parts.at(-1);
			if (!open || !last || at - open.start > FIVE_HOURS || at - timeOf(last) > FIVE_HOURS) {
				close();
				open = { start: at - (at % HOUR), parts: [] };
			}
			open.parts.push(part);
		}
		close();
	}
	return inOrder(rows);
}

function timeOf(part: Row): number {
	return Number(part.at);
}

function localDate(at: number, zone: string): Temporal.PlainDate {
	return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).toPlainDate();
}

function dayNumber(date: Temporal.PlainDate): number {
	return Temporal.PlainDate.from("1970-01-01").until(date).days;
}
