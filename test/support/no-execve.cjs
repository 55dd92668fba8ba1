// What Node before 22.15 does not have: loaded before a program, this makes a newer Node like one of these.
process.execve = undefined;
