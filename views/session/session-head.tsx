import type { SessionView } from "../../src/usage/session-query.ts";
import type { Labels } from "../parts/names.ts";
import { escapeAttribute } from "../parts/safe-url.ts";
import type { SessionData } from "../session.tsx";

const SHORT_ID = 8;

/** The way back, and where and with what the session was. */
export function SessionHead({
	data: { session, branches, versions },
	view,
	labels,
}: {
	data: SessionData;
	view: SessionView;
	labels: Labels;
}) {
	const [branch, ...otherBranches] = branches;
	const branchWords = branch && `${branch}${otherBranches.length > 0 ? ` +${otherBranches.length}` : ""}`;
	const versionWords = versions.length > 0 ? `Claude Code ${versions.join(", ")}` : undefined;
	return (
		<div class="session-head">
			<a class="session-back" id="back" href={escapeAttribute(view.on("/sessions"))}>
				Back to sessions
			</a>
			<ul class="session-where" aria-label="Where it was">
				<li title={escapeAttribute(session.project)} safe>
					{labels.project(session.project)}
				</li>
				{branchWords === undefined ? null : (
					<li title={escapeAttribute(branches.join(", "))}>
						<span class="reader">on branch </span>
						<span safe>{branchWords}</span>
					</li>
				)}
				{session.machines.map(({ uuid }) => (
					<li safe>{labels.machine(uuid)}</li>
				))}
				<li class="session-id" safe title={escapeAttribute(session.session)}>
					{session.session.slice(0, SHORT_ID)}
				</li>
				{versionWords === undefined ? null : <li safe>{versionWords}</li>}
			</ul>
		</div>
	);
}
