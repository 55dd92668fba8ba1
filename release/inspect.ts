import { type ProgramFacts, readProgramFacts } from "./program-facts.ts";
import type { Target } from "./targets.ts";

/** Bun's runtime alone has more than the least; twice of what there is would be a mistake. Bytes. */
const SIZES = { least: 90e6, most: 160e6 };

/** What is wrong with a binary: sentences, none where it is what its target wants. */
export function inspect(program: Uint8Array, { name, facts }: Target): string[] {
	const { length } = program;
	const size =
		length < SIZES.least || length > SIZES.most ? [`${name}: ${length} bytes are not to be expected.`] : [];
	let found: ProgramFacts;
	try {
		found = readProgramFacts(program);
	} catch (error) {
		// Of one that is cut, the readers find a place that is not there.
		return [
			...size,
			`${name}: it cannot be read as a program (${error instanceof Error ? error.message : error}).`,
		];
	}
	const others = (Object.keys({ ...facts, ...found }) as (keyof ProgramFacts)[])
		.filter((fact) => !Bun.deepEquals(found[fact], facts[fact]))
		.map((fact) => `${name}: ${fact} is ${told(found[fact])} instead of ${told(facts[fact])}.`);
	return [...size, ...others];
}

function told(value: unknown): string {
	return Array.isArray(value) ? value.join(" ") : String(value);
}
