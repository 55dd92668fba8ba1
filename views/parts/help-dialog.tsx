import type { Shell } from "../layout.tsx";
import { CsrfField } from "./csrf-field.tsx";
import { Dialog, DialogLink } from "./dialog.tsx";
import {
	ADMIN_KEY,
	BOARD_KEY,
	COMPARE_KEY,
	FILTER_KEY,
	HELP_KEY,
	NEXT_KEY,
	PAGE_KEYS,
	PREVIOUS_KEY,
	RANGE_KEYS,
} from "./keys.ts";
import { escapeAttribute } from "./safe-url.ts";

type Row = [keys: string, does: string];

const GO_TO = "Go to";

const GROUPS: readonly { title: string; rows: readonly Row[] }[] = [
	{
		title: GO_TO,
		rows: [
			[PAGE_KEYS.overview, "Overview"],
			[PAGE_KEYS.sessions, "Sessions"],
			[PAGE_KEYS.blocks, "Blocks"],
			[PAGE_KEYS.patterns, "Patterns"],
			[PAGE_KEYS.projects, "Projects"],
			[PAGE_KEYS.models, "Models"],
			[PAGE_KEYS.machines, "Machines"],
		],
	},
	{
		title: "Days",
		rows: [
			[RANGE_KEYS.today ?? "", "Today"],
			[RANGE_KEYS["7d"] ?? "", "7 days"],
			[RANGE_KEYS["30d"] ?? "", "30 days"],
			[RANGE_KEYS["12m"] ?? "", "12 months"],
			[PREVIOUS_KEY, "Earlier days"],
			[NEXT_KEY, "Later days"],
			[COMPARE_KEY, "Compare, or not"],
		],
	},
	{
		title: "On every page",
		rows: [
			[FILTER_KEY, "Search or filter"],
			["Esc", "Close what is open"],
			[HELP_KEY, "This help"],
		],
	},
];

/** Keys of what only some people are led to. */
function ownRows({ board, account }: Shell): Row[] {
	return [
		...(board ? [[BOARD_KEY, "Leaderboard"] satisfies Row] : []),
		...(account?.isAdmin ? [[ADMIN_KEY, "Admin"] satisfies Row] : []),
	];
}

/** Where the keys are told, and turned off. */
export function HelpLink({ of }: { of: string }) {
	return <DialogLink to="help" of={of} word="Keyboard shortcuts" shortcut={HELP_KEY} />;
}

/**
 * Every key that the pages know, and the switch that turns them off.
 *
 * @param props.next the path and query to come back to
 */
export function HelpDialog({ shell, next }: { shell: Shell; next: string }) {
	return (
		<Dialog id="help" title="Keyboard shortcuts">
			<div class="help-keys">
				{GROUPS.map(({ title, rows }) => (
					<section class="help-group">
						<h3 class="help-title" safe>
							{title}
						</h3>
						<dl class="help-list">
							{[...rows, ...(title === GO_TO ? ownRows(shell) : [])].map(([keys, does]) => (
								<div class="help-row">
									<dt>
										<Keys keys={keys} />
									</dt>
									<dd safe>{does}</dd>
								</div>
							))}
						</dl>
					</section>
				))}
			</div>
			<form class="help-switch" id="help-switch" method="post" action="/keys">
				<input type="hidden" name="next" value={escapeAttribute(next)} />
				<CsrfField csrf={shell.account?.csrf} />
				<p>
					{shell.keys
						? "Single keys work wherever nothing is typed."
						: "Single keys are turned off in this browser."}
				</p>
				<button class="button" type="submit" name="keys" value={shell.keys ? "off" : "on"}>
					{shell.keys ? "Turn them off" : "Turn them on"}
				</button>
			</form>
		</Dialog>
	);
}

function Keys({ keys }: { keys: string }) {
	return (
		<>
			{keys.split(" ").map((key, i) => (
				<>
					{i > 0 ? <span class="help-then">then</span> : null}
					<kbd class="key" safe>
						{key}
					</kbd>
				</>
			))}
		</>
	);
}
