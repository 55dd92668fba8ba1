#!/bin/sh
# Installs PromptPulse, brings it to date or takes it away, for the person who runs this. --help says how.
# All of it is one compound command: a shell that got only a part of this script does nothing.
{
set -u
LC_ALL=C
export LC_ALL
# With these the program would be something else than itself.
unset BUN_BE_BUN BUN_OPTIONS
# Whatever was allowed before, what is made here nobody else may write to.
umask go-w

# A release writes here where it is downloaded from, the keys that may sign it, and its version.
DOWNLOAD_URL=''
SIGNERS=''
VERSION=''

# What every PromptPulse has in it, and no other program.
MARK=PROMPTPULSE_GRANULARITY
ATTEMPTS=3
STALLED_SECONDS=30
LONGEST_SECONDS=1800
# In blocks of 512 bytes: 1 MB for a list, 512 MB for a program.
SMALL=2048
LARGE=1048576
# Exit codes, where they exist the program's own.
USAGE=2
UNREACHABLE=4
REFUSED=5
UNWRITABLE=7
BUSY=8

wanted='' folder='' removing='' older='' keeping=''
work='' lock='' made='' child='' target='' short=''

say() {
	printf '%s\n' "$@"
}

# fail CODE LINE…: ends with this code and says why.
fail() {
	failed_with=$1
	shift
	printf '%s\n' "$@" >&2
	exit "$failed_with"
}

help() {
	cat <<'END'
Installs PromptPulse for the person who runs this, or brings it to date.

  install.sh [--to DIR] [--version X]
  install.sh --uninstall [--to DIR]

  --to DIR           where the program goes: without it ~/.local/bin, and for root /usr/local/bin
  --version X        this version instead of the latest
  --allow-downgrade  lets the version named by --version be older than the one that is there
  --uninstall        ends the collects that run by themselves, and removes the program
  --keep-schedule    with --uninstall: leaves the schedule and the hooks as they are
  --help             prints this

What is downloaded comes over https and is checked before it takes the place of what is there.
PROMPTPULSE_DOWNLOAD_URL names another place to download from, PROMPTPULSE_INSTALL_DIR another folder.

Exit codes: 0 done or nothing to do, 1 it cannot be done here, 2 wrong usage, 4 it could not be downloaded,
5 what was downloaded or found was refused, 7 the folder cannot be written, 8 another installer is at work.
END
}

main() {
	trap clean_up EXIT
	trap 'exit 129' HUP
	trap 'exit 130' INT
	trap 'exit 143' TERM
	read_arguments "$@"
	choose_folder
	if [ -n "$removing" ]; then
		uninstall
	else
		install
	fi
}

# Whatever ends this, what it has begun does not go on and nothing of it stays.
clean_up() {
	code=$?
	trap '' HUP INT TERM
	if [ -n "$child" ]; then
		kill "$child" 2>/dev/null
		wait "$child" 2>/dev/null
	fi
	[ -z "$work" ] || rm -rf "$work"
	[ -z "$lock" ] || [ "$(readlink "$lock" 2>/dev/null)" != "$$" ] || rm -f "$lock"
	[ -z "$made" ] || rmdir "$folder" 2>/dev/null
	trap - EXIT
	exit "$code"
}

read_arguments() {
	while [ $# -gt 0 ]; do
		case $1 in
		--to | --version)
			[ -n "${2:-}" ] || fail "$USAGE" "$1 needs a word after it; --help shows all flags."
			if [ "$1" = --to ]; then folder=$2; else wanted=${2#v}; fi
			[ "$1" = --to ] || is_version "$wanted" || fail "$USAGE" "$(printable "$2") is no version: write it as 1.2.3."
			shift
			;;
		--allow-downgrade) older=yes ;;
		--uninstall) removing=yes ;;
		--keep-schedule) keeping=yes ;;
		--help | -h)
			help
			exit 0
			;;
		*) fail "$USAGE" "There is no such flag: $(printable "$1"). --help shows all flags." ;;
		esac
		shift
	done
	# So that nobody gets an older program without having named it.
	[ -z "$older" ] || [ -n "$wanted" ] || fail "$USAGE" "--allow-downgrade needs --version and the version to go back to."
}

printable() {
	printf '%s' "$1" | tr -cd '[:print:]' | cut -c 1-200
}

