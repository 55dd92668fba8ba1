import { lookAt } from "../../collector/own-files.ts";
import { readPrivacy } from "../../collector/project-privacy.ts";
import { readProjectRules } from "../../collector/project-rules.ts";
import { cleanName } from "../../usage/event.ts";
import { PRIVACY_SETTINGS } from "../../usage/privacy.ts";
import { type Check, failed, type Looked, passed } from "./check.ts";
import { isOrdinaryFile, type Scene } from "./scene.ts";

/** What decides how the machine collects and what it sends. */
export const SETTING_CHECKS: readonly Check[] = [
	{
		name: "config.json",
		why: "It keeps the login and the settings of this machine; without them nothing is sent.",
		look: lookAtConfigFile,
	},
	{
		name: "MACHINE_ID",
		why: "It is what this machine is called in reports and at the server, which refuses what is no name.",
		look: lookAtLabel,
	},
	{
		name: "PROJECT_PATH_PRIVACY",
		why: "It decides what of project paths leaves this machine; with a setting that is none nothing is sent.",
		look: lookAtPrivacy,
	},
];

function lookAtConfigFile(scene: Scene): Looked {
	scene.login();
	readProjectRules(scene.home, scene.config.userHome);
	return passed(
		lookAt(scene.home.config) ? "It can be read." : "There is none: nothing is set, nobody is logged in.",
	);
}

function lookAtLabel({ config: { machineLabel } }: Scene): Looked {
	if (cleanName(machineLabel) === machineLabel) return passed(machineLabel);
	return failed(
		"The machine's name is longer than 256 characters, or has characters in it that no name has.",
		"Set another one in MACHINE_ID.",
	);
}

function lookAtPrivacy({ config, home }: Scene): Looked {
	const { projectPrivacy, userHome } = config;
	// What is settled for single projects belongs to the check of config.json.
	if (PRIVACY_SETTINGS.some((one) => one === projectPrivacy && one !== "hash")) return passed(projectPrivacy);
	// Its secret is made by whoever needs it first.
	if (projectPrivacy === "hash" && !lookAt(home.secret))
		return passed("hash, with a secret that is not made yet");
	if (projectPrivacy === "hash" && !isOrdinaryFile(home.secret)) {
		return failed(
			`${home.secret} is no file.`,
			"Move it away: a new secret is made, and projects get other names.",
		);
	}
	return passed(readPrivacy(home, projectPrivacy, userHome).setting);
}
