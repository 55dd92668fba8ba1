import { METRICS } from "../src/usage/overview-query.ts";
import { Layout, type Shell } from "./layout.tsx";
import { METRIC_NAMES } from "./overview/measure.ts";
import { ReportedBanner, type ReportedTotals } from "./overview/reported-banner.tsx";
import { SampleBanner } from "./parts/banner.tsx";
import { CommandBox } from "./parts/command-box.tsx";
import type { PageName } from "./parts/navigation.tsx";
import { PageHead } from "./parts/page-head.tsx";

const PANELS: readonly { id: PageName; title: string; text: string }[] = [
	{ id: "projects", title: "Projects", text: "Folders in which Claude Code ran, by cost." },
	{ id: "models", title: "Models", text: "Which models answered, and what each cost." },
	{ id: "machines", title: "Machines", text: "Every installation that usage came from." },
];

/**
 * Any page of usage before anything was ever used.
 *
 * @param props.current where navigation stands
 * @param props.looked the folders in which transcripts were looked for
 * @param props.login on a server: the command by which a machine begins to send
 * @param props.besides totals that came all the same
 */
export function EmptyPage({
	shell,
	current,
	looked,
	login,
	besides,
}: {
	shell: Shell;
	current: PageName;
	looked: string[];
	besides?: ReportedTotals;
	login?: string | undefined;
}) {
	return (
		<Layout
			shell={shell}
			title={shell.title}
			summary="No usage was found."
			current={current}
			silent={false}
			hrefOf={(path) => path}
			next="/"
		>
			<PageHead shell={shell} machines={[]} href="/machines" />
			{shell.sample ? <SampleBanner /> : null}
			{besides ? <ReportedBanner {...besides} isOnServer={shell.account !== undefined} /> : null}
			<section class="card card-chart" aria-labelledby="empty-title">
				<div class="stats">
					{METRICS.map((metric) => (
						<div class="stat">
							<span class="stat-label" safe>
								{METRIC_NAMES[metric]}
							</span>
							<span class="stat-number stat-none">—</span>
							<span class="delta">no usage yet</span>
						</div>
					))}
				</div>
				<div class="empty empty-first">
					<h2 class="empty-title" id="empty-title">
						{login === undefined ? "No usage was found" : "No usage has arrived yet"}
					</h2>
					{login === undefined ? <LookedFor folders={looked} /> : <SendUsage login={login} />}
				</div>
			</section>
			<div class="panels">
				{PANELS.map(({ id, title, text }) => (
					<section class="card" id={id} aria-labelledby={`${id}-title`}>
						<div class="card-head">
							<h2 id={`${id}-title`} safe>
								{title}
							</h2>
						</div>
						<p class="card-empty" safe>
							{text}
						</p>
					</section>
				))}
			</div>
		</Layout>
	);
}

/** On a machine's own dashboard: where its transcripts might be instead. */
function LookedFor({ folders }: { folders: string[] }) {
	return (
		<>
			<p>This page fills itself when Claude Code has answered on this machine. It was looked for in</p>
			<ul class="looked">
				{folders.map((folder) => (
					<li>
						<code safe>{folder}</code>
					</li>
				))}
			</ul>
			<p>If your transcripts lie elsewhere, name the folder and start again:</p>
			<CommandBox id="elsewhere" command="CLAUDE_CONFIG_DIR=/path/to/.claude promptpulse dashboard" />
			<p>To look around with made-up data:</p>
			<CommandBox id="sample" command="promptpulse dashboard --sample" />
		</>
	);
}

/** On a server: how a machine begins to send. */
function SendUsage({ login }: { login: string }) {
	return (
		<>
			<p>
				This page fills itself when a machine sends its first usage. On a machine where you use Claude Code,
				log in. The command waits until you paste your API key:
			</p>
			<CommandBox id="login" command={login} />
			<p>Then send what is there:</p>
			<CommandBox id="collect" command="promptpulse collect" />
			<p>This lets it run by itself, every 15 minutes:</p>
			<CommandBox id="setup" command="promptpulse setup" />
		</>
	);
}
