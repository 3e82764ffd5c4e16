# shellcheck shell=bash
# The private RabbitMQ node: data, log, cookie and plugin list under var/broker, its own node name and its own
# port mapper (epmd), everything bound to 127.0.0.1.

broker_home() { echo "$HUB112_OPS_VAR/broker"; }

# A name of its own, kept with the data: the data belong to the name, and the name neither to the machine, which may
# be renamed, nor to the folder, which may be moved.
broker_node() {
  local file=$HUB112_OPS_VAR/node
  # Where an earlier version put the Node that builds the console.
  if [ -d "$file" ]; then rm -rf "$file"; fi
  if [ ! -s "$file" ]; then
    printf 'hub112_%s@localhost' "$(od -An -N4 -tx1 /dev/urandom | tr -d ' \n')" >"$file"
  fi
  cat "$file"
}

write_broker_settings() {
  local home
  home=$(broker_home)
  (umask 077 && cat >"$home/rabbitmq.conf" <<SETTINGS
listeners.tcp.1 = 127.0.0.1:$(remembered_port amqp)
management.tcp.ip = 127.0.0.1
management.tcp.port = $(remembered_port broker_management)
default_vhost = hub112
default_user = hub112
default_pass = $(secret broker-hub112)
default_user_tags.administrator = true
log.console = false
log.file.level = info
# Quorum queues write their log in files of this size; the default of 512 MB is for bigger machines.
raft.wal_max_size_bytes = 64000000
# A client keeps 32 of the largest frames for each direction of each connection, and a hub has a connection for each
# region's inbox. Bodies are divided; the properties of a message are one frame, and none of ours has more than some kilobytes.
frame_max = 32768
SETTINGS
  )
  if [ "${HUB112_OPS_THROWAWAY:-}" = 1 ]; then
    # Tests look at queue lengths; five seconds of delay would be five seconds of waiting.
    echo 'collect_statistics_interval = 1000' >>"$home/rabbitmq.conf"
  fi
  echo '[rabbitmq_management].' >"$home/enabled_plugins"
  (umask 077 && secret broker-cookie >"$home/.erlang.cookie.new")
  mv -f "$home/.erlang.cookie.new" "$home/.erlang.cookie"
  chmod 400 "$home/.erlang.cookie"
  if is_root; then chown -R "$(broker_account)" "$home"; fi
}

# Sets BROKER to the words that, put before a program of RabbitMQ, point it at this node and at nothing of
# /etc/rabbitmq.
broker_environment() {
  local home
  home=$(broker_home)
  become "$(broker_account)"
  BROKER=("${AS[@]}" env -u ERL_LIBS -u ERL_FLAGS -u NOTIFY_SOCKET
    "HOME=$home"
    "ERL_EPMD_PORT=$(remembered_port epmd)" ERL_EPMD_ADDRESS=127.0.0.1
    "RABBITMQ_NODENAME=$(broker_node)"
    "RABBITMQ_CONF_ENV_FILE=$home/none"
    "RABBITMQ_CONFIG_FILE=$home/rabbitmq.conf"
    "RABBITMQ_CONFIG_FILES=$home/none"
    "RABBITMQ_ADVANCED_CONFIG_FILE=$home/none.config"
    "RABBITMQ_ENABLED_PLUGINS_FILE=$home/enabled_plugins"
    "RABBITMQ_MNESIA_BASE=$home/data"
    "RABBITMQ_MNESIA_DIR=$home/data/node"
    "RABBITMQ_GENERATED_CONFIG_DIR=$home/generated"
    "RABBITMQ_SCHEMA_DIR=$home/schema"
    "RABBITMQ_LOG_BASE=$home/log"
    "RABBITMQ_LOGS=$home/log/broker.log"
    "RABBITMQ_PID_FILE=$home/pid"
    "RABBITMQ_DIST_PORT=$(remembered_port broker_distribution)"
    # Idle schedulers sleep instead of spinning: the machine is shared with the hub and the database.
    "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS=-kernel inet_dist_use_interface {127,0,0,1} +sbwt none +sbwtdcpu none +sbwtdio none"
    # The start script then becomes the broker instead of staying beside it, so that our pid is the broker's.
    RUNNING_UNDER_SYSTEMD=true)
}

# broker_api PATH [CURL ARGUMENT…]: the management interface; the password does not show in the process list.
broker_api() {
  local path=$1
  shift
  printf 'user = "hub112:%s"\n' "$(secret broker-hub112)" |
    curl --silent --fail --max-time 10 --config - "$@" \
      "http://127.0.0.1:$(remembered_port broker_management)/api/$path"
}

broker_is_ready() {
  running broker >/dev/null || return 0
  broker_api "health/checks/port-listener/$(remembered_port amqp)" >/dev/null 2>&1
}

choose_broker_ports() {
  if is_gone epmd; then choose_port epmd >/dev/null; fi
  if is_gone broker; then
    local name
    for name in broker_distribution amqp broker_management; do choose_port "$name" >/dev/null; done
  fi
}

start_broker() {
  local home account
  home=$(broker_home) account=$(broker_account)
  if is_gone broker; then
    own_directory "$home" "$account"
    own_directory "$home/log" "$account"
    become "$account"
    if is_gone epmd; then
      start_process epmd "$HUB112_OPS_VAR/log/epmd.log" "${AS[@]}" epmd \
        -address 127.0.0.1 -port "$(remembered_port epmd)"
    fi
    write_broker_settings
    broker_environment
    start_process broker "$HUB112_OPS_VAR/log/broker-start.log" "${BROKER[@]}" /usr/lib/rabbitmq/bin/rabbitmq-server
    say "RabbitMQ: 127.0.0.1:$(remembered_port amqp), management http://127.0.0.1:$(remembered_port broker_management)"
  fi
  wait_for 90 "RabbitMQ is not ready" broker_is_ready || die "look into $HUB112_OPS_VAR/log and $home/log"
  running broker >/dev/null || {
    tail -n 30 "$HUB112_OPS_VAR/log/broker-start.log" >&2
    die "RabbitMQ ended while starting; its last words are above (more in $home/log)"
  }
}

# stop_broker [TERM|KILL]: KILL is a crash.
stop_broker() {
  end_process broker 60 "${1:-TERM}"
}

stop_epmd() { end_process epmd 10; }

amqp_url() {
  echo "amqp://hub112:$(secret broker-hub112)@127.0.0.1:$(remembered_port amqp)/hub112"
}

management_url() {
  echo "http://hub112:$(secret broker-hub112)@127.0.0.1:$(remembered_port broker_management)"
}
