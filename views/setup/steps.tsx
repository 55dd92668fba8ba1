import type { PropsWithChildren } from "@kitajs/html";
import { Icon } from "../parts/icon.tsx";

export type StepProps = { number: number; title: string; state: "done" | "current" | "later" };

/** Steps in a column, joined by a line. */
export function Steps({ children }: PropsWithChildren) {
	return <ol class="steps">{children}</ol>;
}

export function Step({ number, title, state, children }: PropsWithChildren<StepProps>) {
	return (
		<li class={["step", `step-${state}`]} aria-current={state === "current" ? "step" : undefined}>
			<span class="step-sign" aria-hidden="true">
				{state === "done" ? <Icon name="done" /> : number}
			</span>
			<div class="step-body">
				<h2 class="step-title">
					<span safe>{title}</span>
					{state === "done" ? <span class="reader">, done</span> : null}
				</h2>
				{children}
			</div>
		</li>
	);
}
