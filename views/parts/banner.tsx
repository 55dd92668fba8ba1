import type { PropsWithChildren } from "@kitajs/html";
import { Icon } from "./icon.tsx";

/** `info`: sample data; `warn`: numbers that are not complete; `bad`: a failure. The action is the child. */
export function Banner({
	kind,
	strong,
	text,
	children,
}: PropsWithChildren<{ kind: "info" | "warn" | "bad"; strong: string; text: string }>) {
	return (
		<div class={["banner", `banner-${kind}`]}>
			<Icon name={kind === "info" ? "info" : "warning"} />
			<p class="banner-text">
				<strong safe>{strong}</strong> <span safe>{text}</span>
			</p>
			{children}
		</div>
	);
}

/** What is shown is made up, which every page says. */
export function SampleBanner() {
	return (
		<Banner
			kind="info"
			strong="This is sample data."
			text="Made up, to show what the pages look like. Nothing here is yours."
		>
			<form method="post" action="/sample/leave" hx-boost="false">
				<button class="banner-action" type="submit">
					Leave the sample
				</button>
			</form>
		</Banner>
	);
}
