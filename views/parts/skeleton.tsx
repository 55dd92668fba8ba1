/** Grey lines in place of what is still to come. They are seen only where it takes longer than a moment. */
export function Skeleton({ of, lines }: { of: string; lines: number }) {
	return (
		<div class="skeleton" role="status">
			<span class="reader" safe>{`${of} is being read`}</span>
			{Array.from({ length: lines }, () => (
				<span class="skeleton-line" />
			))}
		</div>
	);
}
