import { changeConfigFile } from "../../collector/change-config.ts";
import { readConfigFile } from "../../collector/config-file.ts";
import { exposureOf } from "../../collector/credentials.ts";
import { homeAt } from "../../collector/home.ts";
import { readLogin } from "../../collector/kept-login.ts";
import { listProjectRules } from "../../collector/project-rules.ts";
import { listSettings, variableOf } from "../../config.ts";
import { AppError } from "../../errors.ts";
import { jsonText } from "../../usage/usage-json.ts";
import type { Context } from "../context.ts";
import { DONE } from "../exit-code.ts";
import { ownHome, tellExposed } from "../own-home.ts";
import { table } from "../screen/table.ts";
import { plain } from "../screen/terminal.ts";
import { checkSetting } from "./check-setting.ts";
import { ruleJson, tellRules } from "./config-project.ts";
import { keepServer, readAddress } from "./kept-server.ts";
import { findName, readSettable, type SettableName, unknownSetting } from "./setting-names.ts";
import { listSettingRows, type SettingRow } from "./setting-rows.ts";

export type ConfigFlags = { json?: boolean };
export type SetFlags = { insecure?: boolean };

/** `promptpulse config list`, and `user config show`: every setting in force, and where it comes from. */
export async function listConfig(context: Context, { json }: ConfigFlags): Promise<number> {
	const { config, terminal } = context;
	const { config: path } = homeAt(config.home);
	const rows = readRows(context);
	const rules = listProjectRules(homeAt(config.home));
	if (json) {
		terminal.out(jsonText({ path, settings: rows.map(rowJson), projects: rules.map(ruleJson) }));
		return DONE;
	}
	const columns = [
		{ title: "Setting", cell: ({ name }: SettingRow) => name },
		{ title: "Value", cell: ({ value }: SettingRow) => plain(value ?? ""), shortest: 8 },
		{ title: "From", cell: ({ source }: SettingRow) => source, shortest: 11 },
	];
	terminal.out(table(terminal, columns, rows));
	if (rules.length > 0) terminal.out("");
	tellRules(terminal, rules);
	terminal.err(`What promptpulse config set and login keep stands in ${plain(path)}.`);
	return DONE;
}

/** `promptpulse config get NAME`: one setting as it is in force. */
export async function getConfig(context: Context, given: string, { json }: ConfigFlags): Promise<number> {
	const { terminal } = context;
	const rows = readRows(context);
	const known = rows.map(({ name }) => name);
	const name = findName(given, known);
	const row = rows.find((one) => one.name === name);
	if (!row) throw unknownSetting(given, known);
	if (json) terminal.out(jsonText(rowJson(row)));
	else if (row.value === undefined) terminal.err(`${row.name} is not set.`);
	else terminal.out(plain(row.value));
	return DONE;
}

/** `promptpulse config set NAME VALUE`: keeps a setting on this machine. */
export async function setConfig(
	context: Context,
	given: string,
	value: string,
	{ insecure = false }: SetFlags,
): Promise<number> {
	const { config, terminal } = context;
	const name = readSettable(given);
	if (insecure && name !== "server") {
		throw new AppError("usage", "--insecure is for a server's address.", "Leave it out.");
	}
	if (name === "server") {
		const address = readAddress(value, insecure);
		const home = ownHome(context);
		changeConfigFile(home, (fields) => keepServer(home, fields, address));
	} else {
		const { value: checked, warnings } = checkSetting(name, value, config.userHome);
		changeConfigFile(ownHome(context), (fields) => ({ ...fields, [name]: checked }));
		for (const warning of warnings) terminal.err(plain(warning));
	}
	tellChanged(context, name, "is kept");
	return DONE;
}

/** `promptpulse config unset NAME`: forgets a setting, so that what is usual holds again. */
export async function unsetConfig(context: Context, given: string): Promise<number> {
	const { config, terminal } = context;
	const name = readSettable(given);
	const home = homeAt(config.home);
	if (readConfigFile(home)[name] === undefined) {
		terminal.err(`${name} is not kept. Nothing was changed.`);
		return DONE;
	}
	changeConfigFile(home, (fields) =>
		name === "server" ? keepServer(home, fields, undefined) : { ...fields, [name]: undefined },
	);
	tellChanged(context, name, "is forgotten");
	return DONE;
}

/** Says what became of a setting, and if the environment says something else. */
function tellChanged({ terminal }: Context, name: SettableName, what: string): void {
	terminal.err(`${name} ${what}.`);
	const variable = variableOf(name);
	const { source } = listSettings(() => undefined).find((setting) => setting.name === name) ?? {};
	if (source === variable) terminal.err(`${variable} is set, and goes before what is kept.`);
}

function readRows(context: Context): SettingRow[] {
	const home = homeAt(context.config.home);
	const { login, exposed } = readLogin(home);
	tellExposed(context, exposureOf(home, exposed));
	return listSettingRows(home, login);
}

function rowJson({ name, value, source }: SettingRow): object {
	return { name, value: value ?? null, source };
}
