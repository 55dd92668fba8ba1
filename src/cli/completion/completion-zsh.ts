import { type CommandWords, listPlaces, PROGRAMS, quoted, type Value } from "./completion-words.ts";

/** A script for zsh: to be sourced after compinit, or to lie as _promptpulse in a folder of $fpath. */
export function zshCompletion(commands: readonly CommandWords[]): string {
	return `#compdef ${PROGRAMS.join(" ")}
# Completion of promptpulse, made by: promptpulse completion zsh

# Lists what may follow the command $1: other commands, flags.
_promptpulse_words() {
	commands=() flags=()
	case $1 in
${commands.map(wordsCase).join("\n")}
	esac
}

# Tells what the place $1 takes: nothing, or one of any, files and choices; before it ? where that may be left out.
_promptpulse_value() {
	takes= choices=()
	case $1 in
${listPlaces(commands)
	.map(({ place, value, isOptional }) => valueCase(place, value, isOptional))
	.join("\n")}
	esac
}

_promptpulse_offer_value() {
	_promptpulse_value "$1"
	case $takes in
	*choices) compadd -a choices ;;
	*files) _files ;;
	esac
}

_promptpulse() {
	local path_= flag= ended= takes one
	local -a choices commands flags
	local -i at count=0
	for ((at = 2; at < CURRENT; at++)); do
		one=\${words[at]}
		if [[ -z $ended && $one == -- ]]; then
			ended=1
		elif [[ -z $ended && $one == -* ]]; then
			_promptpulse_value "$path_:$one"
			[[ -n $takes ]] || continue
			if [[ $takes != \\?* || \${words[at + 1]} != -* ]]; then ((at += 1)); fi
			if ((at >= CURRENT)); then flag=$one; fi
		else
			case $count:\${path_:+$path_ }$one in
			${paths(commands)}) path_=\${path_:+$path_ }$one ;;
			*) ((count += 1)) ;;
			esac
		fi
	done
	if [[ -z $flag && -z $ended && $PREFIX == --*=* ]]; then
		flag=\${PREFIX%%=*}
		compset -P '*='
	fi
	_promptpulse_words "$path_"
	if [[ -n $flag ]]; then
		_promptpulse_offer_value "$path_:$flag"
	elif [[ -z $ended && $PREFIX == -* ]]; then
		_describe -o flag flags
	else
		if [[ -z $ended && $count == 0 && -n $commands ]]; then _describe command commands; fi
		_promptpulse_offer_value "$path_:$((count + 1))"
	fi
}

if [[ \${funcstack[1]} == _promptpulse ]]; then
	_promptpulse "$@"
else
	compdef _promptpulse ${PROGRAMS.join(" ")}
fi
`;
}

function wordsCase({ path, commands, flags }: CommandWords): string {
	const described = commands.map(({ name, what }) => describe(name, what));
	const spellings = flags.flatMap(({ names, what }) => names.map((name) => describe(name, what)));
	return `	${quoted(path)}) commands=(${described.join(" ")}) flags=(${spellings.join(" ")}) ;;`;
}

/** The first colon ends the word. */
function describe(name: string, what: string): string {
	return quoted(`${name.replaceAll(":", "\\:")}:${what}`);
}

function valueCase(place: string, value: Value, isOptional: boolean): string {
	const takes = `${isOptional ? "?" : ""}${value.kind}`;
	const choices = value.kind === "choices" ? ` choices=(${value.choices.map(quoted).join(" ")})` : "";
	return `	${quoted(place)}) takes=${quoted(takes)}${choices} ;;`;
}

/** As patterns: no argument stood before. */
function paths(commands: readonly CommandWords[]): string {
	return commands.flatMap(({ path }) => (path === "" ? [] : [quoted(`0:${path}`)])).join(" | ");
}
