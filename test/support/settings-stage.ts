import { expect } from "bun:test";
import { mailingOf } from "../../src/web/people/mailing.ts";
import { form } from "./forms.ts";
import { byId, type Element, elementsOf } from "./markup.ts";
import { ResendServer } from "./resend.ts";
import { type Person, SERVER, TestServer } from "./server.ts";

/** Two people who settle things, on a server that sends mail. */
export class SettingsStage {
	private constructor(
		readonly service: ResendServer,
		readonly server: TestServer,
		readonly ada: Person,
		readonly alice: Person,
	) {}

	static async open(): Promise<SettingsStage> {
		const service = new ResendServer();
		const server = await TestServer.start({ mailing: mailingOf(service.settings, SERVER) });
		return new SettingsStage(service, server, await server.join("ada", "owner"), await server.join("alice"));
	}

	async close(): Promise<void> {
		expect(this.server.reported).toEqual([]);
		expect(this.service.complaints).toEqual([]);
		await this.service.stop();
	}

	/** Where a link in the last mail leads. */
	linkInMail(path: string): string {
		const text = this.service.taken.at(-1)?.text ?? "";
		return new RegExp(`${SERVER}(/mail/${path}/\\w+)`).exec(text)?.[1] ?? "";
	}

	async giveConfirmedEmail(who: Person, email: string): Promise<void> {
		expect((await submit(who, "/settings/email", { email })).status).toBe(303);
		const confirmed = await this.server.ask(this.linkInMail("confirm"), { method: "POST" });
		expect(confirmed.status).toBe(200);
	}
}

/** Sends a form of the settings as the browser of somebody. */
export function submit(who: Person, path: string, fields: Record<string, string> = {}): Promise<Response> {
	return who.visit(path, form(fields, who.browser));
}

export async function settingsOf(who: Person): Promise<Element[]> {
	return elementsOf(await (await who.visit("/settings")).text());
}

export function inputOf(elements: readonly Element[], id: string): string | undefined {
	return byId(elements, id)?.attributes.get("value");
}

/** Somebody's preferences, as the API has them. */
export async function preferencesOf(who: Person) {
	return (await who.ask("/api/user/email-preferences")).json();
}
