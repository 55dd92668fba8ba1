const TOKENS = ["surface", "sunken", "line", "line-strong", "ink", "ink-3", "bad", "warn-mark"] as const;
const SERIES = 8;
const PITCH = 7;

type Token = (typeof TOKENS)[number];

/** Colours of the page as canvases take them. `series` counts from 1. */
export type Colours = Record<Token, string> & { series: string[]; font: string };

/**
 * Reads the tokens as they are in the present theme. Custom properties hold `light-dark()` unresolved and new colour
 * spaces, so that an element is coloured and a pixel is read.
 */
export function readColours(near: HTMLElement): Colours {
	const probe = near.appendChild(document.createElement("span"));
	probe.hidden = true;
	const read = (token: string) => {
		probe.style.color = `var(--${token})`;
		return toRgb(getComputedStyle(probe).color);
	};
	const named = Object.fromEntries(TOKENS.map((token) => [token, read(token)])) as Record<Token, string>;
	// Forced colours would make all of them one.
	probe.style.setProperty("forced-color-adjust", "none");
	const series = Array.from({ length: SERIES }, (_, i) => read(`series-${i + 1}`));
	const font = getComputedStyle(document.body).fontFamily;
	probe.remove();
	return { ...named, series: ["", ...series], font };
}

/** A colour with some of it let through. */
export function faint(rgb: string, opacity: number): string {
	return rgb.replace(")", ` / ${opacity})`);
}

/** What is not over yet: the colour under a diagonal hatching of the ground's. */
export function hatch(colour: string, ground: string): CanvasPattern | string {
	const scale = devicePixelRatio;
	const { context, canvas } = smallCanvas(PITCH * scale);
	context.scale(scale, scale);
	context.fillStyle = colour;
	context.fillRect(0, 0, PITCH, PITCH);
	context.strokeStyle = faint(ground, 0.6);
	context.lineWidth = 2;
	for (const shift of [-PITCH, 0, PITCH]) {
		context.moveTo(shift - 1, PITCH + 1);
		context.lineTo(shift + PITCH + 1, -1);
	}
	context.stroke();
	const pattern = context.createPattern(canvas, "repeat");
	pattern?.setTransform(new DOMMatrix().scale(1 / scale));
	return pattern ?? colour;
}

function toRgb(colour: string): string {
	const { context } = smallCanvas(1);
	context.fillStyle = colour;
	context.fillRect(0, 0, 1, 1);
	const [red, green, blue] = context.getImageData(0, 0, 1, 1).data;
	return `rgb(${red} ${green} ${blue})`;
}

function smallCanvas(size: number): { canvas: HTMLCanvasElement; context: CanvasRenderingContext2D } {
	const canvas = document.createElement("canvas");
	canvas.width = canvas.height = Math.round(size);
	const context = canvas.getContext("2d");
	if (!context) throw new Error("this browser has no canvas");
	return { canvas, context };
}
