#!/usr/bin/env node
"use strict";
// What `promptpulse` and `ppulse` are where npm has installed them: it starts the program and is not noticed otherwise.
//
// Without a script at installation, and many machines run none, package.json can name one file for all systems. So it is
// this one, and it costs a start of Node. What runs PromptPulse by itself later, a schedule or a hook of Claude Code,
// starts the program in its own package, and needs no Node. Modules are loaded where they are needed: this is waited for
// each time. What Node itself undoes when it starts cannot be handed on: that a hangup is ignored, as by nohup.
const { findProgram } = require("./find-program.cjs");

/** What others may send to end a program or to tell it something; a second process has to be told too. */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGBREAK", "SIGUSR1", "SIGUSR2"];
/** What a terminal sends to all that runs in it. */
const OF_TERMINALS = ["SIGINT", "SIGQUIT"];

const { path, trouble } = findProgram();
if (path === undefined) fail(trouble);
else start(path, process.argv.slice(2));

function start(path, words) {
	// From Node 22.15 on, and not on Windows: this process becomes the program, and nothing stands between.
	if (process.execve === undefined) return startBeside(path, words);
	try {
		process.execve(path, [path, ...words], process.env);
	} catch (error) {
		fail(notStarted(path, error));
	}
}

function startBeside(path, words) {
	const { spawn } = require("node:child_process");
	const { constants } = require("node:os");
	let child;
	const known = SIGNALS.filter((signal) => signal in constants.signals);
	for (const signal of known) process.on(signal, () => passOn(child, signal));
	child = spawn(path, words, { stdio: "inherit" });
	child.once("error", (error) => fail(notStarted(path, error)));
	child.once("exit", (code, signal) => {
		for (const one of known) process.removeAllListeners(one);
		// A signal that this process survives is told as shells tell it.
		process.exitCode = code ?? 128 + constants.signals[signal];
		if (signal !== null) process.kill(process.pid, signal);
	});
}

/**
 * A terminal interrupts the program itself, and to many programs a second interrupt means "at once"; Windows tells all
 * that belongs to a console. Who sent a signal cannot be asked: an interrupt from elsewhere while there is a terminal is
 * taken for the terminal's, too.
 */
function passOn(child, signal) {
	const { isatty } = require("node:tty");
	const isToldItself = OF_TERMINALS.includes(signal) && [0, 1, 2].some((fd) => isatty(fd));
	if (process.platform !== "win32" && !isToldItself) child.kill(signal);
}

function notStarted(path, { message }) {
	return `PromptPulse's program ${path} could not be started (${message}). Try it by its own path; if that does not start it either, remove PromptPulse with npm uninstall and install it anew.`;
}

function fail(sentences) {
	process.stderr.write(`${sentences}\n`);
	process.exitCode = 1;
}
