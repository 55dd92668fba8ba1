import { describe } from "bun:test";
import {
	answering,
	DO_NOT_USE,
	failing,
	forRequests,
	rowsAnswer,
	startChecked,
	testFailures,
} from "../../support/cloud-checking.ts";

const cloud = await startChecked();

describe("of values, a check fails on a server that", () => {
	testFailures(cloud, [
		[
			"integers",
			"rounds them",
			() =>
				answering(/^select v/, rowsAnswer(["v"], [0n], [-1n], [2n ** 53n], [2n ** 63n - 1n], [-(2n ** 63n)])),
			/^a value came as 9007199254740992n? and not as 9007199254740993n$/,
			DO_NOT_USE,
		],
		[
			"integers",
			"keeps none",
			() => answering(/^select v/, rowsAnswer(["v"])),
			/came as undefined/,
			DO_NOT_USE,
		],
		[
			"fractions",
			"writes 15 digits",
			() => answering(/^select v/, rowsAnswer(["v"], [0.1], [0.333333333333333])),
			/^a value came as 0\.333333333333333 and not as 0\.3333333333333333$/,
			/^It can be used, /,
		],
		[
			"texts",
			"ends them at a zero byte",
			() => answering(/^select v/, rowsAnswer(["v"], [""], ["a"])),
			/^a value came as "a" and not as "a\\u0000b"$/,
			DO_NOT_USE,
		],
		[
			"a request of 512 KB",
			"ends the connection",
			() => ({ dropBefore: forRequests(/json_each/, true) }),
			/^The connection to the database was lost before its answer came/,
			/^Large uploads fail in this database\. /,
		],
		[
			"a request of 512 KB",
			"cuts it",
			() => answering(/sum\(length/, rowsAnswer(["count", "sum", "length"], [2_500n, 3_123_750n, 7n])),
			/^what was written came as /,
			/^Large uploads fail/,
		],
		[
			"a request of 512 KB",
			"says nothing more",
			() => ({ silent: forRequests(/json_each/, true) }),
			/^The database did not answer within 0\.3 s\.$/,
			/^Large uploads fail/,
		],
		[
			"10,000 rows",
			"has a limit",
			() =>
				failing(/order by id/, {
					code: 10_003,
					message: "RowSet too big to be sent (limit set to 9 bytes).",
				}),
			/^RowSet too big to be sent/,
			/^Long lists fail with this database\. .*MAXROWSET/,
		],
		[
			"10,000 rows",
			"sends some of them",
			() => answering(/order by id/, rowsAnswer(["id", "f"], [1n, "x"])),
			/^all came as .*count: 1/,
			/^Long lists fail/,
		],
		[
			"10,000 rows as one value",
			"cuts it",
			() => answering(/json_group_array/, rowsAnswer(["list"], ["[[1,2,3,4,5,6,"])),
			/JSON/,
			/^Long lists fail with this database\. .*MAXDATA/,
		],
		[
			"10,000 rows as one value",
			"leaves rows out",
			() => answering(/json_group_array/, rowsAnswer(["list"], ["[[1,2,3,4,5,6,7]]"])),
			/^all came as .*count: 1/,
			/^Long lists fail/,
		],
	]);
});
