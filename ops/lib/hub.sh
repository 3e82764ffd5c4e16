# shellcheck shell=bash
# The hub and the reference agencies as processes of this checkout.

readonly REGION=75

hub_program() { echo "${CARGO_TARGET_DIR:-$HUB112_ROOT/target}/release/hub112"; }

hub_settings() { echo "$HUB112_OPS_VAR/hub112.toml"; }

hub_address() { echo "127.0.0.1:$(remembered_port http)"; }

# hub112 SUBCOMMAND…: the release build with this checkout's settings.
hub112() { HUB112_CONFIG=$(hub_settings) "$(hub_program)" "$@"; }

# Written anew at every start, because a port may have changed hands; an administrator's own settings belong into
# the environment or into a file of their own.
write_hub_settings() {
  local file
  file=$(hub_settings)
  (umask 077 && cat >"$file.new" <<SETTINGS
# Written by ops/run for the private servers under $HUB112_OPS_VAR; ops/hub112.example.toml explains every setting.
listen = "$(hub_address)"
regions = ["$REGION"]
demo = $1
spool_dir = "$HUB112_OPS_VAR/spool"
console = "$HUB112_ROOT/console/dist"

[database]
url = "$(postgres_url)"

[broker]
url = "$(amqp_url)"
management_url = "$(management_url)"

[log]
format = "json"
level = "info"
SETTINGS
  )
  # Units of the demonstration drive a day in twenty-four minutes: nobody takes that for a fault of their receivers.
  if [ "$1" = true ]; then
    cat >>"$file.new" <<SETTINGS

[positions.doubt]
most_kmh = { road = 20000, heavy = 20000, helicopter = 60000, aeroplane = 60000, boat = 20000, on_foot = 20000 }

[positions.arrival]
stays_s = 2
SETTINGS
  fi
  mv "$file.new" "$file"
}

# What the running hub was started from: another build or other settings mean a new start.
hub_fingerprint() { cat "$(hub_program)" "$(hub_settings)" | cksum; }

hub_is_ready() {
  running hub >/dev/null || return 0
  curl --silent --fail --max-time 5 --output /dev/null "http://$(hub_address)/health/ready"
}

start_hub() {
  local mark=$HUB112_OPS_VAR/run/hub.started-from
  if running hub >/dev/null && [ "$(cat "$mark" 2>/dev/null)" != "$(hub_fingerprint)" ]; then
    say "the hub has been built or set anew; starting it again"
    end_process hub 30
  fi
  if is_gone hub; then
    start_process hub "$HUB112_OPS_VAR/log/hub.log" env "HUB112_CONFIG=$(hub_settings)" "$(hub_program)" serve
    hub_fingerprint >"$mark"
  fi
  wait_for 120 "the hub is not ready" hub_is_ready || die "its log: $HUB112_OPS_VAR/log/hub.log"
  running hub >/dev/null || {
    tail -n 20 "$HUB112_OPS_VAR/log/hub.log" >&2
    die "the hub ended while starting; its last words are above ($HUB112_OPS_VAR/log/hub.log)"
  }
}

# Every service of the region but the hub itself, by its key.
services() { sed 1d "$HUB112_ROOT/src/domain/service_kinds.csv" | cut -d, -f1 | grep -vx hub; }

# Everything that ops/run started, found by its pid files: the agencies and the replay, then the hub.
stop_hub() {
  local file name
  for file in "$HUB112_OPS_VAR"/run/agency-*.pid "$HUB112_OPS_VAR"/run/drive.pid; do
    [ -e "$file" ] || continue
    name=$(basename "$file" .pid)
    end_process "$name" 10
  done
  end_process hub 30
}
