declare module "*.sql" {
	const text: string;
	// biome-ignore lint/style/noDefaultExport: text imports have only a default export
	export default text;
}

declare module "*.file" {
	const path: string;
	// biome-ignore lint/style/noDefaultExport: file imports have only a default export
	export default path;
}

declare module "*.br" {
	const path: string;
	// biome-ignore lint/style/noDefaultExport: file imports have only a default export
	export default path;
}

declare module "*.gzip" {
	const path: string;
	// biome-ignore lint/style/noDefaultExport: file imports have only a default export
	export default path;
}
