/** A part of Bun's runtime: licence as an SPDX expression, and whose it is. */
export type RuntimePart = { name: string; licence: string; copyright: string };

const NODE = "Joyent, Inc. and other Node contributors";
const HALLIDAY = "James Halliday";
/** The last sentence has to be in what comes with a program, word for word. */
const JPEG = `1991-2026 The libjpeg-turbo Project and many others; 1991-2020 Thomas G. Lane, Guido Vollbeding;
1999-2006 MIYASAKA Masaru; 2009-2026 D. R. Commander
This software is based in part on the work of the Independent JPEG Group.`;

/**
 * What is in Bun's runtime, which is in every binary, as Bun's own document of licences says (`docs/project/license`); a
 * test compares the names. Copyright notices are those of the parts themselves.
 */
export const RUNTIME_PARTS: readonly RuntimePart[] = [
	part("WebKit and JavaScriptCore", "LGPL-2.0-or-later AND BSD-2-Clause", "Apple Inc. and others"),
	part("boringssl", "OpenSSL AND ISC AND Apache-2.0", "The OpenSSL Project; Eric Young; Google Inc."),
	part("brotli", "MIT", "2009, 2010, 2013-2016 by the Brotli Authors"),
	part(
		"libarchive",
		"BSD-2-Clause AND BSD-3-Clause",
		"2003-2018 Tim Kientzle; Regents of the University of California",
	),
	part("lol-html", "BSD-3-Clause", "2019 Cloudflare, Inc.; 2019 Ivan Nikulin"),
	part("ls-hpack", "MIT AND BSD-2-Clause", "2018 LiteSpeed Technologies Inc; xxHash: 2012-2016 Yann Collet"),
	part("ls-qpack", "MIT", "2018-2021 LiteSpeed Technologies Inc"),
	part("lsquic", "MIT AND BSD-3-Clause", "2017-2018 LiteSpeed Technologies Inc; The Chromium Authors"),
	part("mimalloc", "MIT", "2018-2025 Microsoft Corporation, Daan Leijen"),
	part("picohttp", "MIT", "2009-2014 Kazuho Oku, Tokuhiro Matsuno, Daisuke Murase, Shigeo Mitsunari"),
	part("zstd", "BSD-3-Clause", "Meta Platforms, Inc. and affiliates"),
	part("simdutf", "Apache-2.0", "2021 The simdutf authors"),
	part("tinycc", "LGPL-2.1-only", "2001-2004 Fabrice Bellard and others"),
	part("uSockets", "Apache-2.0", "Alex Hultman and contributors"),
	part("zlib-ng", "Zlib", "1995-2025 Jean-loup Gailly and Mark Adler"),
	part(
		"c-ares",
		"MIT",
		"1998 Massachusetts Institute of Technology; 2007-2023 Daniel Stenberg with many contributors",
	),
	part(
		"libicu",
		"Unicode-3.0 AND ICU",
		"2016-2025 Unicode, Inc.; 1995-2016 International Business Machines Corporation and others",
	),
	part(
		"libbase64",
		"BSD-2-Clause",
		"2005-2007 Nick Galbreath; 2013-2022 Alfred Klomp; 2015-2017 Wojciech Mula; 2016-2017 Matthieu Darbois",
	),
	part(
		"libuv",
		"MIT",
		"2015-2021 libuv project contributors; 2011-2015 Joyent, Inc. and other Node contributors",
	),
	part("libdeflate", "MIT", "2016 Eric Biggers"),
	part("libjpeg-turbo", "IJG AND BSD-3-Clause AND Zlib", JPEG),
	part(
		"libspng",
		"BSD-2-Clause AND libpng-2.0",
		"2018-2023 Randy; 1995-2019 The PNG Reference Library Authors",
	),
	part("libwebp", "BSD-3-Clause", "2010 Google Inc."),
	part("highway", "Apache-2.0", "2019-2022 Google LLC"),
	part(
		"HdrHistogram_c",
		"BSD-2-Clause",
		"2012-2014 Gil Tene; 2014 Michael Barker; 2014 Matt Warren; 2015 Philip Orwig",
	),
	part("sqlite", "blessing", "none: in the public domain"),
	part("uWebsockets", "Apache-2.0", "Alex Hultman and contributors"),
	part("Tigerbeetle's IO code", "Apache-2.0", "TigerBeetle, Inc."),
	part("esbuild", "MIT", "2020 Evan Wallace"),
	part("Lightning CSS", "MPL-2.0", "Devon Govett and contributors"),
	part("Servo", "MPL-2.0", "The Servo Project Developers"),
	part("acorn", "MIT", "2012-2022 by various contributors"),
	part("acorn-walk", "MIT", "2012-2022 by various contributors"),
	part("assert", "MIT", NODE),
	part("browserify-zlib", "MIT", `2014-2015 Devon Govett; ${NODE}`),
	part("buffer", "MIT", "Feross Aboukhadijeh and other contributors"),
	part("constants-browserify", "MIT", "2013 Julian Gruber"),
	part("crypto-browserify", "MIT", "2013 Dominic Tarr"),
	part("domain-browser", "MIT", "2013 Bevry Pty Ltd"),
	part("events", "MIT", NODE),
	part("https-browserify", "MIT", HALLIDAY),
	part("os-browserify", "MIT", "2017 CoderPuppy"),
	part("path-browserify", "MIT", `2013 ${HALLIDAY}; ${NODE}`),
	part("process", "MIT", "2013 Roman Shtylman"),
	part("punycode", "MIT", "Mathias Bynens"),
	part("querystring-es3", "MIT", `2012 Irakli Gozalishvili; ${NODE}`),
	part("stream-browserify", "MIT", HALLIDAY),
	part("stream-http", "MIT", `2013 ${HALLIDAY}; 2015-2017 John Hiesey`),
	part("string_decoder", "MIT", `Node.js contributors; ${NODE}`),
	part("timers-browserify", "MIT", "2012 J. Ryan Stinnett and contributors"),
	part("tty-browserify", "MIT", HALLIDAY),
	part("url", "MIT", `Roman Shtylman; ${NODE}`),
	part("util", "MIT", NODE),
	part("vm-browserify", "MIT", HALLIDAY),
];

function part(name: string, licence: string, copyright: string): RuntimePart {
	return { name, licence, copyright };
}
