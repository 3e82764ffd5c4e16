# shellcheck shell=bash
# Ports of the private servers: chosen free at the first start, remembered in var/ports, and chosen again only
# when somebody else has taken one meanwhile. All stay below 32768, where Linux begins to lend out ports for
# outgoing connections.

port_is_taken() { (exec 8<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

remembered_port() {
  [ -f "$HUB112_OPS_VAR/ports" ] && sed -n "s/^$1=//p" "$HUB112_OPS_VAR/ports" | tail -n 1
}

remember_port() {
  local file=$HUB112_OPS_VAR/ports
  touch "$file"
  { grep -v "^$1=" "$file" || true; echo "$1=$2"; } >"$file.new"
  mv "$file.new" "$file"
}

# choose_port NAME [WISH]: prints the port of that name; call it only while its server is down.
choose_port() {
  local name=$1 wish=${2:-} known port
  known=$(remembered_port "$name" || true)
  for port in $known $wish; do
    if ! port_is_taken "$port"; then
      [ "$port" = "$known" ] || remember_port "$name" "$port"
      echo "$port"
      return
    fi
    say "port $port ($name) is in use by another program; taking another one"
  done
  while :; do
    port=$((20000 + RANDOM % 12000))
    if ! port_is_taken "$port" && ! grep -qs "=$port\$" "$HUB112_OPS_VAR/ports"; then
      remember_port "$name" "$port"
      echo "$port"
      return
    fi
  done
}
