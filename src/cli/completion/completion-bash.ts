import { type CommandWords, listPlaces, PROGRAMS, quoted, type Value } from "./completion-words.ts";

/** A script for bash, from 3.2 on. Words are only ever compared and printed, never run. */
export function bashCompletion(commands: readonly CommandWords[]): string {
	return `# Completion of promptpulse, made by: promptpulse completion bash

# Lists what may follow the command $1: other commands, flags.
_promptpulse_words() {
	commands= flags=
	case $1 in
${commands.map(wordsCase).join("\n")}
	esac
}

# Tells what the place $1 takes: nothing, or one of any, files and choices; before it ? where that may be left out.
_promptpulse_value() {
	takes= choices=
	case $1 in
${listPlaces(commands)
	.map(({ place, value, isOptional }) => valueCase(place, value, isOptional))
	.join("\n")}
	esac
}

# Offers the lines of $1 that begin like the word.
_promptpulse_offer() {
	local line
	while IFS= read -r line; do
		if [[ -n $line && $line == "$word"* ]]; then
			printf -v line %q "$line"
			COMPREPLY+=("$line")
		fi
	done <<< "$1"
}

_promptpulse_offer_value() {
	local line
	_promptpulse_value "$1"
	case $takes in
	*choices) _promptpulse_offer "$choices" ;;
	*files)
		compopt -o filenames 2> /dev/null
		while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -f -- "$word")
		;;
	esac
}

_promptpulse() {
	local word=\${COMP_WORDS[COMP_CWORD]} path= flag= ended= takes choices commands flags one
	local -i at count=0
	COMPREPLY=()
	for ((at = 1; at < COMP_CWORD; at++)); do
		one=\${COMP_WORDS[at]}
		if [[ -z $ended && $one == -- ]]; then
			ended=1
		elif [[ -z $ended && $one == -* ]]; then
			_promptpulse_value "$path:$one"
			[[ -n $takes ]] || continue
			if [[ \${COMP_WORDS[at + 1]} == = ]]; then
				at+=2
			elif [[ $takes != \\?* || \${COMP_WORDS[at + 1]} != -* ]]; then
				at+=1
			fi
			if ((at >= COMP_CWORD)); then
				flag=$one
				if [[ $word == = ]]; then word=; fi
			fi
		else
			case $count:\${path:+$path }$one in
			${paths(commands)}) path=\${path:+$path }$one ;;
			*) count+=1 ;;
			esac
		fi
	done
	_promptpulse_words "$path"
	if [[ -n $flag ]]; then
		_promptpulse_offer_value "$path:$flag"
	elif [[ -z $ended && $word == -* ]]; then
		_promptpulse_offer "$flags"
	else
		if [[ -z $ended && $count == 0 ]]; then _promptpulse_offer "$commands"; fi
		_promptpulse_offer_value "$path:$((count + 1))"
	fi
}

complete -F _promptpulse ${PROGRAMS.join(" ")}
`;
}

function wordsCase({ path, commands, flags }: CommandWords): string {
	const names = commands.map(({ name }) => name);
	const spellings = flags.flatMap((flag) => flag.names);
	return `	${quoted(path)}) commands=${lines(names)} flags=${lines(spellings)} ;;`;
}

function valueCase(place: string, value: Value, isOptional: boolean): string {
	const takes = `${isOptional ? "?" : ""}${value.kind}`;
	const choices = value.kind === "choices" ? ` choices=${lines(value.choices)}` : "";
	return `	${quoted(place)}) takes=${quoted(takes)}${choices} ;;`;
}

function lines(words: readonly string[]): string {
	return words.length === 0 ? "" : quoted(words.join("\n"));
}

/** As patterns: no argument stood before. */
function paths(commands: readonly CommandWords[]): string {
	return commands.flatMap(({ path }) => (path === "" ? [] : [quoted(`0:${path}`)])).join(" | ");
}
