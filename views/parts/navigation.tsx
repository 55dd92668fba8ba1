import type { Shell } from "../layout.tsx";
import { AccountMenu } from "./account-menu.tsx";
import { Icon, type IconName, Mark } from "./icon.tsx";
import { ThemeSwitch } from "./theme-switch.tsx";

/** A panel of the page that navigation leads to. */
export type PanelName = "sessions" | "block" | "calendar" | "projects" | "models" | "machines";

/** `silent`: some machine has not reported for long. `next`: the page's own path and query. */
export type NavigationProps = { shell: Shell; panels: readonly PanelName[]; silent: boolean; next: string };

type Item = { panel: PanelName; label: string; icon: IconName };

const FIRST: readonly Item[] = [
	{ panel: "sessions", label: "Sessions", icon: "sessions" },
	{ panel: "block", label: "Blocks", icon: "blocks" },
	{ panel: "calendar", label: "Calendar", icon: "calendar" },
];
const BROKEN_DOWN: readonly Item[] = [
	{ panel: "projects", label: "Projects", icon: "projects" },
	{ panel: "models", label: "Models", icon: "models" },
	{ panel: "machines", label: "Machines", icon: "machines" },
];

/** On wide screens. */
export function SideBar({ shell, panels, silent, next }: NavigationProps) {
	return (
		<aside class="side">
			<Brand />
			<nav class="side-nav" aria-label="Main">
				<a class="nav-item" href="/" aria-current="page">
					<Icon name="overview" />
					Overview
				</a>
				<Items items={FIRST} panels={panels} silent={silent} />
				<p class="nav-group">Broken down by</p>
				<Items items={BROKEN_DOWN} panels={panels} silent={silent} />
			</nav>
			<div class="side-foot">
				<ThemeSwitch id="theme-side" theme={shell.theme} next={next} csrf={shell.account?.csrf} />
				<AccountMenu account={shell.account} />
				<p class="side-zone" safe>{`${shell.zone} · USD`}</p>
			</div>
		</aside>
	);
}

/** On small screens, at the top. */
export function TopBar({ shell }: { shell: Shell }) {
	return (
		<header class="top-bar">
			<Brand />
			<AccountMenu account={shell.account} />
		</header>
	);
}

/** On small screens, at the foot. */
export function TabBar({ shell, panels, silent, next }: NavigationProps) {
	const shown = panels.includes("sessions") ? FIRST.slice(0, 2) : [];
	const projects = BROKEN_DOWN.slice(0, 1);
	const rest = [...FIRST, ...BROKEN_DOWN].filter((item) => !shown.includes(item) && !projects.includes(item));
	return (
		<nav class="tab-bar" aria-label="Main, small">
			<a class="tab" href="/" aria-current="page">
				<Icon name="overview" />
				Overview
			</a>
			{[...shown, ...projects].map((item) => (
				<a class="tab" href={`#${item.panel}`}>
					<Icon name={item.icon} />
					<span safe>{item.label}</span>
				</a>
			))}
			<details class="tab-more menu" name="menu">
				<summary class="tab">
					<Icon name="more" />
					More
				</summary>
				<div class="tab-sheet menu-sheet">
					<Items items={rest} panels={panels} silent={silent} />
					<ThemeSwitch id="theme-more" theme={shell.theme} next={next} csrf={shell.account?.csrf} />
				</div>
			</details>
		</nav>
	);
}

function Items({
	items,
	panels,
	silent,
}: {
	items: readonly Item[];
	panels: readonly PanelName[];
	silent: boolean;
}) {
	return (
		<>
			{items
				.filter(({ panel }) => panels.includes(panel))
				.map(({ panel, label, icon }) => (
					<a class="nav-item" href={`#${panel}`}>
						<Icon name={icon} />
						<span safe>{label}</span>
						{silent && panel === "machines" ? (
							<span class="dot dot-warn">
								<span class="reader">one is silent</span>
							</span>
						) : null}
					</a>
				))}
		</>
	);
}

function Brand() {
	return (
		<a class="brand" href="/">
			<Mark />
			PromptPulse
		</a>
	);
}
