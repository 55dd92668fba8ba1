import type { PropsWithChildren } from "@kitajs/html";
import type { KnownNames } from "../src/reports/first-use.ts";
import type { View } from "../src/usage/view.ts";
import type { ViewQuery } from "../src/usage/view-query.ts";
import { Layout, type Shell } from "./layout.tsx";
import { SampleBanner } from "./parts/banner.tsx";
import { FilterBar } from "./parts/filter-bar.tsx";
import { labelsOf } from "./parts/names.ts";
import type { PageName } from "./parts/navigation.tsx";
import { PageHead, silentDays } from "./parts/page-head.tsx";

/** What every page of usage is made from; `data` is its own. */
export type PageProps<Query extends ViewQuery, Data> = {
	shell: Shell;
	view: View<Query>;
	/** All names that the person's usage has, whatever the filters. */
	known: KnownNames;
	/** The present day, as a number. */
	today: number;
	data: Data;
};

/**
 * A page of usage: navigation, the head with its freshness, the filters, and then what is its own.
 *
 * @param props.current where navigation stands
 * @param props.title of the window
 * @param props.summary one sentence that is told to readers when the page changes
 * @param props.compares whether it shows anything beside other days
 * @param props.filters whether its days and names can be chosen
 * @param props.banner what is to be said above the filters
 */
export function UsagePage<Query extends ViewQuery>({
	props: { shell, view, known, today },
	current,
	title,
	summary,
	compares = false,
	filters = true,
	banner: OwnBanner = NoBanner,
	children,
}: PropsWithChildren<{
	props: PageProps<Query, unknown>;
	current: PageName | undefined;
	title: string;
	summary: string;
	compares?: boolean;
	filters?: boolean;
	banner?: () => JSX.Element;
}>) {
	const silent = known.machines.some((machine) => silentDays(machine, shell.now) !== undefined);
	return (
		<Layout
			shell={shell}
			current={current}
			title={title}
			summary={summary}
			silent={silent}
			hrefOf={(path) => view.on(path)}
			next={view.href()}
		>
			<PageHead shell={shell} machines={known.machines} href={view.on("/machines")} />
			{shell.sample ? <SampleBanner /> : null}
			<OwnBanner />
			{filters ? (
				<FilterBar view={view} known={known} labels={labelsOf(known)} today={today} compares={compares} />
			) : null}
			{children}
		</Layout>
	);
}

function NoBanner() {
	return "";
}
