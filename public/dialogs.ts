/**
 * Links to a dialog open it over the page, as it does where the page comes with it open; its own link out of it, a click
 * beside it and Escape close it.
 */
export function watchDialogs(page: Document): void {
	for (const dialog of page.querySelectorAll<HTMLDialogElement>("dialog[open]")) {
		dialog.close();
		dialog.showModal();
	}
	page.addEventListener("click", (event) => {
		if (!(event.target instanceof Element)) return;
		const dialog = dialogOf(page, event.target);
		if (dialog) {
			event.preventDefault();
			open(dialog, event.target);
		} else if (event.target instanceof HTMLDialogElement) event.target.close();
		else {
			const out = event.target.closest("[data-close]")?.closest("dialog");
			if (!out) return;
			event.preventDefault();
			out.close();
		}
	});
}

function dialogOf(page: Document, target: Element): HTMLDialogElement | undefined {
	const address = target.closest("a[href^='#']")?.getAttribute("href") ?? "";
	const found = address.length > 1 ? page.getElementById(address.slice(1)) : null;
	return found instanceof HTMLDialogElement ? found : undefined;
}

/** The way back to where one was is the browser's; a menu that the link stands in does not stay open behind. */
function open(dialog: HTMLDialogElement, from: Element): void {
	const menu = from.closest<HTMLDetailsElement>("details.menu[open]");
	if (menu) menu.open = false;
	if (!dialog.open) dialog.showModal();
}
