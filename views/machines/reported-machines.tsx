import type { ReportedMachineRow } from "../../src/reports/reported.ts";
import { dayText } from "../../src/usage/day.ts";
import type { MachinesView } from "../../src/usage/machines-query.ts";
import { NumberHeads } from "../parts/number-heads.tsx";
import { Numbers } from "../parts/numbers.tsx";
import { money, whole } from "../parts/words.ts";

/** Names under which an older program sent totals: they are in no sum of this page. */
export function ReportedMachines({
	reported,
	view,
}: {
	reported: readonly ReportedMachineRow[];
	view: MachinesView;
}) {
	if (reported.length === 0) return null;
	return (
		<section class="card machines-reported" id="reported" aria-labelledby="reported-title">
			<div class="card-head">
				<h2 id="reported-title">Reported totals</h2>
				<p class="card-sub">sent as sums of days, for all time, and in no sum above</p>
			</div>
			<table class="table">
				<thead>
					<tr>
						<th scope="col">Machine</th>
						<th scope="col">Days</th>
						<NumberHeads names={["Number of days", "Cost"]} />
					</tr>
				</thead>
				<tbody>
					{reported.map(({ label, days, firstDay, lastDay, costNanoUsd }) => (
						<tr>
							<th scope="row" class="machines-label" safe>
								{label}
							</th>
							<td class="table-quiet" safe>{`${dayText(firstDay)} – ${dayText(lastDay)}`}</td>
							<td class="table-number" safe>
								{whole(days)}
							</td>
							<td class="table-number table-main" safe>
								{money(costNanoUsd)}
							</td>
						</tr>
					))}
				</tbody>
			</table>
			<Numbers id="reported" of="Reported totals" view={view} />
		</section>
	);
}
