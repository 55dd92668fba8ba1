import { Option } from "commander";

/* Flags that several commands have. */

export function json(): Option {
	return new Option("--json", "print JSON");
}

export function database(): Option {
	return new Option(
		"--database <path>",
		"the server's ledger (DATABASE_URL, else server.db in PROMPTPULSE_HOME)",
	);
}

export function health(): Option {
	return new Option("--health", "only ask the server that runs here whether it is ready").conflicts("check");
}

export function role(): Option {
	return new Option("--role <role>", "what the person may do").choices(["admin", "member"]).default("member");
}

export function timezone(): Option {
	return new Option("--timezone <zone>", "IANA zone of the days (this machine's)");
}

/** May be given several times; `!` before the name leaves it out. */
export function names(flag: string, description: string): Option {
	return new Option(flag, `${description}; repeatable, and !name leaves it out`).argParser(
		(name: string, given: string[] | undefined) => [...(given ?? []), name],
	);
}

export function insecure(): Option {
	return new Option("--insecure", "allow a server whose connection others can read, by http");
}

export function noCollect(): Option {
	return new Option("--no-collect", "report what the ledger has, without reading transcripts");
}
