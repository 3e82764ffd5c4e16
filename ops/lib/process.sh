# shellcheck shell=bash
# Processes that these scripts started: remembered as "pid start-time", so that a number which the kernel has
# meanwhile given to somebody else is never taken for ours.

# The time at which a process started, in clock ticks since boot: field 22 of /proc/PID/stat, counted after the
# command name, which may itself hold spaces.
started_at() {
  local stat
  { read -r stat <"/proc/$1/stat"; } 2>/dev/null || return 1
  local -a field
  read -ra field <<<"${stat##*) }"
  # A zombie has ended, whatever its number says.
  [ "${field[0]}" != Z ] || return 1
  echo "${field[19]}"
}

remember_process() {
  mkdir -p "$HUB112_OPS_VAR/run"
  local at
  at=$(started_at "$2") || return 1
  echo "$2 $at" >"$HUB112_OPS_VAR/run/$1.pid"
}

# running NAME: prints the pid, or fails when the process that we started is gone.
running() {
  local pid at
  { read -r pid at <"$HUB112_OPS_VAR/run/$1.pid"; } 2>/dev/null || return 1
  [ "$(started_at "$pid" || true)" = "$at" ] || return 1
  echo "$pid"
}

is_gone() { ! running "$1" >/dev/null; }

# end_process NAME SECONDS [SIGNAL]: asks it to end, and after that many seconds ends it.
end_process() {
  local name=$1 limit=$2 signal=${3:-TERM} pid
  if pid=$(running "$name"); then
    kill "-$signal" "$pid" 2>/dev/null || true
    if ! wait_for "$limit" "$name (pid $pid) did not end" is_gone "$name"; then
      say "ending $name (pid $pid) by force"
      kill -KILL "$pid" 2>/dev/null || true
      wait_for 10 "$name (pid $pid) cannot be ended" is_gone "$name" || return 1
    fi
  fi
  rm -f "$HUB112_OPS_VAR/run/$name.pid"
}

# start_process NAME LOG COMMAND…: in a session of its own, so that it outlives the script.
start_process() {
  local name=$1 log=$2
  shift 2
  mkdir -p "$(dirname "$log")"
  setsid "$@" </dev/null >>"$log" 2>&1 9>&- &
  remember_process "$name" $! || {
    tail -n 20 "$log" >&2
    die "$name ended at once; its last words are above ($log)"
  }
}
