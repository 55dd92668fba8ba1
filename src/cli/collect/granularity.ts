import { AppError } from "../../errors.ts";
import { GRANULARITIES, type Granularity } from "../../usage/granularity.ts";
import type { Context } from "../context.ts";

/**
 * What is to be sent: as a flag says it, else as it is set.
 *
 * @throws AppError `invalid_config`
 */
export function readGranularity(
	{ config }: Pick<Context, "config">,
	flag: Granularity | undefined,
): Granularity {
	const text = flag ?? config.granularity;
	const known = GRANULARITIES.find((one) => one === text);
	if (known !== undefined) return known;
	throw new AppError(
		"invalid_config",
		`PROMPTPULSE_GRANULARITY is ${JSON.stringify(text)}, which is nothing that can be sent.`,
		`Set it to one of ${GRANULARITIES.join(", ")}.`,
	);
}
