import { existsSync } from "node:fs";
import { join } from "node:path";
import { builtInPrices, createPriceBook, type PriceBook } from "../usage/price.ts";
import { parsePriceTable } from "../usage/price-table.ts";
import { type Home, readJson } from "./home.ts";

/**
 * The prices in force: the built-in ones, and over them those of the user's own `prices.json`.
 *
 * @throws AppError `invalid_config`
 */
export function readPrices(home: Home): PriceBook {
	const path = join(home.path, "prices.json");
	const own = existsSync(path) ? [{ ...parsePriceTable(readJson(path), path), isOwn: true }] : [];
	let made: PriceBook | undefined;
	const book = () => {
		made ??= createPriceBook(...builtInPrices(), ...own);
		return made;
	};
	return {
		find: (model) => book().find(model),
		list: () => book().list(),
		originsOf: (model) => book().originsOf(model),
	};
}