is_version() {
	case $1 in '' | *[!0-9A-Za-z.-]*) return 1 ;; esac
	printf '%s\n' "$1" | grep -Eq '^[0-9]{1,9}\.[0-9]{1,9}\.[0-9]{1,9}(-[0-9A-Za-z]{1,32}(\.[0-9A-Za-z]{1,32}){0,8})?$'
}

# is_older A B: whether version A comes before version B.
is_older() {
	set -- "$1" "$2" "${1%%-*}" "${2%%-*}"
	while [ -n "$3" ]; do
		[ "${3%%.*}" -lt "${4%%.*}" ] && return 0
		[ "${3%%.*}" -gt "${4%%.*}" ] && return 1
		set -- "$1" "$2" "$(rest_of "$3")" "$(rest_of "$4")"
	done
	case $1,$2 in
	*-*,*-*) is_word_before "${1#*-}" "${2#*-}" ;;
	*-*,*) return 0 ;;
	*) return 1 ;;
	esac
}

rest_of() {
	case $1 in *.*) printf %s "${1#*.}" ;; esac
}

# is_word_before A B: for what follows the hyphen. Numbers come before words, and fewer parts before more.
is_word_before() {
	while [ -n "$1" ] && [ -n "$2" ]; do
		set -- "$1" "$2" "${1%%.*}" "${2%%.*}"
		if [ "$3" != "$4" ]; then
			case $3,$4 in
			*[!0-9]*,*[!0-9,]*) expr "x$3" \< "x$4" >/dev/null ;;
			*[!0-9]*,*) return 1 ;;
			*,*[!0-9]*) return 0 ;;
			*) [ "$3" -lt "$4" ] ;;
			esac
			return
		fi
		set -- "$(rest_of "$1")" "$(rest_of "$2")"
	done
	[ -z "$1" ] && [ -n "$2" ]
}

