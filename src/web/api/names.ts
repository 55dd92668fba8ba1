import { type } from "arktype";
import { changeMachine, findNamedMachine } from "../../ledger/machine-names.ts";
import { changeProject, findProject } from "../../ledger/project-names.ts";
import { projectId } from "../../usage/project-id.ts";
import { NOT_FOUND, ProblemError } from "../errors.ts";
import { INTO_ITSELF, refuseUnless } from "../pages/edit-names.ts";
import { type Route, route } from "../route.ts";
import { json } from "./rows.ts";

const Name = type("string <= 256").or("null");
const Id = type("1 <= string <= 128").or("null");

const ProjectEdit = type({
	"+": "delete",
	"alias?": Name,
	"mergedInto?": Id,
	"hidden?": "boolean",
});

const MachineEdit = type({
	"+": "delete",
	"label?": Name,
	"mergedInto?": Id,
	"archived?": "boolean",
});

const EditedProject = type({
	id: "string",
	name: "string",
	alias: "string | null",
	mergedInto: "string | null",
	hidden: "boolean",
});

const EditedMachine = type({
	id: "string",
	label: "string",
	alias: "string | null",
	mergedInto: "string | null",
	archived: "boolean",
});

/** What people make of the names of their projects and machines. Usage itself stays as it is. */
export function nameRoutes(): Route[] {
	return [editProject(), editMachine()];
}

function editProject(): Route {
	return route({
		method: "PATCH",
		path: "/api/projects/:id",
		access: "write",
		text: {
			summary:
				"Gives a project an alias, lets it count under another one, or hides it; null takes it back. The id is in /api/usage/projects",
			reply: EditedProject,
			problems: [INTO_ITSELF],
		},
		body: ProjectEdit,
		async answer({ body: { alias, mergedInto, hidden }, params: { id = "" }, now }, { source }) {
			const { db, asker } = source;
			const change = { alias, mergedInto, isHidden: hidden };
			refuseUnless(await changeProject(db, asker.id, id, change, now), "mergedInto");
			const project = await findProject(db, asker.id, id);
			if (!project) throw new ProblemError(NOT_FOUND);
			return json({
				id,
				name: project.name,
				alias: project.alias,
				mergedInto: project.mergedInto === null ? null : projectId(project.mergedInto),
				hidden: project.isHidden,
			});
		},
	});
}

function editMachine(): Route {
	return route({
		method: "PATCH",
		path: "/api/machines/:id",
		access: "write",
		text: {
			summary:
				"Gives a machine, by its UUID, another label to read, lets it count under another one, or archives it; null takes it back",
			reply: EditedMachine,
			problems: [INTO_ITSELF],
		},
		body: MachineEdit,
		async answer({ body: { label, mergedInto, archived }, params: { id = "" }, now }, { source }) {
			const { db, asker } = source;
			const change = { alias: label, mergedInto, isArchived: archived };
			refuseUnless(await changeMachine(db, asker.id, id, change, now), "mergedInto");
			const machine = await findNamedMachine(db, asker.id, id);
			if (!machine) throw new ProblemError(NOT_FOUND);
			const { uuid, alias, isArchived } = machine;
			return json({
				id: uuid,
				label: machine.label,
				alias,
				mergedInto: machine.mergedInto,
				archived: isArchived,
			});
		},
	});
}
