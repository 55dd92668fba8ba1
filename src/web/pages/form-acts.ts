import type { DoneWord } from "../../../views/parts/done-words.ts";
import type { RefusedForm } from "../../../views/parts/refused-form.ts";
import { ProblemError } from "../errors.ts";
import { type Access, type Ask, type Route, route, type Viewer } from "../route.ts";
import type { ServerOptions } from "../server.ts";
import { doneCookie } from "../tell-done.ts";
import { seeOther } from "./see-other.ts";

/** What a form says, as texts. */
export type Fields = Readonly<Record<string, string>>;

/**
 * What a form does: it is done, it is refused for what is in it, it shows the page with something more on it, or it leads
 * elsewhere.
 */
export type Outcome<More> =
	| { done: DoneWord }
	| { refused: RefusedForm<string>["wrong"] }
	| { more: More }
	| { answer: Response };

/** A form of a page. `card`: the part of the page that it leads back to. `form`: one that keeps what was typed. */
export type FormAct<Form extends string, More> = {
	path: string;
	summary: string;
	card: string;
	form?: Form;
	act(options: ServerOptions, fields: Fields, ask: Ask, viewer: Viewer): Promise<Outcome<More>>;
};

/** The page that forms stand on. `hrefOf`: its address, with what the form's own address says of it. */
export type FormPage<Form extends string, More> = {
	access: Access;
	hrefOf(ask: Ask): string;
	show(ask: Ask, viewer: Viewer, shown: { more?: More; refused?: RefusedForm<Form> }): Promise<Response>;
};

/** The route of a form: done, it leads back to its page with 303; refused, the page comes with 422 and what was typed. */
export function formRoute<Form extends string, More>(
	options: ServerOptions,
	{ access, hrefOf, show }: FormPage<Form, More>,
	{ path, summary, card, form, act }: FormAct<Form, More>,
): Route {
	return route({
		method: "POST",
		path,
		access,
		text: { summary: `A form: ${summary.charAt(0).toLowerCase()}${summary.slice(1)}` },
		async answer(ask, viewer) {
			const fields = textsIn(ask.body);
			const outcome = await act(options, fields, ask, viewer);
			if ("answer" in outcome) return outcome.answer;
			if ("done" in outcome) return seeOther(`${hrefOf(ask)}#${card}`, doneCookie(outcome.done));
			if ("more" in outcome) return show(ask, viewer, { more: outcome.more });
			if (form === undefined) throw new Error(`${path} has no form that could be refused`);
			return show(ask, viewer, { refused: { form, values: fields, wrong: outcome.refused } });
		},
	});
}

const MOST_TEXT = 300;

function textsIn(body: unknown): Fields {
	const fields = Object.entries((body ?? {}) as Record<string, unknown>);
	return Object.fromEntries(
		fields.flatMap(([name, value]) =>
			typeof value === "string" ? [[name, value.trim().slice(0, MOST_TEXT)]] : [],
		),
	);
}

/** What a form can say of a problem itself. */
export function sentenceOf(error: unknown, codes: readonly string[]): string {
	if (!(error instanceof ProblemError) || !codes.includes(error.problem.code)) throw error;
	return `${error.problem.sentence} ${error.problem.hint}`;
}

/** Months as a field says them, null where it is empty; undefined for what is none of 1 to `most`. */
export function monthsIn(text: string, most: number): number | null | undefined {
	if (text === "") return null;
	const months = /^\d{1,4}$/.test(text) ? Number(text) : 0;
	return months >= 1 && months <= most ? months : undefined;
}
