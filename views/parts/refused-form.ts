/** What a form was sent with, where it was refused: field by field, and what is wrong with them as sentences. */
export type RefusedForm<Form extends string> = {
	form: Form;
	values: Readonly<Record<string, string>>;
	wrong: Readonly<Record<string, string>>;
};

/** What a form's field holds: what was sent with it where that was refused, else what is settled. */
export function fieldOf<Form extends string>(
	{ refused }: { refused?: RefusedForm<Form> | undefined },
	form: Form,
	name: string,
	settled: string,
): { value: string; wrong: string | undefined } {
	if (refused?.form !== form) return { value: settled, wrong: undefined };
	return { value: refused.values[name] ?? settled, wrong: refused.wrong[name] };
}
