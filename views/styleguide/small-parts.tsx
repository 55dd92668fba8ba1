import { Banner } from "../parts/banner.tsx";
import { Icon } from "../parts/icon.tsx";
import { Tabs } from "../parts/tabs.tsx";
import { Both, Sample } from "./both.tsx";

/** Type, buttons, tags, dots, segments, tabs and banners. */
export function SmallParts() {
	return (
		<>
			<Sample id="type" title="Type">
				<Both of={Type} />
			</Sample>
			<Sample id="buttons" title="Buttons, tags and dots">
				<Both of={Buttons} />
			</Sample>
			<Sample id="choices" title="Segments and tabs">
				<Both of={Choices} />
			</Sample>
			<Sample id="banners" title="Banners">
				<Both of={Banners} />
			</Sample>
		</>
	);
}

function Type() {
	return (
		<>
			<p class="stat-number">
				1.38<span class="stat-unit"> B</span>
			</p>
			<p>
				Body text, and what matters in it is 550: <strong>$1,073.07</strong>.
			</p>
			<p class="card-sub">Secondary text, labels and units</p>
			<p>
				<code>promptpulse login</code>
			</p>
			<p class="table-quiet">0123456789 stand one below the other</p>
			<p class="table-quiet">1111111111</p>
		</>
	);
}

function Buttons() {
	return (
		<>
			<p class="guide-row">
				<button class="button button-primary" type="button">
					Show these days
				</button>
				<button class="button" type="button">
					Plain
				</button>
				<button class="button button-quiet" type="button">
					<Icon name="plus" />
					Quiet
				</button>
				<button class="button button-danger" type="button">
					Merge
				</button>
				<button class="button button-small" type="button">
					Small
				</button>
			</p>
			<p class="guide-row">
				<span class="tag tag-plain">Reported total</span>
				<span class="tag tag-warn">No price</span>
				<span>
					<span class="dot dot-ok" /> Reporting
				</span>
				<span>
					<span class="dot dot-warn" /> Silent
				</span>
				<span>
					<span class="dot" /> Never seen
				</span>
			</p>
		</>
	);
}

function Choices(theme: "light" | "dark") {
	return (
		<>
			<div class="guide-row">
				<div class="segments">
					<span class="segment" aria-current="true">
						30 d
					</span>
					<span class="segment">12 m</span>
				</div>
				<div class="segments segments-small">
					<span class="segment" aria-current="true">
						Model
					</span>
					<span class="segment">Project</span>
				</div>
			</div>
			<Tabs
				label={`Tabs in the ${theme}`}
				current="Keys"
				tabs={[
					{ name: "Profile", href: "#choices" },
					{ name: "Keys", href: "#choices" },
				]}
			/>
		</>
	);
}

function Banners() {
	return (
		<>
			<Banner kind="info" strong="This is sample data." text="Made up, to show what the pages look like." />
			<Banner
				kind="warn"
				strong="1 model has no price."
				text="38,112 tokens of claude-nova-5-preview are not in the cost."
			/>
			<Banner kind="bad" strong="This page could not be refreshed." text="You see the old numbers." />
		</>
	);
}
