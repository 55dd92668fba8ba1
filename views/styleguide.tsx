import type { OverviewQuery } from "../src/usage/overview-query.ts";
import { Colours } from "./styleguide/colours.tsx";
import { LargeParts } from "./styleguide/large-parts.tsx";
import { SmallParts } from "./styleguide/small-parts.tsx";
import { type PageProps, UsagePage } from "./usage-page.tsx";

/** All parts that pages are made from, in every state, for those who develop them. */
export function Styleguide(props: PageProps<OverviewQuery, null>) {
	return (
		<UsagePage
			props={props}
			current={undefined}
			title={props.shell.title}
			summary="All parts of the pages."
			compares={true}
		>
			<div class="guide">
				<Colours />
				<SmallParts />
				<LargeParts />
			</div>
		</UsagePage>
	);
}
