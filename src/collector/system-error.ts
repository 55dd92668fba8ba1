/** Whether the system refused something: a file that cannot be read, a folder that is gone. */
export function isSystemError(error: unknown): error is NodeJS.ErrnoException & { code: string } {
	return error instanceof Error && "syscall" in error && "code" in error && typeof error.code === "string";
}