choose_folder() {
	[ -n "$folder" ] || folder=${PROMPTPULSE_INSTALL_DIR:-}
	if [ -z "$folder" ]; then
		# What root installs is for everyone, and must not end up in a home that sudo has let it keep.
		if [ "$(id -u 2>/dev/null)" = 0 ]; then
			folder=/usr/local/bin
		else
			[ -n "${HOME:-}" ] || fail "$USAGE" "HOME is not set, so it is not known where to install to. Name a folder with --to."
			folder=$HOME/.local/bin
		fi
	fi
	case $folder in /*) ;; *) folder=$PWD/$folder ;; esac
	while [ "$folder" != / ] && [ "${folder%/}" != "$folder" ]; do folder=${folder%/}; done
	target=$folder/promptpulse
	short=$folder/ppulse
}

install() {
	check_address
	find_tools
	find_build
	hold_folder
	look_at_what_is_there
	[ -z "$wanted" ] || refuse_downgrade "$wanted"
	download_sums
	if is_version "$there" && [ "$(sum_of "$target")" = "$(sum_named "$build")" ]; then
		place_short_name
		say "PromptPulse $there is in $folder already."
	else
		download_program
		check_version
		place_program
		place_short_name
		say "PromptPulse $version is in $folder${there:+, in the place of $there}."
	fi
	tell_path
}

check_address() {
	base=${PROMPTPULSE_DOWNLOAD_URL:-$DOWNLOAD_URL}
	[ -n "$base" ] || fail "$USAGE" "This installer belongs to no release, so it does not know where to download from." \
		"Set PROMPTPULSE_DOWNLOAD_URL to an address such as https://example.com/promptpulse/releases."
	base=${base%/}
	case $base in
	*[!A-Za-z0-9._~:/%+-]*) fail "$USAGE" "The address $(printable "$base") has characters in it that an address of a release does not have." ;;
	https://[A-Za-z0-9]*) ;;
	http://127.0.0.1 | http://127.0.0.1[:/]* | http://localhost | http://localhost[:/]*) ;;
	*) fail "$USAGE" "The address $(printable "$base") is not one of https, and programs are downloaded over nothing else." ;;
	esac
	if [ -n "$wanted" ]; then base=$base/download/v$wanted; else base=$base/latest/download; fi
}

find_tools() {
	if has curl; then
		downloader=curl
	elif has wget; then
		downloader=wget
		wget_flags=''
		# Each wget has flags of its own.
		wget --help 2>&1 | grep -q -e '-T' && wget_flags="-T $STALLED_SECONDS"
		wget --version >/dev/null 2>&1 && wget_flags="$wget_flags -t 1"
	else
		fail 1 "Neither curl nor wget is here, and one of them is needed to download. Install curl, then try again."
	fi
	if has sha256sum; then
		hasher=sha256sum
	elif has shasum; then
		hasher='shasum -a 256'
	elif has openssl; then
		hasher='openssl dgst -sha256 -r'
	else
		fail 1 "Neither sha256sum nor shasum nor openssl is here, and one of them is needed to check what is downloaded."
	fi
	has gzip || fail 1 "gzip is not here, and it is needed to unpack what is downloaded. Install it, then try again."
	if [ -n "$SIGNERS" ] && ! has ssh-keygen; then
		fail 1 "ssh-keygen is not here, and it is needed to check the signature of what is downloaded." \
			"Install it (the package is called openssh-client, openssh-clients or openssh-keygen), then try again."
	fi
}

has() {
	command -v "$1" >/dev/null 2>&1
}

# Sets $build: the name of the file of this system.
find_build() {
	os=$(uname -s)
	cpu=$(uname -m)
	case $os in
	Linux) os=linux ;;
	Darwin) os=darwin ;;
	MINGW* | MSYS* | CYGWIN*) fail 1 "This is the installer for macOS and Linux. On Windows run install.ps1 in PowerShell." ;;
	*) fail 1 "There is no PromptPulse for $(printable "$os"), only for Linux, macOS and Windows." ;;
	esac
	case $cpu in
	x86_64 | amd64) cpu=x64 ;;
	aarch64 | arm64) cpu=arm64 ;;
	*) fail 1 "There is no PromptPulse for processors of the kind $(printable "$cpu"), only for x86_64 and arm64." ;;
	esac
	if [ "$os" = darwin ]; then
		# A shell that is translated takes the processor for an Intel one.
		[ "$(sysctl -n hw.optional.arm64 2>/dev/null)" = 1 ] && cpu=arm64
		build=promptpulse-$os-$cpu
		return
	fi
	# A 64-bit kernel may have only 32-bit programs above it.
	[ "$(getconf LONG_BIT 2>/dev/null)" != 32 ] ||
		fail 1 "The programs of this system are 32-bit ones, and there is no PromptPulse for these: it needs a 64-bit system."
	if is_musl; then build=promptpulse-$os-$cpu-musl; else build=promptpulse-$os-$cpu; fi
}

# A system with glibc may have musl beside it, so glibc is asked for first.
is_musl() {
	getconf GNU_LIBC_VERSION >/dev/null 2>&1 && return 1
	case $(ldd --version 2>&1) in
	*musl*) return 0 ;;
	*GLIBC* | *GNU*) return 1 ;;
	esac
	for loader in /lib/ld-musl-*.so.1; do [ -e "$loader" ] && return 0; done
	return 1
}

# Takes the folder for this installer alone, by a link that says whose it is. What is downloaded lies in the same folder,
# so that it can take its place by a rename.
hold_folder() {
	if [ ! -d "$folder" ]; then
		mkdir -p "$folder" 2>/dev/null || fail_unwritable
		made=yes
	fi
	refuse_open_folder
	lock=$folder/.promptpulse-install
	tries=0
	# A link that led to a folder would be made in that folder.
	until [ ! -d "$lock" ] && ln -s "$$" "$lock" 2>/dev/null; do
		[ -L "$lock" ] || fail_unwritable
		tries=$((tries + 1))
		holder=$(readlink "$lock")
		if [ "$tries" -gt 3 ] || is_held; then
			fail "$BUSY" "Another installer is at work in $folder. Try again when it has ended." \
				"If there is none, remove $lock."
		fi
		# A killed one has left them.
		rm -rf "$lock" "$lock.${holder##*/}"
	done
	work=$lock.$$
	mkdir -m 700 "$work" 2>/dev/null || fail_unwritable
}

# Whoever may write there could put another program in the place of this one, now or later. A sticky bit keeps nobody from
# being there first.
refuse_open_folder() {
	# With a slash, so that a link is looked at as the folder that it leads to.
	case $(ls -ldn "$folder/" 2>/dev/null) in
	????????w*) fail "$REFUSED" "Everyone on this machine may write to $folder, so anyone could put another program there." \
		"Nothing was changed. Take that right away (chmod o-w $(quoted "$folder")), or name another folder with --to." ;;
	esac
}

