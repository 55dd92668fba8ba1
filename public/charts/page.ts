const COPIED_MS = 2_000;

/** What pages do beside charts: buttons that copy, menus that close, and a word when a refresh fails. */
export function watchPage(page: Document): void {
	page.addEventListener("DOMContentLoaded", () => {
		showCopyButtons(page);
		fillZone(page);
	});
	page.addEventListener("htmx:after:swap", () => {
		showCopyButtons(page);
		notRefreshed(page, undefined);
	});
	page.addEventListener("htmx:error", (event) => {
		const context = (event as CustomEvent<{ ctx?: { request?: { action?: string } } }>).detail.ctx;
		if (context?.request?.action) notRefreshed(page, context.request.action);
	});
	page.addEventListener("click", (event) => {
		if (!(event.target instanceof Element)) return;
		const button = event.target.closest<HTMLButtonElement>("button[data-copy]");
		if (button) copy(button);
		closeMenus(page, event.target);
	});
	page.addEventListener("keydown", (event) => {
		if (event.key !== "Escape") return;
		const open = page.activeElement?.closest("details.menu[open]")?.querySelector("summary");
		closeMenus(page, undefined);
		open?.focus();
	});
}

/** Without a script they could do nothing, so that pages hide them. */
function showCopyButtons(page: Document): void {
	for (const button of page.querySelectorAll<HTMLButtonElement>("button[data-copy]")) button.hidden = false;
}

/** A new account's days are counted in the zone of who makes it. */
function fillZone(page: Document): void {
	const field = page.querySelector<HTMLInputElement>("input[data-zone]");
	if (field) field.value = Intl.DateTimeFormat().resolvedOptions().timeZone;
}

async function copy(button: HTMLButtonElement): Promise<void> {
	const word = button.querySelector("span");
	if (!word || word.textContent === "Copied") return;
	try {
		await navigator.clipboard.writeText(button.dataset.copy ?? "");
	} catch {
		return;
	}
	const before = word.textContent;
	button.style.minWidth = `${button.offsetWidth}px`;
	word.textContent = "Copied";
	button.classList.add("button-done");
	setTimeout(() => {
		word.textContent = before;
		button.classList.remove("button-done");
	}, COPIED_MS);
}

function closeMenus(page: Document, but: Element | undefined): void {
	for (const menu of page.querySelectorAll<HTMLDetailsElement>("details.menu[open]")) {
		if (!but || !menu.contains(but)) menu.open = false;
	}
}

/** The old numbers stay, and the address that did not answer can be tried again. */
function notRefreshed(page: Document, address: string | undefined): void {
	const banner = page.getElementById("not-refreshed");
	if (!banner) return;
	banner.hidden = address === undefined;
	const link = banner.querySelector("a");
	if (link && address?.startsWith("/") && !address.startsWith("//")) link.href = address;
}
