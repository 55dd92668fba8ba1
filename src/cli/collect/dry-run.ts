import { readCredentials } from "../../collector/credentials.ts";
import { findHeldBack } from "../../collector/held-back.ts";
import { homeAt } from "../../collector/home.ts";
import { type PreviewOptions, previewUploads } from "../../collector/preview.ts";
import { readPrivacy } from "../../collector/project-privacy.ts";
import { previewImported } from "../../collector/push-imported.ts";
import { bodyOf } from "../../collector/totals-plan.ts";
import type { Reader } from "../../ledger/database.ts";
import { countResponsesOf } from "../../ledger/ignored-projects.ts";
import type { Granularity } from "../../usage/granularity.ts";
import type { WireEvent } from "../../usage/upload.ts";
import type { Context } from "../context.ts";
import { openUsage } from "../open-usage.ts";
import { type Fact, factsText } from "../screen/facts.ts";
import { counted, moment } from "../screen/format.ts";
import { listOf } from "../screen/list-of.ts";
import { exitCode, tellTrouble } from "../trouble.ts";
import { totalsBodies, totalsFacts } from "./dry-run-totals.ts";
import { readGranularity } from "./granularity.ts";
import { ignoredLine, kindsOf } from "./push.ts";

export type DryRunFlags = {
	granularity?: Granularity;
	json?: boolean;
	resend?: boolean;
	insecure?: boolean;
};

/** `promptpulse collect --dry-run`: collects, sends nothing, and tells what would be sent; as JSON exactly that. */
export async function dryRun(context: Context, flags: DryRunFlags): Promise<number> {
	const { config, terminal } = context;
	const home = homeAt(config.home);
	const usage = await openUsage(context, true);
	try {
		const privacy = readPrivacy(home, config.projectPrivacy, config.userHome);
		// Nothing is sent, so nobody can overhear anything.
		const { server, access, login, since } = readCredentials(home, config, true);
		const { user, machine } = usage;
		const account = login?.userId;
		const common = { machine, access, account, privacy, since, resend: flags.resend };
		const kind = readGranularity(context, flags.granularity);
		const host = server && new URL(server).host;
		const imported = await previewImported(usage.db, { ...common, user: user.id, kinds: kindsOf(kind) });
		const all = { ...common, user: user.id };
		if (flags.json) {
			const bodies =
				kind === "all" ? uploadBodies(usage.db, all) : totalsBodies(usage.db, { ...common, user, kind });
			await printBodies(context, bodies, imported.map(bodyOf));
		} else {
			const facts =
				kind === "all"
					? await factsOf(context, usage.db, all, host)
					: await totalsFacts(host, usage.db, { ...common, user, kind });
			const totals = imported.reduce((sum, lot) => sum + lot.length, 0);
			if (totals > 0) facts.push({ label: "And", lines: [counted(totals, "imported total")] });
			terminal.out(factsText(terminal, facts));
		}
		const { projects = [] } = await findHeldBack(usage.db, user.id, privacy);
		const ignored = await countResponsesOf(usage.db, user.id, projects);
		if (ignored > 0) terminal.err(ignoredLine(ignored));
		tellTrouble(context, usage);
		terminal.err("Nothing was sent.");
		return exitCode(usage);
	} finally {
		await usage.db.close();
	}
}

/** One list of what would be sent, each body as it would be. */
async function printBodies(
	{ terminal }: Context,
	bodies: AsyncIterable<string>,
	imported: readonly string[],
): Promise<void> {
	let last: string | undefined;
	const print = (body: string) => {
		if (last !== undefined) terminal.out(`${last},`);
		last = body;
	};
	terminal.out("[");
	for await (const body of bodies) print(body);
	for (const body of imported) print(body);
	if (last !== undefined) terminal.out(last);
	terminal.out("]");
}

async function* uploadBodies(db: Reader, options: PreviewOptions): AsyncGenerator<string> {
	for await (const upload of previewUploads(db, options)) yield JSON.stringify(upload);
}

async function factsOf(
	{ config }: Context,
	db: Reader,
	options: PreviewOptions,
	host: string | undefined,
): Promise<Fact[]> {
	let events = 0;
	let [first, latest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
	const machines = new Set<string>();
	const names = { project: new Set<string>(), branch: new Set<string>(), model: new Set<string>() };
	const fields = new Set<string>();
	for await (const upload of previewUploads(db, options)) {
		machines.add(upload.machine.label);
		events += upload.events.length;
		for (const event of upload.events) {
			first = Math.min(first, event.at);
			latest = Math.max(latest, event.at);
			for (const field of fieldsOf(event)) fields.add(field);
			for (const [name, known] of Object.entries(names)) {
				const value = event[name as keyof typeof names];
				if (value !== undefined) known.add(value);
			}
		}
	}
	if (events === 0)
		return [{ label: "Would be sent", lines: [host ? `Nothing: ${host} has everything.` : "Nothing."] }];
	const day = (at: number) => moment(at, config.zone).slice(0, 10);
	const span = first === latest ? day(first) : `${day(first)} to ${day(latest)}`;
	return [
		{
			label: "Would be sent",
			lines: [
				`${counted(events, "response")} of ${span}${host ? ` to ${host}` : ", if this machine were logged in"}`,
			],
		},
		{ label: "Of machines", lines: [listOf(machines)] },
		{ label: "Models", lines: [listOf(names.model)] },
		{
			label: "Projects",
			lines: [`${listOf(names.project)} (PROJECT_PATH_PRIVACY is ${options.privacy.setting})`],
		},
		{ label: "Branches", lines: [listOf(names.branch)] },
		{ label: "Fields", lines: [listOf(fields, Number.POSITIVE_INFINITY)] },
		{ label: "To see all", lines: ["promptpulse collect --dry-run --json"] },
	];
}

function fieldsOf(event: WireEvent): string[] {
	return Object.entries(event).flatMap(([name, value]) => (value === undefined ? [] : name));
}
