/** An entry of the audit log. `at`: epoch ms; `who`: whom it is about, where that is not plain. */
export type AuditLine = { at: number; who: string | null; words: string; address: string | null };

/** The last entries of the audit log, and where more of them are. @param props.all address of the whole, without a query */
export function AuditList({
	lines,
	all,
	timeOf,
}: {
	lines: readonly AuditLine[];
	all: "/api/user/audit" | "/api/admin/audit";
	timeOf: (at: number) => string;
}) {
	if (lines.length === 0) return <p>There is nothing in it yet.</p>;
	return (
		<>
			<ol class="settings-list audit-list" aria-label="The last entries">
				{lines.map(({ at, who, words, address }) => (
					<li class="settings-row">
						<p class="settings-what">
							<span>
								{who === null ? null : <strong safe>{`${who}: `}</strong>}
								<span safe>{words}</span>
							</span>
							<span class="settings-more" safe>
								{address === null ? timeOf(at) : `${timeOf(at)}, from ${address}`}
							</span>
						</p>
					</li>
				))}
			</ol>
			<p class="settings-line">
				<span>The last thousand as</span>
				<a class="settings-link" href={`${all}?limit=1000`} hx-boost="false">
					JSON
				</a>
				<a class="settings-link" href={`${all}?limit=1000&format=csv`} hx-boost="false">
					CSV
				</a>
			</p>
		</>
	);
}
