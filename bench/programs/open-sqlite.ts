import { Database } from "bun:sqlite";

// Nothing but opening a file: the least that a program with a ledger takes.
new Database(process.argv[2], { create: true }).close();
