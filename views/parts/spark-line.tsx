const HEIGHT = 24;
const WIDTH = 100;
const EDGE = 2;

/** A small line without axes; the number beside it says what it means. Needs two values. */
export function SparkLine({ values }: { values: readonly number[] }) {
	const most = Math.max(...values, 0);
	if (values.length < 2 || most === 0) return <span class="spark" />;
	const x = (i: number) => round((i / (values.length - 1)) * WIDTH);
	const y = (value: number) => round(HEIGHT - EDGE - (value / most) * (HEIGHT - 2 * EDGE));
	return (
		<svg
			class="spark"
			viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
			preserveAspectRatio="none"
			aria-hidden="true"
			focusable="false"
		>
			<polyline
				vector-effect="non-scaling-stroke"
				points={values.map((value, i) => `${x(i)},${y(value)}`).join(" ")}
			/>
		</svg>
	);
}

function round(value: number): number {
	return Math.round(value * 10) / 10;
}
