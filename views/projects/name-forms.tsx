import type { PropsWithChildren } from "@kitajs/html";
import type { AsideProject, KnownNames } from "../../src/reports/first-use.ts";
import { projectId } from "../../src/usage/project-id.ts";
import type { ProjectsView } from "../../src/usage/projects-query.ts";
import { CsrfField } from "../parts/csrf-field.tsx";
import type { Labels } from "../parts/names.ts";
import { escapeAttribute } from "../parts/safe-url.ts";
import type { ListedProject } from "../projects.tsx";

type Props = {
	row: ListedProject;
	label: string;
	view: ProjectsView;
	known: KnownNames;
	labels: Labels;
	csrf: string | undefined;
};

/** What a person can make of a project's name: call it otherwise, let it count under another one, hide it. */
export function NameForms(props: Props) {
	const { row, label, known, view, csrf } = props;
	const merged = (known.aside?.projects ?? []).filter(({ into }) => into === row.project);
	const stay = view.href({ open: row.id });
	const leave = view.href({ open: "" });
	return (
		<section class="name-forms" aria-label={escapeAttribute(`Name of ${label}`)}>
			<EditForm id={row.id} action="rename" next={stay} csrf={csrf}>
				<label class="field">
					Alias
					<input
						name="alias"
						maxlength={256}
						autocomplete="off"
						value={escapeAttribute(row.alias ?? "")}
						aria-describedby={`alias-hint-${row.id}`}
					/>
				</label>
				<button class="button" type="submit">
					Save the alias
				</button>
				<p class="name-hint" id={`alias-hint-${row.id}`}>
					What you read in place of the folder. Left empty, it is the folder again.
				</p>
			</EditForm>
			<MergeForm {...props} next={leave} />
			{merged.map((project) => (
				<SplitForm project={project} id={projectId(project.name)} next={stay} csrf={csrf} />
			))}
			<details class="name-more">
				<summary>{row.isHidden ? "Show it in lists" : "Hide it from lists"}</summary>
				<EditForm
					id={row.id}
					action={row.isHidden ? "show" : "hide"}
					next={row.isHidden ? stay : leave}
					csrf={csrf}
				>
					<p class="name-hint">
						{row.isHidden
							? "Lists and menus have it again."
							: "Lists and menus leave it out. What was used in it stays in all totals, and it can be shown again."}
					</p>
					<button class="button" type="submit" safe>
						{row.isHidden ? `Show ${label}` : `Hide ${label}`}
					</button>
				</EditForm>
			</details>
		</section>
	);
}

function MergeForm({ row, label, known, labels, csrf, next }: Props & { next: string }) {
	const others = known.projects.filter((name) => name !== row.project);
	if (others.length === 0) return null;
	return (
		<details class="name-more">
			<summary>Merge it into another project</summary>
			<EditForm id={row.id} action="merge" next={next} csrf={csrf}>
				<p class="name-hint" safe>
					{`What was used in ${label} counts under the other project, in every list and filter. Nothing is rewritten: it can be split off again.`}
				</p>
				<label class="field">
					Merge into
					<select name="into" required>
						<option value="">Choose a project</option>
						{others.map((name) => (
							<option value={projectId(name)} safe>
								{labels.project(name)}
							</option>
						))}
					</select>
				</label>
				<button class="button" type="submit" safe>
					{`Merge ${label}`}
				</button>
			</EditForm>
		</details>
	);
}

function SplitForm({
	project,
	id,
	next,
	csrf,
}: {
	project: AsideProject;
	id: string;
	next: string;
	csrf: string | undefined;
}) {
	const name = project.name === "" ? "no folder" : project.name;
	return (
		<EditForm id={id} action="split" next={next} csrf={csrf}>
			<p class="name-hint name-merged" safe>
				{`${name} counts here.`}
			</p>
			<button class="button button-small" type="submit">
				Split it off<span class="reader" safe>{`: ${name}`}</span>
			</button>
		</EditForm>
	);
}

function EditForm({
	id,
	action,
	next,
	csrf,
	children,
}: PropsWithChildren<{ id: string; action: string; next: string; csrf: string | undefined }>) {
	return (
		<form class="name-form" method="post" action={escapeAttribute(`/projects/${id}/edit`)}>
			<CsrfField csrf={csrf} />
			<input type="hidden" name="action" value={escapeAttribute(action)} />
			<input type="hidden" name="next" value={escapeAttribute(next)} />
			{children}
		</form>
	);
}