fail_unwritable() {
	fail "$UNWRITABLE" "Nothing can be written to $folder. Name another folder with --to, or see who owns this one."
}

# No installer takes two hours: a link of that age is left from before, and another process has its number now.
is_held() {
	case $holder in '' | 0* | *[!0-9]*) return 1 ;; esac
	[ -z "$(find "$lock" -prune -mmin +120 2>/dev/null)" ] || return 1
	kill -0 "$holder" 2>/dev/null || [ -d "/proc/$holder" ]
}

# Sets $there: the version in the folder, "a broken one", or nothing where there is none. What is not ours is refused.
look_at_what_is_there() {
	there=''
	if [ -L "$target" ]; then
		fail "$REFUSED" "$target is a link, which this installer has not made. Something else has installed PromptPulse there." \
			"Remove it by what has made it, or name another folder with --to."
	fi
	[ -e "$target" ] || return 0
	is_trusted "$target" || fail "$REFUSED" "$target belongs to somebody else, so it is neither run nor replaced here." \
		"Let its owner do this, or name another folder with --to."
	is_ours "$target" || fail "$REFUSED" "$target is there, and it is no PromptPulse. Move it away, or name another folder with --to."
	version_of "$target"
	there=${version:-a broken one}
}

# is_trusted FILE: whether it is of who runs this, or of root. To find out which version a program is, it is run.
is_trusted() {
	# Its name comes after what is read here; small systems have no find.
	# shellcheck disable=SC2012
	owner=$(ls -ldn "$1" 2>/dev/null | {
		read -r _ _ number _
		printf %s "$number"
	})
	[ "$owner" = 0 ] || [ "$owner" = "$(id -u 2>/dev/null)" ]
}

is_ours() {
	[ -f "$1" ] && grep -q "$MARK" "$1" 2>/dev/null
}

# version_of FILE: sets $version to what it says of itself, or to nothing. What else it said is in $work/errors.
version_of() {
	watched "$1" --version >"$work/version" 2>"$work/errors"
	version=$(cat "$work/version")
	is_version "$version" || version=''
}

# watched WORD…: runs it so that a signal ends it at once; the shell would wait for its end before it looked.
watched() {
	"$@" </dev/null &
	child=$!
	wait "$child"
	watched_status=$?
	child=''
	return "$watched_status"
}

# The list of checksums is in $work/SHA256SUMS afterwards, and its signature was right.
download_sums() {
	say "Downloading $build from $base"
	fetch SHA256SUMS "$SMALL" || fail_download SHA256SUMS
	[ -z "$SIGNERS" ] || check_signature
	{ is_sum "$(sum_named "$build")" && is_sum "$(sum_named "$build.gz")"; } ||
		fail "$REFUSED" "The list of checksums at $base does not name $build and $build.gz once each, so there is nothing to check them by."
}

check_signature() {
	if ! fetch SHA256SUMS.sig "$SMALL"; then
		[ "$http_status" = 404 ] && fail "$REFUSED" "The release at $base is not signed, and this installer takes only signed ones."
		fail_download SHA256SUMS.sig
	fi
	printf '%s\n' "$SIGNERS" >"$work/signers"
	if ! ssh-keygen -Y verify -f "$work/signers" -I promptpulse -n promptpulse-release -s "$work/SHA256SUMS.sig" \
		<"$work/SHA256SUMS" >"$work/errors" 2>&1; then
		fail "$REFUSED" "The signature of the release at $base is not by a key that this installer knows. Nothing was installed." \
			"$(last_line "$work/errors")"
	fi
}

last_line() {
	printable "$(tail -n 1 "$1" 2>/dev/null)"
}

# sum_named NAME: its checksum in the list; something else than one where it is not in there exactly once.
sum_named() {
	sed -n "s/^\([0-9a-f]\{64\}\) [ *]$1\$/\1/p" "$work/SHA256SUMS"
}

