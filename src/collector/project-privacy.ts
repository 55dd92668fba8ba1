import { existsSync } from "node:fs";
import { AppError } from "../errors.ts";
import { PRIVACY_SETTINGS, type Privacy } from "../usage/privacy.ts";
import { type Home, readJson, writing } from "./home.ts";
import { writeOnce } from "./own-files.ts";
import { readProjectRules } from "./project-rules.ts";

/**
 * What of project paths and branch names may leave the machine.
 *
 * @throws AppError `invalid_config`, `ledger_unwritable`
 */
export function readPrivacy(home: Home, setting: string, userHome: string): Privacy {
	const known = PRIVACY_SETTINGS.find((one) => one === setting);
	if (known === undefined) {
		throw new AppError(
			"invalid_config",
			`PROJECT_PATH_PRIVACY is ${JSON.stringify(setting)}, which is no setting of it.`,
			`Set it to one of ${PRIVACY_SETTINGS.join(", ")}, there or with promptpulse config set projectPrivacy.`,
		);
	}
	const rules = readProjectRules(home, userHome);
	return known === "hash"
		? { userHome, rules, setting: known, secret: privacySecret(home) }
		: { userHome, rules, setting: known };
}

/** Made on first use: with another one every project has another name from then on. */
function privacySecret(home: Home): string {
	const path = home.secret;
	if (!existsSync(path)) {
		const secret = Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString("base64url");
		writing(home, () => writeOnce(path, `${JSON.stringify({ secret })}\n`));
	}
	const { secret } = readJson(path) as { secret?: unknown };
	if (typeof secret === "string" && /^[\w-]{43}$/.test(secret)) return secret;
	throw new AppError(
		"invalid_config",
		`${path} has no secret in it.`,
		"Move it away: a new one is made, and projects get other names from then on.",
	);
}
