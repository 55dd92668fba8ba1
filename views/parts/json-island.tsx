const BREAKS_OUT = /[<>&\u2028\u2029]/g;

/** Data for a script of ours: JSON in which nothing can be read as markup. The only script element with content. */
export function JsonIsland({ id, data }: { id: string; data: unknown }) {
	const safeJson = JSON.stringify(data).replace(
		BREAKS_OUT,
		(sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`,
	);
	return (
		<script type="application/json" id={id}>
			{safeJson}
		</script>
	);
}
