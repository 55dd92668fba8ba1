/** What a browser calls itself by, and what people call it. The first that is there counts: most claim to be others too. */
const BROWSERS = [
	["Edg/", "Edge"],
	["EdgA/", "Edge"],
	["EdgiOS/", "Edge"],
	["OPR/", "Opera"],
	["SamsungBrowser/", "Samsung Internet"],
	["Vivaldi/", "Vivaldi"],
	["Firefox/", "Firefox"],
	["FxiOS/", "Firefox"],
	["CriOS/", "Chrome"],
	["Chromium/", "Chromium"],
	["Chrome/", "Chrome"],
	["Safari/", "Safari"],
] as const;

const SYSTEMS = [
	["Android", "Android"],
	["iPhone", "iPhone"],
	["iPad", "iPad"],
	["Windows NT", "Windows"],
	["CrOS", "ChromeOS"],
	["Mac OS X", "macOS"],
	["Linux", "Linux"],
	["FreeBSD", "FreeBSD"],
] as const;

/** `Firefox on Linux`, of what a browser said of itself (User-Agent); undefined where no browser that is known said so. */
export function nameBrowser(agent: string): string | undefined {
	if (!agent.startsWith("Mozilla/5.0 (")) return undefined;
	const browser = BROWSERS.find(([mark]) => agent.includes(mark))?.[1];
	const system = SYSTEMS.find(([mark]) => agent.includes(mark))?.[1];
	return browser === undefined || system === undefined ? undefined : `${browser} on ${system}`;
}