is_sum() {
	[ ${#1} -eq 64 ]
}

sum_of() {
	sum_line=$($hasher <"$1") && printf %s "${sum_line%% *}"
}

# fetch NAME BLOCKS: downloads a file of the release, of at most so many blocks, to $work.
fetch() {
	attempt=1
	until fetch_once "$1" "$2"; do
		case $http_status in 408 | 429) ;; 4* | refused) return 1 ;; esac
		[ "$attempt" -lt "$ATTEMPTS" ] || return 1
		sleep "$attempt"
		attempt=$((attempt + 1))
	done
}

# Sets $http_status: a number, "refused" where it would lead elsewhere than over https, or 000.
fetch_once() {
	rm -f "$work/$1"
	log=$work/log
	: >"$work/status"
	if [ "$downloader" = curl ]; then
		watched limited "$2" curl -sSfL --proto "=${base%%:*}" --proto-redir =https --max-redirs 5 --connect-timeout 15 \
			--speed-limit 1000 --speed-time "$STALLED_SECONDS" --max-time "$LONGEST_SECONDS" \
			-w '%{http_code}' -o "$work/$1" "$base/$1" >"$work/status" 2>"$log"
		fetched=$?
		http_status=$(cat "$work/status")
		[ "$fetched" -ne 1 ] || http_status=refused
	else
		# Its flags are several words.
		# shellcheck disable=SC2086
		watched limited "$2" wget -S $wget_flags -O "$work/$1" "$base/$1" >"$log" 2>&1
		fetched=$?
		http_status=$(sed -n 's/^ *HTTP\/[0-9.]* *\([0-9][0-9][0-9]\).*/\1/p' "$log" | tail -n 1)
		if leads_astray; then http_status=refused; fi
	fi
	[ -n "$http_status" ] || http_status=000
	[ "$fetched" -eq 0 ] && [ "$http_status" = 200 ]
}

# limited BLOCKS WORD…: no file grows over so many blocks by it, and it has an end.
limited() {
	[ "$(ulimit -f)" != unlimited ] || ulimit -f "$1"
	shift
	# One that is too old does not take the seconds like this.
	if [ "$downloader" = wget ] && timeout 5 true 2>/dev/null; then exec timeout "$LONGEST_SECONDS" "$@"; fi
	exec "$@"
}

