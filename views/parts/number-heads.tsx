/** The heads of a table's columns of numbers, side by side. */
export function NumberHeads({ names }: { names: readonly string[] }) {
	return (
		<>
			{names.map((name) => (
				<th scope="col" class="table-number" safe>
					{name}
				</th>
			))}
		</>
	);
}
