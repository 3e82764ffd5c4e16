# shellcheck shell=bash
# The demonstration: its region's services and units, accounts to look around with, the agencies, a day of calls.

# A day passes in twenty-four minutes.
readonly SPEED_UP=60

# One account per role, each with a random password that is made once.
readonly ACCOUNTS='administrator manager duty_officer'

# Once: what an administrator changes of them afterwards, a password or that one is inactive, stands.
make_accounts() {
  local role done=$HUB112_OPS_VAR/run/accounts.done
  if [ -e "$done" ]; then return; fi
  for role in $ACCOUNTS; do
    secret "account-$role" | hub112 account put "$role" --role "$role"
  done
  : >"$done"
}

print_accounts() {
  local role
  printf '  %-18s %-16s %s\n' "accounts" "name" "password, as it was made"
  for role in $ACCOUNTS; do printf '  %-18s %-16s %s\n' "" "$role" "$(secret "account-$role")"; done
}

# Through the hub that runs, once: units and settings are the administrator's from then on. The demonstration has nobody at
# the desk, so the rules that an officer would confirm are switched on.
load_demo() {
  local done=$HUB112_OPS_VAR/run/demo.done
  if [ -e "$done" ]; then return; fi
  step "loading the demonstration region"
  HUB112_OPS_PASSWORD=$(secret account-administrator) \
    hub112 load "$HUB112_ROOT/gis/demo/units.csv" --stations "$HUB112_ROOT/gis/demo/stations.csv" \
    --desks "$HUB112_ROOT/gis/demo/desks.csv" --url "http://$(hub_address)" --rules
  : >"$done"
}

# Further desks of the region's services, by their keys.
desks() { sed 1d "$HUB112_ROOT/gis/demo/desks.csv" | cut -d, -f1; }

start_agencies() {
  local service address
  step "starting one reference agency per service"
  for service in $(services) $(desks); do
    if running "agency-$service" >/dev/null; then continue; fi
    address=$(secret "agency-$service" | hub112 account broker --region "$REGION" --service "$service")
    start_process "agency-$service" "$HUB112_OPS_VAR/log/agency-$service.log" \
      env "HUB112_AGENCY_AMQP=$address" "$(hub_program)" agency --region "$REGION" --service "$service" \
      --speed-up "$SPEED_UP" --diary "$HUB112_OPS_VAR/run/agency-$service.diary"
  done
}

# The day is replayed once: its messages are in the journal from then on.
drive_demo() {
  local done=$HUB112_OPS_VAR/run/drive.done
  if [ -e "$done" ] || running drive >/dev/null; then return; fi
  step "replaying a day of messages"
  # shellcheck disable=SC2016  # the inner shell's own arguments
  start_process drive "$HUB112_OPS_VAR/log/drive.log" \
    env "HUB112_DRIVE_PASSWORD=$(secret account-duty_officer)" \
    sh -c '"$1" drive --file "$2" --url "$3" --user duty_officer --speed-up "$4" --officer --wait-closed 600 && : >"$5"' _ \
    "$(hub_program)" "$HUB112_ROOT/gis/demo/messages.ndjson" "http://$(hub_address)" "$SPEED_UP" "$done"
}
