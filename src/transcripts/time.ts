const ISO = /^(\d{4}-\d\d-\d\d[Tt]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?)\d*(Z|z|[+-]\d\d(?::?\d\d)?)$/;

/** Epoch ms of an ISO 8601 time with `Z` or an offset, cut to the ms; NaN for anything else and impossible dates. */
export function parseTime(value: unknown): number {
	if (typeof value !== "string") return Number.NaN;
	// Date.parse takes the 30th of February for the 2nd of March; a time that comes back as it went in is possible.
	const at = value.length === 24 ? Date.parse(value) : Number.NaN;
	if (!Number.isNaN(at) && new Date(at).toISOString() === value) return at;
	const parts = ISO.exec(value);
	if (parts === null) return Number.NaN;
	try {
		return Temporal.Instant.from(`${parts[1]}${parts[2]}`).epochMilliseconds;
	} catch {
		return Number.NaN;
	}
}
