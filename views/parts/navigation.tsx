import type { Shell } from "../layout.tsx";
import { AccountMenu } from "./account-menu.tsx";
import { HelpLink } from "./help-dialog.tsx";
import { Icon, type IconName, Mark } from "./icon.tsx";
import { ADMIN_KEY, BOARD_KEY, PAGE_KEYS } from "./keys.ts";
import { escapeAttribute } from "./safe-url.ts";
import { ThemeSwitch } from "./theme-switch.tsx";

/** Pages of one's own usage that navigation leads to. */
export type UsagePageName =
	| "overview"
	| "sessions"
	| "blocks"
	| "patterns"
	| "projects"
	| "models"
	| "machines";

/** All pages that it leads to. */
export type PageName = UsagePageName | "leaderboard" | "admin";

/**
 * `current`: the page that this is; none of them where it is another one. `silent`: some machine has not reported for
 * long. `hrefOf`: where a page is, with the days and filters of this one. `next`: the page's own path and query.
 */
export type NavigationProps = {
	shell: Shell;
	current?: PageName | undefined;
	silent: boolean;
	hrefOf: (path: string) => string;
	next: string;
};

type Item = { page: PageName; path: string; label: string; icon: IconName; keys: string };

const FIRST: readonly Item[] = [
	{ page: "overview", path: "/", label: "Overview", icon: "overview", keys: PAGE_KEYS.overview },
	{ page: "sessions", path: "/sessions", label: "Sessions", icon: "sessions", keys: PAGE_KEYS.sessions },
	{ page: "blocks", path: "/blocks", label: "Blocks", icon: "blocks", keys: PAGE_KEYS.blocks },
	{ page: "patterns", path: "/patterns", label: "Patterns", icon: "calendar", keys: PAGE_KEYS.patterns },
];
const BROKEN_DOWN: readonly Item[] = [
	{ page: "projects", path: "/projects", label: "Projects", icon: "projects", keys: PAGE_KEYS.projects },
	{ page: "models", path: "/models", label: "Models", icon: "models", keys: PAGE_KEYS.models },
	{ page: "machines", path: "/machines", label: "Machines", icon: "machines", keys: PAGE_KEYS.machines },
];

/** About the people of a server: these have no days and filters of one's own usage. */
const BOARD: Item = {
	page: "leaderboard",
	path: "/leaderboard",
	label: "Leaderboard",
	icon: "board",
	keys: BOARD_KEY,
};
const ADMIN: Item = { page: "admin", path: "/admin", label: "Admin", icon: "people", keys: ADMIN_KEY };

function itemsOfServer({ board, account }: Shell): Item[] {
	return [...(board ? [BOARD] : []), ...(account?.isAdmin ? [ADMIN] : [])];
}

/** On small screens these have a place of their own. */
const TABS = ["overview", "sessions", "blocks", "projects"];

/** On wide screens. */
export function SideBar(props: NavigationProps) {
	const { shell, next } = props;
	const ofServer = itemsOfServer(shell);
	return (
		<aside class="side">
			<Brand />
			<nav class="side-nav" id="side-nav" aria-label="Main">
				<Items {...props} items={FIRST} />
				<p class="nav-group">Broken down by</p>
				<Items {...props} items={BROKEN_DOWN} />
				{ofServer.length > 0 ? (
					<>
						<p class="nav-group nav-server" safe>
							{shell.account?.server ?? "Server"}
						</p>
						<Items {...props} items={ofServer} />
					</>
				) : null}
			</nav>
			<div class="side-foot">
				<ThemeSwitch id="theme-side" theme={shell.theme} next={next} csrf={shell.account?.csrf} />
				<AccountMenu account={shell.account} />
				<HelpLink of="side-help" />
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
export function TabBar(props: NavigationProps) {
	const { shell, current, hrefOf, next } = props;
	const all = [...FIRST, ...BROKEN_DOWN, ...itemsOfServer(shell)];
	return (
		<nav class="tab-bar" id="tab-bar" aria-label="Main, small">
			{all
				.filter(({ page }) => TABS.includes(page))
				.map(({ page, path, label, icon }) => (
					<a
						class="tab"
						href={escapeAttribute(hrefOf(path))}
						aria-current={page === current ? "page" : undefined}
					>
						<Icon name={icon} />
						<span safe>{label}</span>
					</a>
				))}
			<details class="tab-more menu" name="menu">
				<summary class="tab">
					<Icon name="more" />
					More
				</summary>
				<div class="tab-sheet menu-sheet">
					<Items {...props} items={all.filter(({ page }) => !TABS.includes(page))} />
					<HelpLink of="nav-item" />
					<ThemeSwitch id="theme-more" theme={shell.theme} next={next} csrf={shell.account?.csrf} />
				</div>
			</details>
		</nav>
	);
}

function Items({ items, current, silent, hrefOf }: NavigationProps & { items: readonly Item[] }) {
	return (
		<>
			{items.map(({ page, path, label, icon, keys }) => (
				<a
					class="nav-item"
					href={escapeAttribute(page === "leaderboard" || page === "admin" ? path : hrefOf(path))}
					data-key={keys}
					aria-current={page === current ? "page" : undefined}
				>
					<Icon name={icon} />
					<span safe>{label}</span>
					{silent && page === "machines" ? (
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
