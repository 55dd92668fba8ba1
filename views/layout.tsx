import type { PropsWithChildren } from "@kitajs/html";
import { Banner } from "./parts/banner.tsx";
import type { DoneWord } from "./parts/done-words.ts";
import { HelpDialog } from "./parts/help-dialog.tsx";
import { type NavigationProps, SideBar, TabBar, TopBar } from "./parts/navigation.tsx";
import { escapeAttribute } from "./parts/safe-url.ts";
import { Toasts } from "./parts/toast.tsx";

/** What every page has around it. */
export type Shell = {
	/** The cookie's choice. */
	theme: "light" | "dark" | "auto";
	/** The page's name, without the product's. */
	title: string;
	/** Hashed addresses. */
	assets: { css: string; font: string; htmx: string; charts: string; icon: string };
	/** IANA zone. */
	zone: string;
	/** Epoch ms. */
	now: number;
	/** Epoch ms of the last collect. */
	asOf: number;
	version: string;
	/** Where prices come from, such as `@pydantic/genai-prices 0.1.8`. */
	pricesOf: string;
	/** Made-up data, which the page says. */
	sample: boolean;
	/** What the usage is called that the page shows: as soon as it has another name, the page asks anew. */
	usage: string;
	/** Whether single keys do something. */
	keys: boolean;
	/** Whether navigation leads to the leaderboard. */
	board?: boolean | undefined;
	/** What was just done, which the page says once. */
	done?: DoneWord | undefined;
	/**
	 * Who is logged in, on which server (its host), what forms of the session's pages send along, and whether the page for
	 * admins is for them.
	 */
	account?: { username: string; server: string; csrf: string; isAdmin?: boolean } | undefined;
};

/** What is known of a page before anybody's data is: enough for messages. */
export type BareShell = Pick<Shell, "theme" | "assets">;

const HTMX_CONFIG = JSON.stringify({ includeIndicatorCSS: false, defaultTimeout: 20_000 });

/** What may change when a part of the page is replaced, beside `#main`: links of the navigation carry its days. */
const ELSEWHERE = "#summary:innerHTML,#toasts:innerHTML,#side-nav,#tab-bar,#theme-side,#help-switch";

/**
 * A page with navigation. Links and GET forms in `#main` replace `#main` alone where scripts run; each address is a
 * whole page all the same.
 *
 * @param props.summary one sentence that is told to readers when the page changes
 */
export function Layout(props: PropsWithChildren<NavigationProps & { title: string; summary: string }>) {
	const { shell, title, summary, children } = props;
	return (
		<Document shell={shell} title={title} scripts={true} keys={shell.keys}>
			<a class="skip" href="#main">
				Skip to the numbers
			</a>
			<div class="shell">
				<SideBar {...props} />
				<TopBar shell={shell} />
				<div
					class="content"
					hx-boost:inherited="true"
					hx-target:inherited="#main"
					hx-select:inherited="#main"
					hx-select-oob:inherited={ELSEWHERE}
					hx-swap:inherited="outerHTML show:none"
					hx-sync:inherited="this:replace"
				>
					<main id="main" tabindex="-1" data-usage={shell.usage}>
						{children}
						<Foot shell={shell} />
					</main>
				</div>
				<TabBar {...props} />
			</div>
			<p id="summary" class="reader" role="status" safe>
				{summary}
			</p>
			<Toasts done={shell.done} />
			<HelpDialog shell={shell} next={props.next} />
			<div id="not-refreshed" class="not-refreshed" role="alert" hidden>
				<Banner kind="bad" strong="This page could not be refreshed." text="You see the old numbers.">
					<a class="banner-action" href="/">
						Try again
					</a>
				</Banner>
			</div>
		</Document>
	);
}

/** Any page from `<html>` on. */
export function Document({
	shell,
	title,
	scripts,
	keys = false,
	children,
}: PropsWithChildren<{ shell: BareShell; title: string; scripts: boolean; keys?: boolean }>) {
	const { css, font, icon, htmx, charts } = shell.assets;
	return (
		<>
			{"<!doctype html>"}
			<html lang="en" data-theme={shell.theme} data-keys={keys ? "on" : undefined}>
				<head>
					<meta charset="utf-8" />
					<title safe>{`${title} · PromptPulse`}</title>
					<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
					<meta name="color-scheme" content="light dark" />
					<meta name="htmx-config" content={HTMX_CONFIG} />
					<link
						rel="preload"
						href={escapeAttribute(font)}
						as="font"
						type="font/woff2"
						crossorigin="anonymous"
					/>
					<link rel="stylesheet" href={escapeAttribute(css)} />
					<link rel="icon" href={escapeAttribute(icon)} type="image/svg+xml" />
					{scripts ? (
						<>
							<script src={escapeAttribute(htmx)} defer />
							<script src={escapeAttribute(charts)} defer />
						</>
					) : null}
				</head>
				<body>{children}</body>
			</html>
		</>
	);
}

function Foot({ shell }: { shell: Shell }) {
	return (
		<footer class="foot">
			<p safe>
				{`Estimate at Anthropic list prices (${shell.pricesOf}), not your bill. Days in ${shell.zone}.`}
			</p>
			<p safe>{`PromptPulse ${shell.version}`}</p>
		</footer>
	);
}
