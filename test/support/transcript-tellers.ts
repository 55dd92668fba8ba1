import { assistantLine, type LineOptions, progressLine } from "./transcript.ts";
import type { HistorySession, TranscriptHistory } from "./transcript-history.ts";

/** Lets one thing happen in a session. */
export type Teller = (history: TranscriptHistory, session: HistorySession) => void;

const MODELS = ["claude-sonnet-4-5-20250929", "claude-opus-4-7", "unheard-of"];

/** A response on one to four lines, its output growing; at last it may have extra parts. */
const stream: Teller = (history, session) => {
	for (const line of responseLines(history, session, {})) history.tell(session, session.main, line);
};

/** A response of a sub-agent, in one of the layouts there are; its parent may repeat some of its lines. */
const streamAgent: Teller = (history, session) => {
	const { random } = history;
	const agent =
		session.agents.length === 0 || random.next() < 0.4
			? startAgent(history, session)
			: random.pick(session.agents);
	const options = { sidechain: true, agent: agent.id };
	const echoes = random.next() < 0.5;
	for (const told of responseOptions(history, session, options)) {
		if (random.next() < 0.9) history.tell(session, agent.path, assistantLine(told));
		if (echoes) history.tell(session, session.main, progressLine(told));
	}
};

/** A copy of a session's beginning under a new id: as an old resume, a fork, or a branch that writes lines twice. */
const fork: Teller = (history, session) => {
	const { random } = history;
	const copy = history.openSession(random.next() < 0.7 ? session.folder : undefined);
	const marks = random.pick([false, true]);
	const twice = random.next() < 0.3;
	for (const text of session.lines.slice(0, random.integer(1, Math.max(1, session.lines.length)))) {
		const line = { ...JSON.parse(text), sessionId: copy.id };
		const marked = { ...line, forkedFrom: { sessionId: session.id, messageUuid: line.uuid } };
		history.tell(copy, copy.main, JSON.stringify(marks ? marked : line));
		if (twice) history.tell(copy, copy.main, JSON.stringify(line));
	}
};

/** Lines that were told before come again, in their own file or another. */
const repeat: Teller = (history, session) => {
	const { random } = history;
	if (session.lines.length === 0) return;
	const from = random.integer(0, session.lines.length - 1);
	const to = random.pick(history.sessions);
	history.tell(to, to.main, ...session.lines.slice(from, from + random.integer(1, 3)));
};

/** A side chain tells a response of its parent again, under another request id. */
const replay: Teller = (history, session) => {
	if (session.lines.length === 0) return;
	const line = JSON.parse(history.random.pick(session.lines));
	if (line.type !== "assistant") return;
	const agent = startAgent(history, session);
	const request = `req_${history.number()}`;
	const again = { ...line, requestId: request, isSidechain: true, agentId: agent.id };
	history.tell(session, agent.path, JSON.stringify(again));
};

/** Lines that are not usage, though some look like it. */
const chatter: Teller = (history, session) => {
	const usage = { input_tokens: 1_000_000, output_tokens: 1_000_000 };
	const told = { session: session.id, timestamp: timeOf(history), id: `msg_${history.number()}` };
	const lines = [
		assistantLine({ ...told, model: "<synthetic>", line: { isApiErrorMessage: true } }),
		JSON.stringify({ type: "user", sessionId: session.id, toolUseResult: { usage, totalTokens: 2_000_000 } }),
		JSON.stringify({ type: "progress", data: { type: "hook_progress", message: { usage } } }),
		progressLine({ ...told, line: { data: { type: "bash_progress", message: { type: "assistant" } } } }),
		JSON.stringify({ type: "summary", summary: '"usage": {"input_tokens": 5}' }),
		assistantLine({ ...told, message: { content: [{ type: "tool_use", input: { usage } }], usage: null } }),
	];
	history.append(session.main, history.random.pick(lines));
};

export const TELLERS = [
	stream,
	stream,
	stream,
	streamAgent,
	streamAgent,
	fork,
	repeat,
	replay,
	chatter,
] as const;

function startAgent(history: TranscriptHistory, session: HistorySession): { id: string; path: string } {
	const id = `a${history.number()}`;
	const { folder } = session;
	const path = history.random.pick([
		`${folder}/agent-${id}.jsonl`,
		`${folder}/${session.id}/subagents/agent-${id}.jsonl`,
		`${folder}/${session.id}/subagents/workflows/wf1/agent-${id}.jsonl`,
	]);
	const agent = { id, path };
	session.agents.push(agent);
	return agent;
}

function responseLines(history: TranscriptHistory, session: HistorySession, over: LineOptions): string[] {
	return responseOptions(history, session, over).map((options) => assistantLine(options));
}

function responseOptions(
	history: TranscriptHistory,
	session: HistorySession,
	over: LineOptions,
): LineOptions[] {
	const { random } = history;
	const number = history.number();
	const ids = random.pick<LineOptions>([
		{},
		{},
		{},
		{ requestId: undefined },
		{ id: undefined },
		{ id: "", requestId: "" },
		{ id: undefined, uuid: undefined },
	]);
	const response = {
		id: `msg_${number}`,
		requestId: `req_${number}`,
		session: session.id,
		model: random.pick(MODELS),
		cwd: random.pick([session.cwd, session.cwd, `${session.cwd}/src`, undefined]),
		branch: random.pick(["main", "dev", undefined]),
		line: random.next() < 0.1 ? { costUSD: 0.25 } : {},
		...over,
		...ids,
	};
	const usage = usageOf(history);
	let output = random.integer(0, 5);
	const last = random.integer(0, 3);
	return Array.from({ length: last + 1 }, (_, n) => {
		output += n === 0 ? 0 : random.integer(0, 300);
		// Lines of one moment that differ would be told apart by rules that a naive count does not know.
		history.now += random.integer(1, 2_000);
		const extra = n === last && random.next() < 0.2 ? { iterations: iterationsOf(history) } : {};
		const own = "uuid" in ids ? {} : { uuid: `uuid-${number}-${n}` };
		return {
			...response,
			...own,
			timestamp: timeOf(history),
			usage: { ...usage, ...extra, output_tokens: output },
		};
	});
}

function usageOf({ random }: TranscriptHistory): Record<string, unknown> {
	const [fiveMinutes, oneHour] = [random.integer(0, 900), random.integer(0, 900)];
	return {
		input_tokens: random.integer(0, 99),
		cache_read_input_tokens: random.integer(0, 5_000),
		cache_creation_input_tokens: random.pick([fiveMinutes + oneHour, undefined, 100, null]),
		cache_creation: random.pick([
			{ ephemeral_5m_input_tokens: fiveMinutes, ephemeral_1h_input_tokens: oneHour },
			undefined,
		]),
		server_tool_use: random.pick([undefined, undefined, { web_search_requests: 2, web_fetch_requests: 1 }]),
		speed: random.pick(["standard", "standard", undefined, "fast"]),
	};
}

function iterationsOf({ random }: TranscriptHistory): object[] {
	const tokens = { input_tokens: random.integer(0, 50), output_tokens: random.integer(0, 50) };
	return [
		{ type: "message", ...tokens },
		{ type: "advisor_message", model: random.pick(MODELS), ...tokens },
		{ type: "compaction", ...tokens, cache_read_input_tokens: 7 },
	].slice(0, random.integer(1, 3));
}

function timeOf({ now }: TranscriptHistory): string {
	return new Date(now).toISOString();
}
