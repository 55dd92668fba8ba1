import manifest from "../package.json";

/** The product's version. */
export const VERSION: string = manifest.version;

/** The oldest version of a client that a server of this version understands. */
export const OLDEST_CLIENT = "0.1.0";
