import { type ProgramFacts, readProgramFacts } from "./program-facts.ts";
import type { Target } from "./targets.ts";

/** Bun's runtime alone has more than the least; twice of what there is would be a mistake. Bytes. */
const SIZES = { least: 90e6, most: 160e6 };

/** What is wrong with a binary: sentences, none where it is what its target wants. */
export function inspect(program: Uint8Array, { name, facts }: Target): string[] {
	const found = readProgramFacts(program);
	const faults = (Object.keys({ ...facts, ...found }) as (keyof ProgramFacts)[])
		.filter((fact) => !Bun.deepEquals(found[fact], facts[fact]))
		.map((fact) => `${name}: ${fact} is ${told(found[fact])} instead of ${told(facts[fact])}.`);
	const { length } = program;
	if (length < SIZES.least || length > SIZES.most)
		faults.push(`${name}: ${length} bytes are not to be expected.`);
	return faults;
}

function told(value: unknown): string {
	return Array.isArray(value) ? value.join(" ") : String(value);
}
