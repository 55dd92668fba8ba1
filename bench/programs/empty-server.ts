import { Elysia } from "elysia";

// A page with nothing on it, and its address as the dashboard prints its own.
const port = Number(process.argv[2] ?? 0);
const app = new Elysia().get("/", () => "").listen({ port, hostname: "127.0.0.1" });
console.log(`http://127.0.0.1:${app.server?.port}/`);
