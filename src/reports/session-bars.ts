import { addExact, byCost, type Exact, sumUsage, type Usage } from "../usage/usage.ts";
import type { ResponseRow } from "./session-responses.ts";

/** What the timeline needs of a response. */
type Told = Pick<ResponseRow, "at" | "model" | "usage"> & { isMain: boolean; context: number };

/** Some responses that follow each other, as one bar. */
export type Bar<Response> = {
	responses: Response[];
	/** The dearest one. */
	model: string;
	usage: Usage;
	/** Cost of the session up to and with this bar, in nano-dollars. */
	running: Exact;
	/** The prompt of its last response of the main line, in tokens; undefined where it has none. */
	context: number | undefined;
};

/** More could not be told apart. */
export const MOST_BARS = 600;

/** A bar for each response, or, where they are too many, for as many as have to be summed. */
export function barsOf<Response extends Told>(responses: readonly Response[]): Bar<Response>[] {
	const size = Math.max(1, Math.ceil(responses.length / MOST_BARS));
	const bars: Bar<Response>[] = [];
	let running: Exact = 0;
	for (let i = 0; i < responses.length; i += size) {
		const own = responses.slice(i, i + size);
		const usage = sumUsage(own.map((response) => response.usage));
		running = addExact(running, usage.costNanoUsd);
		const context = own.findLast(({ isMain }) => isMain)?.context;
		bars.push({ responses: own, model: dearestModel(own), usage, running, context });
	}
	return bars;
}

function dearestModel(responses: readonly Told[]): string {
	if (responses.length === 1) return responses[0]?.model ?? "";
	const models = [...Map.groupBy(responses, ({ model }) => model)];
	const sums = models.map(([model, own]) => ({ ...sumUsage(own.map(({ usage }) => usage)), model }));
	return sums.sort(byCost)[0]?.model ?? "";
}
