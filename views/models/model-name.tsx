import { escapeAttribute } from "../parts/safe-url.ts";

/** A model's name after its colour, and whether it has no price. `href`: where more is told of it. */
export function ModelName({
	model,
	series,
	href,
	hasNoPrice = false,
}: {
	model: string;
	series: number | undefined;
	href?: string;
	hasNoPrice?: boolean;
}) {
	return (
		<span class="model-name">
			<span class={["swatch", `series-${series ?? 8}`]} />
			{href === undefined ? (
				<span class="model-label" title={escapeAttribute(model)} safe>
					{model}
				</span>
			) : (
				<a class="model-label" href={escapeAttribute(href)} title={escapeAttribute(model)} safe>
					{model}
				</a>
			)}
			{hasNoPrice ? <span class="tag tag-warn">No price</span> : null}
		</span>
	);
}
