import type { DoneWord } from "../../../views/parts/done-words.ts";
import type { NameChanged } from "../../ledger/given-names.ts";
import { changeMachine, type MachineChange } from "../../ledger/machine-names.ts";
import { changeProject, type ProjectChange } from "../../ledger/project-names.ts";
import { invalidFields, NOT_FOUND, type Problem, ProblemError } from "../errors.ts";
import { type Route, route } from "../route.ts";
import { doneCookie } from "../tell-done.ts";
import { localPath, seeOther } from "./see-other.ts";

/** What a form's fields hold. */
type Fields = Readonly<Record<string, unknown>>;

/** A change that a form asks for, and what the page says when it is done. */
type Edit<Change> = { change(fields: Fields): Change; done: DoneWord };

type Edits<Change> = Readonly<Record<string, Edit<Change>>>;

const PROJECT_EDITS: Edits<ProjectChange> = {
	rename: { change: (fields) => ({ alias: nameIn(fields, "alias") }), done: "renamed" },
	merge: { change: (fields) => ({ mergedInto: textIn(fields, "into") }), done: "merged" },
	split: { change: () => ({ mergedInto: null }), done: "split" },
	hide: { change: () => ({ isHidden: true }), done: "hidden" },
	show: { change: () => ({ isHidden: false }), done: "shown" },
};

const MACHINE_EDITS: Edits<MachineChange> = {
	rename: { change: (fields) => ({ alias: nameIn(fields, "label") }), done: "renamed" },
	merge: { change: (fields) => ({ mergedInto: textIn(fields, "into") }), done: "merged" },
	split: { change: () => ({ mergedInto: null }), done: "split" },
	archive: { change: () => ({ isArchived: true }), done: "archived" },
	restore: { change: () => ({ isArchived: false }), done: "restored" },
};

export const INTO_ITSELF: Problem = {
	status: 409,
	code: "into_itself",
	title: "This cannot be merged into itself",
	sentence: "Nothing counts under itself, nor under something that already counts under it.",
	hint: "Choose another one to merge into.",
};

/** Forms that change names, for pages without scripts. They lead back to where `next` says. */
export function editNames(): Route[] {
	return [
		route({
			method: "POST",
			path: "/projects/:id/edit",
			access: "write",
			text: {
				summary:
					"A form: renames a project (alias), merges it (into) or takes that back (split), hides or shows it",
			},
			async answer({ body, params: { id = "" }, now }, { source: { db, asker } }) {
				const fields = fieldsOf(body);
				const edit = editIn(fields, PROJECT_EDITS);
				refuseUnless(await changeProject(db, asker.id, id, edit.change(fields), now), "into");
				return seeOther(localPath(fields.next), doneCookie(edit.done));
			},
		}),
		route({
			method: "POST",
			path: "/machines/:id/edit",
			access: "write",
			text: {
				summary:
					"A form: renames a machine (label), merges it (into) or takes that back (split), archives or restores it",
			},
			async answer({ body, params: { id = "" }, now }, { source: { db, asker } }) {
				const fields = fieldsOf(body);
				const edit = editIn(fields, MACHINE_EDITS);
				refuseUnless(await changeMachine(db, asker.id, id, edit.change(fields), now), "into");
				return seeOther(localPath(fields.next), doneCookie(edit.done));
			},
		}),
	];
}

/**
 * Tells what could not be done.
 *
 * @param target what the target of a merge is called where it was asked for
 * @throws ProblemError
 */
export function refuseUnless(changed: NameChanged, target: string): void {
	if (changed === "unknown") throw new ProblemError(NOT_FOUND);
	if (changed === "unknown target") throw new ProblemError(invalidFields("invalid_body", [target]));
	if (changed === "itself") throw new ProblemError(INTO_ITSELF);
}

/**
 * What a form's field `action` asks for.
 *
 * @throws ProblemError
 */
function editIn<Change>({ action }: Fields, edits: Edits<Change>): Edit<Change> {
	const edit = typeof action === "string" && Object.hasOwn(edits, action) ? edits[action] : undefined;
	if (!edit) throw new ProblemError(invalidFields("invalid_body", ["action"]));
	return edit;
}

function fieldsOf(body: unknown): Fields {
	return (body ?? {}) as Fields;
}

/** @throws ProblemError */
function textIn(fields: Fields, name: string): string {
	const text = fields[name];
	if (typeof text !== "string" || text === "") throw new ProblemError(invalidFields("invalid_body", [name]));
	return text;
}

const LONGEST_NAME = 256;

/**
 * A name; an empty one gives the own name back.
 *
 * @throws ProblemError
 */
function nameIn(fields: Fields, name: string): string | null {
	const text = fields[name];
	if (typeof text !== "string" || text.length > LONGEST_NAME) {
		throw new ProblemError(invalidFields("invalid_body", [name]));
	}
	return text.trim() === "" ? null : text;
}
