import { nameBrowser } from "../../src/account/browser-name.ts";
import { CardForm, FormCard } from "../parts/card-form.tsx";
import { escapeAttribute } from "../parts/safe-url.ts";
import type { PanelProps } from "../settings.tsx";

/** A browser in which the person is logged in. Times are epoch ms. */
export type Browser = {
	id: string;
	agent: string | null;
	createdAt: number;
	seenAt: number;
	isThis: boolean;
};

/** Where somebody is logged in, and the way to end that. */
export function BrowsersPanel({ data, shell, timeOf }: PanelProps) {
	return (
		<FormCard id="browsers" title="Browsers" sub="in which you are logged in">
			<ul class="settings-list" aria-label="Browsers in which you are logged in">
				{data.browsers.map(({ id, agent, createdAt, seenAt, isThis }) => {
					const name = agent === null ? "Unknown" : (nameBrowser(agent) ?? agent);
					return (
						<li class="settings-row">
							<p class="settings-what">
								<span class="settings-named">
									<strong title={agent === null ? undefined : escapeAttribute(agent)} safe>
										{name}
									</strong>
									{isThis ? <span class="tag tag-plain">this browser</span> : null}
								</span>
								<span
									class="settings-more"
									safe
								>{`since ${timeOf(createdAt)}, last seen ${timeOf(seenAt)}`}</span>
							</p>
							<CardForm to={`/settings/sessions/${id}/end`} csrf={shell.account?.csrf} inline={true}>
								<button class="button button-small" type="submit">
									Log out<span class="reader" safe>{` ${isThis ? "this browser" : name}`}</span>
								</button>
							</CardForm>
						</li>
					);
				})}
			</ul>
		</FormCard>
	);
}
