import { Banner } from "../parts/banner.tsx";
import { CsrfField } from "../parts/csrf-field.tsx";
import { fullDate } from "../parts/days.ts";

/**
 * Says once that admins see what only the person saw before, until the person has read it.
 *
 * @param props.day since when, a local day
 */
export function OpenedBanner({ day, csrf }: { day: number; csrf: string | undefined }) {
	return (
		<Banner
			kind="warn"
			strong={`Since ${fullDate(day)} admins of this server may see your sessions and project names.`}
			text="The owner of the server decided so. Your audit log in the settings says when one of them looked."
		>
			<form method="post" action="/settings/opened" hx-boost="false">
				<CsrfField csrf={csrf} />
				<button class="banner-action" type="submit">
					I have read it
				</button>
			</form>
		</Banner>
	);
}
