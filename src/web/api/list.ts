import { type } from "arktype";
import type { Row } from "../../usage/table-row.ts";
import { csv, json } from "./rows.ts";

/** What a short list is asked with. */
export const ListQuery = type({ "+": "delete", "format?": "'json' | 'csv'" });

/** A short list, whole, as JSON or as a table. */
export function list(name: string, rows: readonly Row[], { format }: typeof ListQuery.infer): Response {
	return format === "csv" ? csv(name, rows) : json(rows);
}

/** ISO 8601 in UTC of an epoch ms; null where it never was. */
export function iso(at: number): string;
export function iso(at: number | null | undefined): string | null;
export function iso(at: number | null | undefined): string | null {
	return at == null ? null : new Date(at).toISOString();
}

/** What is told of something done that leaves nothing to tell. */
export const Done = type({ message: "string" });

export const Moment = type("string.date.iso");
export const MomentOrNever = Moment.or("null");
