import { type CommandWords, type Flag, listPlaces, PROGRAMS, type Value } from "./completion-words.ts";

/** A script for fish, from 3.0 on. */
export function fishCompletion(commands: readonly CommandWords[]): string {
	const [program, ...others] = PROGRAMS;
	const places = listPlaces(commands);
	const taking = places.filter(({ place }) => /:-[^:]*$/.test(place));
	const [must, may] = [
		taking.filter(({ isOptional }) => !isOptional),
		taking.filter((one) => one.isOptional),
	];
	return `# Completion of promptpulse, made by: promptpulse completion fish

# Prints the command that was typed, and how many arguments stand behind it.
function __promptpulse_place
	set -l path ''
	set -l count 0
	set -l ended 0
	set -l skip ''
	for word in (commandline -opc)[2..-1]
		if test "$skip" = must
			set skip ''
			continue
		end
		if test "$skip" = may
			set skip ''
			string match -q -- '-*' $word
			or continue
		end
		if test $ended = 0; and test "$word" = --
			set ended 1
		else if test $ended = 0; and string match -q -- '-*' $word
			if contains -- "$path:$word" ${quotedAll(must.map(({ place }) => place))}
				set skip must
			else if contains -- "$path:$word" ${quotedAll(may.map(({ place }) => place))}
				set skip may
			end
		else
			set -l longer (string trim -- "$path $word")
			if test $count = 0; and contains -- $longer ${quotedAll(commands.map(({ path }) => path).filter(Boolean))}
				set path $longer
			else
				set count (math $count + 1)
			end
		end
	end
	echo $path
	echo $count
end

# Whether the command $argv[1] was typed, with $argv[2] arguments if that is given.
function __promptpulse_at
	set -l place (__promptpulse_place)
	test "$place[1]" = "$argv[1]"
	and begin
		test (count $argv) = 1
		or test "$place[2]" = "$argv[2]"
	end
end

complete -c ${program} -f
${commands.flatMap((words) => completions(program, words)).join("\n")}
${others.map((name) => `complete -c ${name} -w ${program}`).join("\n")}
`;
}

function completions(program: string, { path, commands, flags, values }: CommandWords): string[] {
	const at = (count?: number) => {
		const given = count === undefined ? "" : ` ${count}`;
		return `complete -c ${program} -n ${quotedForFish(`__promptpulse_at ${quotedForFish(path)}${given}`)}`;
	};
	return [
		...commands.map(({ name, what }) => `${at(0)} -a ${choicesText([name])} -d ${quotedForFish(what)}`),
		...flags.map((flag) => `${at()} ${flagWords(flag)} -d ${quotedForFish(flag.what)}`),
		...values.flatMap((value, index) => {
			const words = valueWords(value);
			return words === "" ? [] : [`${at(index)} ${words}`];
		}),
	];
}

function flagWords({ names, value }: Flag): string {
	const spelled = names.map((name) =>
		name.startsWith("--") ? `-l ${quotedForFish(name.slice(2))}` : `-s ${quotedForFish(name.slice(1))}`,
	);
	const needed = value === undefined ? [] : [value.kind === "files" ? "-r" : "-x", valueWords(value)];
	return [...spelled, ...needed].filter(Boolean).join(" ");
}

function valueWords(value: Value): string {
	if (value.kind === "files") return "-F";
	return value.kind === "choices" ? `-a ${choicesText(value.choices)}` : "";
}

/** fish reads the list of words once more as a command line, so each is quoted for itself. */
function choicesText(words: readonly string[]): string {
	return quotedForFish(words.map(quotedForFish).join(" "));
}

function quotedAll(words: readonly string[]): string {
	return words.map(quotedForFish).join(" ");
}

function quotedForFish(text: string): string {
	return `'${text.replace(/[\\']/g, "\\$&")}'`;
}
