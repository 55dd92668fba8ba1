import type { ModelTableRow } from "../src/reports/model-table.ts";
import type { Span } from "../src/reports/overview.ts";
import type { ListedPrice } from "../src/usage/listed-prices.ts";
import { unpricedOf } from "../src/usage/model-measure.ts";
import type { ModelsQuery } from "../src/usage/models-query.ts";
import type { WhatIf } from "../src/usage/what-if.ts";
import { MixPanel } from "./models/mix-panel.tsx";
import { ModelTable } from "./models/model-table.tsx";
import { PricePanel } from "./models/price-panel.tsx";
import { UnpricedBanner } from "./models/unpriced-banner.tsx";
import { WhatIfPanel } from "./models/what-if-panel.tsx";
import { coloursOf, presentBucket, shownNames } from "./overview/chart-data.ts";
import { dayOf, moment, periodWords } from "./parts/days.ts";
import { counted } from "./parts/words.ts";
import { type PageProps, UsagePage } from "./usage-page.tsx";

/** What the page of models shows. */
export type ModelsData = {
	/** The period, stacked by model. */
	span: Span;
	/** Models that were used in it, the dearest first. */
	rows: ModelTableRow[];
	/** The same in the order of their table. */
	table: ModelTableRow[];
	/** Their list prices, in the same order. */
	prices: ListedPrice[];
	/** All models that have a price, by name. */
	priced: string[];
	/** The same usage on another model, if one was asked for. */
	other: WhatIf | undefined;
};

export type ModelsProps = PageProps<ModelsQuery, ModelsData>;

/** Which models were used, what each cost, by which prices, and what another one would have cost. */
export function ModelsPage(props: ModelsProps) {
	const { shell, view, known, today, data } = props;
	const { span, rows, table, prices, priced, other } = data;
	const { metric, period } = view.query;
	const { zone, now } = shell;
	const names = [...new Set([...shownNames(metric, span), ...rows.map(({ model }) => model)])];
	const colours = coloursOf(known.models, names);
	const words = `${counted(rows.length, "model")}, ${periodWords(period)}`;
	return (
		<UsagePage
			props={props}
			current="models"
			title={`${shell.title}: ${words}`}
			summary={`${words}.`}
			banner={() => <UnpricedBanner unpriced={unpricedOf(rows)} isServer={shell.account !== undefined} />}
		>
			<MixPanel
				view={view}
				span={span}
				known={known}
				colours={colours}
				present={presentBucket(span, now, zone, today)}
				until={moment(shell.asOf, zone, dayOf(now, zone))}
			/>
			{rows.length === 0 ? null : (
				<>
					<ModelTable
						view={view}
						rows={table}
						total={span.usage}
						colours={colours}
						saved={span.savedNanoUsd}
					/>
					<WhatIfPanel view={view} priced={priced} used={rows} other={other} colours={colours} />
					<PricePanel view={view} prices={prices} colours={colours} isServer={shell.account !== undefined} />
				</>
			)}
		</UsagePage>
	);
}
