import { configure } from "arktype/config";

// Compiled to functions, the API's schemas take 25 MB more, and what they save is a few microseconds a request. It holds
// for schemas that are made after this, so it is imported before all of them. Nor is a copy made of what comes in before
// something is dropped from it: it was parsed for the schema alone, and to copy two megabytes holds everyone up for a second.
configure({ jitless: true, clone: false });
