# shellcheck shell=bash
# Where things are, who runs what, and how the scripts speak.
#
# Everything that a run leaves behind stands under HUB112_OPS_VAR (default: var/ of the project).

set -euo pipefail

HUB112_ROOT=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)
HUB112_OPS_VAR=${HUB112_OPS_VAR:-$HUB112_ROOT/var}
case $HUB112_OPS_VAR in /*) ;; *) HUB112_OPS_VAR=$PWD/$HUB112_OPS_VAR ;; esac
export HUB112_OPS_VAR

# The exit code that means "a person must do something first, and the text says what".
# shellcheck disable=SC2034  # other files use it
readonly NEEDS_A_PERSON=2

say() { printf '%s\n' "$*" >&2; }

step() { printf '== %s\n' "$*" >&2; }

die() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

is_root() { [ "$(id -u)" -eq 0 ]; }

# PostgreSQL refuses to run as root, and the broker has no need to: under root each gets the account that its
# Debian package made; otherwise both run as whoever started the script.
postgres_account() { if is_root; then echo postgres; else id -un; fi; }
broker_account() { if is_root; then echo rabbitmq; else id -un; fi; }

# become ACCOUNT: sets AS to the words that, put before a command, run it as that account.
#
# A checkout below a closed home (/root is 0700) cannot be entered by another account. Only then the process is
# given the right to search directories, so that nothing outside the project has to be opened up; the secure bit
# makes access(2), with which Erlang asks, know of that right.
become() {
  AS=()
  if [ "$(id -un)" = "$1" ]; then return; fi
  AS=(setpriv "--reuid=$1" "--regid=$(id -gn "$1")" --init-groups)
  if ! (cd / && "${AS[@]}" test -x "$HUB112_OPS_VAR"); then
    AS+=(--securebits=+no_setuid_fixup --inh-caps=+dac_read_search --ambient-caps=+dac_read_search)
    (cd / && "${AS[@]}" test -x "$HUB112_OPS_VAR") 2>/dev/null || die \
      "the account '$1' cannot enter $HUB112_OPS_VAR. Put the project (or HUB112_OPS_VAR) where every account may pass, for example below /srv."
  fi
}

# run_as ACCOUNT COMMAND…: without a shell in between.
run_as() {
  become "$1"
  shift
  "${AS[@]}" "$@"
}

# own_directory PATH ACCOUNT: a directory that only this account may read.
own_directory() {
  mkdir -p "$1"
  chmod 700 "$1"
  if is_root; then chown "$2" "$1"; fi
}

# not_ours PATH COMMAND…: ends with what is wrong with the place and the command that mends it.
not_ours() {
  local path=$1 command
  shift
  printf -v command ' %q' "$@"
  say "error: $path belongs to $(stat -c %U "$path"), and this runs as $(id -un): another account put it there, or sudo did."
  say "What runs from there is to be ended first, in the way that it was started (sudo ops/stop, sudo ops/test --stop). Then:"
  say ""
  say "   $command"
  say ""
  exit "$NEEDS_A_PERSON"
}

# What earlier commands leave in the project besides PATH, as far as it belongs to another as well.
others_leavings() {
  local part
  for part in "$HUB112_ROOT"/{var,target,console/dist,console/node_modules}; do
    case $1 in "$part" | "$part"/*) continue ;; esac
    if [ -e "$part" ] && [ ! -O "$part" ]; then printf '%s\n' "$part"; fi
  done
}

# require_own_place PATH: everything under var/ belongs to the account that runs this (root's servers to theirs), or
# can be made by it. Who ran one command with sudo and the next without is told so, and not left to wonder at chmod.
require_own_place() {
  local place=$1 above part account
  local -a others
  above=$place
  until [ -e "$above" ]; do above=$(dirname -- "$above"); done
  if ! is_root && { [ ! -w "$above" ] || { [ "$above" = "$place" ] && [ ! -O "$place" ]; }; }; then
    case $above in
      "$HUB112_ROOT" | "$HUB112_ROOT"/*)
        mapfile -t others < <(others_leavings "$above")
        not_ours "$above" sudo chown -R "$(id -un):" "$above" "${others[@]}"
        ;;
      "$place") not_ours "$above" sudo chown -R "$(id -un):" "$above" ;;
      *) not_ours "$above" sudo install -d -o "$(id -un)" "$place" ;;
    esac
  fi
  for part in postgres broker; do
    account=$("${part}_account")
    if [ ! -e "$place/$part" ] || [ "$(stat -c %U "$place/$part")" = "$account" ]; then continue; fi
    if is_root; then
      # What root writes there would keep the other account from its own servers.
      say "error: $place/$part belongs to $(stat -c %U "$place/$part"): these are that account's own servers. Give the command as that account, without sudo."
      exit "$NEEDS_A_PERSON"
    fi
    not_ours "$place/$part" sudo chown -R "$account:" "$place"
  done
}

# secret NAME: prints the secret of that name; made of 128 random bits at first use and kept.
secret() {
  local file=$HUB112_OPS_VAR/secrets/$1
  if [ ! -s "$file" ]; then
    mkdir -p "$HUB112_OPS_VAR/secrets"
    chmod 700 "$HUB112_OPS_VAR/secrets"
    (umask 077 && od -An -N16 -tx1 /dev/urandom | tr -d ' \n' >"$file.new")
    mv "$file.new" "$file"
  fi
  cat "$file"
}

# only_one COMMAND…: two starts or stops of the same var/ never interleave.
only_one() {
  require_own_place "$HUB112_OPS_VAR"
  mkdir -p "$HUB112_OPS_VAR"
  chmod 755 "$HUB112_OPS_VAR"
  exec 9>"$HUB112_OPS_VAR/.lock"
  flock -w 120 9 || die "another start or stop of $HUB112_OPS_VAR has held its lock for two minutes"
  "$@"
  exec 9>&-
}

# wait_for SECONDS WHAT COMMAND…: until the command succeeds.
wait_for() {
  local limit=$1 what=$2 since=$SECONDS
  shift 2
  until "$@"; do
    [ $((SECONDS - since)) -lt "$limit" ] || {
      say "error: $what: not within $limit seconds"
      return 1
    }
    sleep 0.1
  done
}
