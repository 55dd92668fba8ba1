const SHOWN_MS = 6_000;

/** A toast goes by itself, but not from under somebody who points at it or has come to it by keyboard. */
export function watchToasts(page: Document): void {
	page.addEventListener("htmx:after:swap", () => letGo(page));
	letGo(page);
}

function letGo(page: Document): void {
	for (const toast of page.querySelectorAll<HTMLElement>("[data-toast='']")) {
		toast.dataset.toast = "seen";
		wait(toast);
	}
}

function wait(toast: HTMLElement): void {
	setTimeout(() => {
		if (toast.matches(":hover, :focus-within")) wait(toast);
		else toast.remove();
	}, SHOWN_MS);
}