# No wget can be told to follow no redirect away from https, so it is seen in what it tells of them.
leads_astray() {
	case $base in https:*) grep -q 'certificate validation not implemented' "$log" && return 0 ;; esac
	sed -n -e 's/^ *[Ll][Oo][Cc][Aa][Tt][Ii][Oo][Nn]:[[:blank:]]*\([^[:blank:]]*\).*/\1/p' -e 's/^Adding URL: *//p' "$log" |
		tr -d '\r' | while read -r leads_to; do
		case $leads_to in
		[Hh][Tt][Tt][Pp][Ss]://*) ;;
		//*) case $base in https:*) ;; *) echo astray ;; esac ;;
		/*) ;;
		*:* | '') echo astray ;;
		esac
	done | grep -q astray
}

fail_download() {
	case $http_status in
	refused) fail "$REFUSED" "$base/$1 leads elsewhere than over https, or the certificate is not checked here. Nothing was installed." ;;
	404) fail "$UNREACHABLE" "There is no $base/$1. Does this version exist, and is the address right?" ;;
	esac
	case $downloader$fetched in
	*153) fail "$REFUSED" "$1 is larger than such a file is, or than this shell may write. Nothing was installed." ;;
	curl23 | wget3) fail "$UNWRITABLE" "$1 could not be written to $folder: $(last_line "$log")" "Make room there, then try again." ;;
	esac
	fail "$UNREACHABLE" "$base/$1 could not be downloaded: $(last_line "$log")" "Nothing was changed. Try again later."
}

# Leaves the program, whole and as it was published, as $work/promptpulse.
download_program() {
	fetch "$build.gz" "$LARGE" || fail_download "$build.gz"
	check_sum "$build.gz" "$work/$build.gz"
	if ! watched gzip -dc "$work/$build.gz" >"$work/promptpulse" 2>"$work/errors"; then
		gzip -t "$work/$build.gz" 2>/dev/null || fail "$REFUSED" "$build.gz is broken as it was published. Nothing was installed."
		fail "$UNWRITABLE" "The program could not be unpacked in $folder: $(last_line "$work/errors")" "Make room there, then try again."
	fi
	check_sum "$build" "$work/promptpulse"
	rm -f "$work/$build.gz"
	chmod 755 "$work/promptpulse" || fail_unwritable
}

# check_sum NAME FILE
check_sum() {
	[ "$(sum_of "$2")" = "$(sum_named "$1")" ] && return
	fail "$REFUSED" "$1 is not what the list of checksums says: it came incomplete, or it is not what was published." \
		"Nothing was installed. A release may just be coming out: try again in some minutes."
}

check_version() {
	version_of "$work/promptpulse"
	if [ -z "$version" ]; then
		case $build in *-musl) needed=" On Alpine it needs the packages libstdc++ and libgcc." ;; *) needed='' ;; esac
		fail 1 "The program $build does not run here, so nothing was installed.$needed" "$(last_line "$work/errors")"
	fi
	if [ -n "$wanted" ] && [ "$version" != "$wanted" ]; then
		fail "$REFUSED" "Version $wanted was asked for, and what came says that it is $version. Nothing was installed."
	fi
	if [ -z "$wanted" ] && [ -n "$VERSION" ] && is_older "$version" "$VERSION"; then
		fail "$REFUSED" "What is there as the latest version is $version, and this installer is of $VERSION. Nothing was installed."
	fi
	refuse_downgrade "$version"
}

# refuse_downgrade VERSION: which is to take the place of the one that is there.
refuse_downgrade() {
	if [ -z "$older" ] && is_version "$there" && is_older "$1" "$there"; then
		fail "$REFUSED" "$target is version $there, and $1 is older: it may not be able to read what the newer one keeps." \
			"Nothing was installed. --version $1 --allow-downgrade installs it all the same."
	fi
}

place_program() {
	sync_to_disk "$work/promptpulse"
	mv -f "$work/promptpulse" "$target" || fail_unwritable
	sync_to_disk "$folder"
}

# Only some can do it for a single file.
sync_to_disk() {
	sync "$1" 2>/dev/null || sync
}

place_short_name() {
	if [ -L "$short" ]; then
		[ "$(readlink "$short")" = promptpulse ] && return
	elif [ ! -e "$short" ] || is_ours "$short"; then
		ln -s promptpulse "$work/ppulse" && mv -f "$work/ppulse" "$short" && return
	fi
	say "The short name ppulse was left out: $short is something else already."
}

tell_path() {
	case :${PATH:-}: in
	*:"$folder":*)
		hash -r 2>/dev/null
		first=$(command -v promptpulse 2>/dev/null)
		if [ "$first" = "$target" ]; then
			say "Run promptpulse, or ppulse for short."
		else
			say "Your shell finds another one first: $first. Remove that one, or put $folder before it on your PATH."
		fi
		;;
	*)
		say "That folder is not on your PATH. Until it is, start the program by its whole name:" "  $(quoted "$target")" \
			"To put it there, add this line to your shell's start file (for fish: fish_add_path $(quoted "$folder")):" \
			"  export PATH=$(quoted "$folder"):\"\$PATH\""
		;;
	esac
}

# As a word for a shell.
quoted() {
	case $1 in
	*[!A-Za-z0-9_./-]*) printf "'%s'" "$(printf %s "$1" | sed "s/'/'\\\\''/g")" ;;
	*) printf %s "$1" ;;
	esac
}

uninstall() {
	if [ ! -e "$target" ] && [ ! -L "$target" ]; then
		say "There is no PromptPulse in $folder. If it is in another folder, name that with --to."
		return
	fi
	hold_folder
	look_at_what_is_there
	[ -n "$keeping" ] || remove_schedule
	if [ "$(readlink "$short" 2>/dev/null)" = promptpulse ] || { [ ! -L "$short" ] && is_ours "$short"; }; then
		rm -f "$short" || fail_unwritable
	fi
	rm -f "$target" || fail_unwritable
	say "PromptPulse is no longer in $folder." \
		"What it has counted stays, in ~/.promptpulse or the folder of PROMPTPULSE_HOME: remove that folder too if nothing is to stay."
}

remove_schedule() {
	if ! is_version "$there"; then
		say "This PromptPulse does not run, so it could not take away a schedule. If there is one, it stays."
		return
	fi
	watched "$target" setup --remove --hook && return
	fail 1 "What collects by itself could not be taken away, so nothing was removed; the lines above say why." \
		"Mend that and try again, or leave it as it is with --keep-schedule."
}

main "$@"
}
