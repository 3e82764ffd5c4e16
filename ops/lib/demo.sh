# shellcheck shell=bash
# The demonstration: its region's services and units, accounts to look around with, the agencies, a day of calls.

# One account per role, each with a random password that is made once.
readonly ACCOUNTS='administrator manager duty_officer'

make_accounts() {
  local role
  for role in $ACCOUNTS; do
    secret "account-$role" | hub112 account put "$role" --role "$role" --password-stdin
  done
}

print_accounts() {
  local role
  printf '  %-18s %-16s %s\n' "accounts" "name" "password"
  for role in $ACCOUNTS; do printf '  %-18s %-16s %s\n' "" "$role" "$(secret "account-$role")"; done
}

load_demo() {
  step "loading the demonstration region"
  hub112 load "$HUB112_ROOT/gis/demo"
}

start_agencies() {
  local service
  step "starting one reference agency per service"
  for service in $(services); do
    if running "agency-$service" >/dev/null; then continue; fi
    start_process "agency-$service" "$HUB112_OPS_VAR/log/agency-$service.log" \
      env "HUB112_CONFIG=$(hub_settings)" "$(hub_program)" agency --region "$REGION" --service "$service"
  done
}

# The day is replayed once: its messages are in the journal from then on.
drive_demo() {
  local done=$HUB112_OPS_VAR/run/drive.done
  if [ -e "$done" ] || running drive >/dev/null; then return; fi
  step "replaying a day of messages"
  start_process drive "$HUB112_OPS_VAR/log/drive.log" env "HUB112_CONFIG=$(hub_settings)" \
    sh -c '"$1" drive "$2" && : >"$3"' _ "$(hub_program)" "$HUB112_ROOT/gis/demo/messages.jsonl" "$done"
}
