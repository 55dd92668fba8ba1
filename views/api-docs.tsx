import { type BareShell, Document } from "./layout.tsx";
import { Mark } from "./parts/icon.tsx";
import { escapeAttribute } from "./parts/safe-url.ts";

/** A route as the page tells of it. Shapes are written out as text. */
export type DocumentedRoute = {
	id: string;
	method: string;
	path: string;
	summary: string;
	/** Who may ask, in a sentence. */
	who: string;
	parameters: { name: string; place: string; required: boolean; takes: string }[];
	body: string | undefined;
	reply: string | undefined;
	/** Content types of what comes back. */
	types: string[];
	statuses: string[];
	/** A command that asks it. */
	example: string;
};

export type ApiDocsProps = BareShell & {
	version: string;
	groups: { name: string; routes: DocumentedRoute[] }[];
};

/** `GET /api/docs`: every route of the API, with what it takes and what comes back. */
export function ApiDocsPage({ version, groups, ...shell }: ApiDocsProps) {
	return (
		<Document shell={shell} title="API" scripts={false}>
			<main id="main" class="docs" tabindex="-1">
				<p class="message-brand">
					<Mark />
					PromptPulse
				</p>
				<h1>API</h1>
				<p>
					Send an API key in the header X-API-Key. Errors are JSON with a sentence in <code>error</code> and a
					word in <code>code</code>. Costs are US dollars at list price, an estimate. Integers too large for a
					JSON number are texts. For programs there is <a href="/api/openapi.json">the same as OpenAPI 3.1</a>
					.
				</p>
				<nav aria-label="Routes">
					{groups.map(({ name, routes }) => (
						<section>
							<h2 safe>{name}</h2>
							<ul class="docs-list">
								{routes.map(({ id, method, path, summary }) => (
									<li>
										<a href={escapeAttribute(`#${id}`)}>
											<span class="docs-method" safe>
												{method}
											</span>{" "}
											<code safe>{path}</code>
										</a>{" "}
										<span class="docs-quiet" safe>
											{summary}
										</span>
									</li>
								))}
							</ul>
						</section>
					))}
				</nav>
				{groups.flatMap(({ routes }) => routes.map((route) => <RouteCard route={route} />))}
				<p class="docs-quiet" safe>{`PromptPulse ${version}`}</p>
			</main>
		</Document>
	);
}

function RouteCard({ route }: { route: DocumentedRoute }) {
	const { id, method, path, summary, who, parameters, body, reply, types, statuses, example } = route;
	return (
		<article class="card docs-card" id={escapeAttribute(id)}>
			<h2>
				<span class="docs-method" safe>
					{method}
				</span>{" "}
				<code safe>{path}</code>
			</h2>
			<p safe>{`${summary}. ${who}`}</p>
			{parameters.length === 0 ? null : (
				<>
					<h3>Parameters</h3>
					<dl class="docs-fields">
						{parameters.map(({ name, place, required, takes }) => (
							<div>
								<dt>
									<code safe>{name}</code>
								</dt>
								<dd safe>{`${takes}, ${place}${required ? "" : ", may be left out"}`}</dd>
							</div>
						))}
					</dl>
				</>
			)}
			{body === undefined ? null : <Shape title="Body, as JSON" text={body} />}
			{reply === undefined ? null : <Shape title="Answer, as JSON" text={reply} />}
			{reply !== undefined || types.length === 0 ? null : (
				<p class="docs-quiet" safe>{`Answers with ${types.join(" or ")}.`}</p>
			)}
			<Shape title="Example" text={example} />
			<p class="docs-quiet" safe>{`Statuses: ${statuses.join(", ")}.`}</p>
		</article>
	);
}

function Shape({ title, text }: { title: string; text: string }) {
	return (
		<>
			<h3 safe>{title}</h3>
			<pre class="docs-shape" tabindex="0">
				<code safe>{text}</code>
			</pre>
		</>
	);
}
