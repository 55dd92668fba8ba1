import type { Value } from "../database.ts";

/**
 * A parameter as it may enter the driver, which stands still or sends something else for what it does not know.
 *
 * @throws TypeError for all that no column holds, and for numbers that would not arrive as they are
 */
export function checkParameter(value: unknown): Value {
	switch (typeof value) {
		case "string":
			return value;
		case "number":
			if (!Number.isFinite(value)) throw new TypeError(`a parameter is ${value}, which is no number to keep`);
			if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
				throw new TypeError("a parameter is an integer beyond 2^53: it has to be a bigint");
			}
			// There is no other zero in a database.
			return value === 0 ? 0 : value;
		case "bigint":
			if (BigInt.asIntN(64, value) !== value) throw new TypeError("a parameter is beyond 64 bits");
			return value;
		default:
			if (value === null) return null;
			throw new TypeError(`a parameter is ${kindOf(value)}, which no column holds`);
	}
}

function kindOf(value: unknown): string {
	return typeof value === "object"
		? `a ${value?.constructor?.name ?? "object"}`
		: `a value of type ${typeof value}`;
}
