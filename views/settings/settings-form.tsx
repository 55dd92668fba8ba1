import type { PropsWithChildren } from "@kitajs/html";
import { CsrfField } from "../parts/csrf-field.tsx";
import { escapeAttribute } from "../parts/safe-url.ts";

/** A card of the settings. */
export function SettingsCard({
	id,
	title,
	sub,
	children,
}: PropsWithChildren<{ id: string; title: string; sub?: string }>) {
	return (
		<section class="card settings-card" id={id} aria-labelledby={`${id}-title`}>
			<div class="card-head">
				<h2 id={`${id}-title`} safe>
					{title}
				</h2>
				{sub === undefined ? null : (
					<p class="card-sub" safe>
						{sub}
					</p>
				)}
			</div>
			<div class="settings-body">{children}</div>
		</section>
	);
}

/** A form of the settings, which leads back to them. @param props.to what comes after `/settings/` */
export function SettingsForm({
	to,
	csrf,
	inline = false,
	children,
}: PropsWithChildren<{ to: string; csrf: string | undefined; inline?: boolean }>) {
	return (
		<form
			class={inline ? "settings-act" : "settings-form"}
			method="post"
			action={escapeAttribute(`/settings/${to}`)}
			hx-boost="false"
		>
			<CsrfField csrf={csrf} />
			{children}
		</form>
	);
}
