import { type ConfigFields, readConfigFile, textIn } from "../../collector/config-file.ts";
import { homeAt } from "../../collector/home.ts";
import type { Kept } from "../../config.ts";

/** What `config.json` of a home keeps of settings. It is read once, when the first one is asked for. */
export function keptSettings(path: string): Kept {
	const home = homeAt(path);
	let fields: ConfigFields | undefined;
	return (name) => {
		fields ??= readConfigFile(home);
		return textIn(home, fields, name);
	};
}
