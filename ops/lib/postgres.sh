# shellcheck shell=bash
# The private PostgreSQL cluster: data, socket and log under var/postgres, bound to 127.0.0.1.

readonly POSTGRES_BIN=/usr/lib/postgresql/15/bin

postgres_home() { echo "$HUB112_OPS_VAR/postgres"; }

# The pid of this very cluster: PostgreSQL writes it, and the command line must name our data directory.
postgres_pid() {
  local pid
  { read -r pid <"$(postgres_home)/data/postmaster.pid"; } 2>/dev/null || return 1
  { tr '\0' ' ' <"/proc/$pid/cmdline"; } 2>/dev/null | grep -qF -- "$(postgres_home)/data" || return 1
  echo "$pid"
}

make_postgres_cluster() {
  local home account
  home=$(postgres_home) account=$(postgres_account)
  step "making a private PostgreSQL cluster in $home"
  rm -rf "$home"
  own_directory "$home" "$account"
  own_directory "$home/socket" "$account"
  (umask 077 && secret postgres-superuser >"$home/superuser")
  if is_root; then chown "$account" "$home/superuser"; fi
  run_as "$account" "$POSTGRES_BIN/initdb" --pgdata="$home/data.new" --username=postgres \
    --pwfile="$home/superuser" --auth=scram-sha-256 --encoding=UTF8 --locale=C.UTF-8 --data-checksums \
    >"$HUB112_OPS_VAR/initdb.log" 2>&1 || {
    cat "$HUB112_OPS_VAR/initdb.log" >&2
    die "initdb failed; its words are above"
  }
  rm -f "$home/superuser" "$HUB112_OPS_VAR/initdb.log"
  echo "include 'hub112.conf'" >>"$home/data.new/postgresql.conf"
  mv "$home/data.new" "$home/data"
}

write_postgres_settings() {
  local home socket
  home=$(postgres_home) socket=$home/socket
  # A socket's path may not exceed 107 bytes; in a deep checkout only TCP remains.
  [ ${#socket} -le 80 ] || socket=
  cat >"$home/data/hub112.conf" <<SETTINGS
listen_addresses = '127.0.0.1'
port = $(remembered_port postgres)
unix_socket_directories = '$socket'
max_connections = 200
shared_buffers = 256MB
timezone = 'UTC'
log_timezone = 'UTC'
# What the hub needs: room for its bursts between checkpoints, and a word about what took long or waited.
max_wal_size = 2GB
checkpoint_timeout = 15min
log_min_duration_statement = 1000
log_lock_waits = on
SETTINGS
  if [ "${HUB112_OPS_THROWAWAY:-}" = 1 ]; then
    # A cluster for tests: it must outlive the death of its processes, not that of the machine.
    printf 'fsync = off\nfull_page_writes = off\nshared_buffers = 128MB\n' >>"$home/data/hub112.conf"
  fi
}

# psql of the superuser, which makes roles and databases and does nothing else.
postgres_admin() {
  PGPASSWORD=$(secret postgres-superuser) psql -X -q -v ON_ERROR_STOP=1 -h 127.0.0.1 \
    -p "$(remembered_port postgres)" -U postgres -d postgres "$@"
}

# The hub's role is no superuser, so PostGIS is laid down here, in the template of every database: the hub's own,
# and those of tests and benches.
provision_postgres() {
  postgres_admin -d template1 -c 'SET client_min_messages = warning; CREATE EXTENSION IF NOT EXISTS postgis'
  postgres_admin -v "password=$(secret postgres-hub112)" <<'SQL'
SELECT 'CREATE ROLE hub112 LOGIN CREATEDB'
 WHERE NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'hub112') \gexec
ALTER ROLE hub112 PASSWORD :'password';
-- The bench begins each round with one, so that none falls into a side by chance.
GRANT pg_checkpoint TO hub112;
SELECT 'CREATE DATABASE hub112 OWNER hub112'
 WHERE NOT EXISTS (SELECT 1 FROM pg_database WHERE datname = 'hub112') \gexec
SQL
}

choose_postgres_port() { postgres_pid >/dev/null || choose_port postgres >/dev/null; }

start_postgres() {
  local home account
  home=$(postgres_home) account=$(postgres_account)
  if postgres_pid >/dev/null; then return; fi
  [ -d "$home/data" ] || make_postgres_cluster
  write_postgres_settings
  # A pid file whose pid now belongs to another program would make PostgreSQL refuse to start.
  rm -f "$home/data/postmaster.pid"
  (cd / && run_as "$account" "$POSTGRES_BIN/pg_ctl" --pgdata="$home/data" --log="$home/postgres.log" \
    --wait --timeout=120 start >/dev/null </dev/null 9>&-) || {
    tail -n 20 "$home/postgres.log" >&2
    die "PostgreSQL did not start; its last words are above ($home/postgres.log)"
  }
  provision_postgres
  say "PostgreSQL: 127.0.0.1:$(remembered_port postgres)"
}

# stop_postgres [fast|immediate]: immediate is a crash, with recovery at the next start.
stop_postgres() {
  postgres_pid >/dev/null || return 0
  (cd / && run_as "$(postgres_account)" "$POSTGRES_BIN/pg_ctl" --pgdata="$(postgres_home)/data" \
    --mode="${1:-fast}" --wait --timeout=60 stop >/dev/null 9>&-) || die "PostgreSQL did not stop"
}

postgres_url() {
  echo "postgres://hub112:$(secret postgres-hub112)@127.0.0.1:$(remembered_port postgres)/hub112"
}
