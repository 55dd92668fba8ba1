import { counted } from "../parts/words.ts";

/** Where scripts run it looks again every two seconds, and becomes {@link Arrived}. */
export function Waiting() {
	return (
		<div class="arrival" id="arrival" hx-get="/setup/waiting" hx-trigger="every 2s" hx-swap="outerHTML">
			<span class="arrival-pulse" aria-hidden="true" />
			<div class="arrival-text">
				<p>
					<strong>Waiting for the first usage</strong>
				</p>
				<p class="arrival-more">
					This changes by itself when the first machine sends.
					<noscript>
						{" "}
						Without scripts it does not:{" "}
						<a href="/setup/waiting" target="_blank" rel="noopener">
							look in a new tab
						</a>
						.
					</noscript>
				</p>
			</div>
		</div>
	);
}

/** @param props.responses how many responses came */
export function Arrived({ responses }: { responses: number | bigint }) {
	return (
		<div class="arrival arrival-done" id="arrival">
			<span class="dot dot-ok" aria-hidden="true" />
			<p class="arrival-text">
				<strong safe>{`First usage received: ${counted(Number(responses), "response")}`}</strong>
			</p>
			<a class="button button-primary" href="/">
				Open the overview
			</a>
		</div>
	);
}
