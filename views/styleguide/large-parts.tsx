import { CommandBox } from "../parts/command-box.tsx";
import { ConfirmDialog, DialogLink } from "../parts/dialog.tsx";
import { EmptyState } from "../parts/empty-state.tsx";
import { LegendPart } from "../parts/legend-part.tsx";
import { NumberHeads } from "../parts/number-heads.tsx";
import { Skeleton } from "../parts/skeleton.tsx";
import { TextField } from "../parts/text-field.tsx";
import { Toast } from "../parts/toast.tsx";
import { Sample } from "./both.tsx";

const LONG = "a-project-whose-name-goes-on-and-on-without-a-single-place-at-which-it-could-be-broken";

/** Table, form, dialogs, toast, what is still to come and where there is nothing. */
export function LargeParts() {
	return (
		<>
			<Sample id="table" title="Table">
				<Table />
			</Sample>
			<Sample id="legend" title="Legend">
				<ul class="legend guide-row" aria-label="Legend">
					<LegendPart label="claude-opus-4-6" series={1} id="guide-legend-0" />
					<LegendPart label="claude-sonnet-4-5" series={2} id="guide-legend-1" />
					<LegendPart label="The only one" series={1} id={undefined} />
				</ul>
			</Sample>
			<Sample id="form" title="Form">
				<form class="guide-row" method="get" action="/styleguide">
					<TextField
						id="label"
						label="Name"
						hint="What people read in lists."
						autocomplete="off"
						longest={64}
					/>
					<TextField
						id="wrong"
						label="Key"
						hint="It begins with pp_."
						wrong="This key is not known here."
						value="pp_x"
						autocomplete="off"
						longest={64}
					/>
					<button class="button button-primary" type="submit">
						Save the name
					</button>
				</form>
				<div class="guide-row">
					<CommandBox id="guide" command="promptpulse login" />
				</div>
			</Sample>
			<Sample id="dialogs" title="Dialogs and toast">
				<p class="guide-row">
					<DialogLink to="guide-confirm" of="button" word="Merge a machine" />
					<DialogLink to="help" of="button" word="Keyboard shortcuts" />
				</p>
				<div class="guide-row">
					<Toast text="Merged. Both are counted as one.">
						<button class="toast-undo" type="button">
							Undo
						</button>
					</Toast>
				</div>
				<ConfirmDialog
					id="guide-confirm"
					question="Merge ci-runner-02 into devbox-fra1?"
					action="/styleguide"
					fields={{}}
					verb="Merge"
				>
					<p>
						Its usage is counted as that of devbox-fra1 from now on. Nothing is deleted, and it can be split
						again.
					</p>
				</ConfirmDialog>
			</Sample>
			<Sample id="still-to-come" title="Still to come">
				<Skeleton of="The table" lines={4} />
			</Sample>
			<Sample id="nothing" title="Nothing to show">
				<EmptyState title="Nothing matches" text="No session in these 30 days has “atlass” in its project.">
					<a href="#nothing">Clear the search</a>
				</EmptyState>
			</Sample>
		</>
	);
}

function Table() {
	return (
		<section class="numbers-scroll" tabindex="0" aria-label="Table of projects">
			<table class="table">
				<thead>
					<tr>
						<th scope="col">Project</th>
						<th scope="col">Branch</th>
						<NumberHeads names={["Responses", "Cost"]} />
					</tr>
				</thead>
				<tbody>
					<tr>
						<th scope="row">atlas-api</th>
						<td class="table-quiet">main</td>
						<td class="table-number">1,204</td>
						<td class="table-number table-main">$98.22</td>
					</tr>
					<tr>
						<th scope="row">{LONG}</th>
						<td class="table-quiet">–</td>
						<td class="table-number">3</td>
						<td class="table-number table-main">
							<span class="warn-text">≥ $1.92</span>
						</td>
					</tr>
				</tbody>
			</table>
		</section>
	);
}
