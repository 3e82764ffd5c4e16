# shellcheck shell=bash
# What must be on the machine: Debian packages and Rust. Only what is missing is installed, and no service of
# the system is started by it.

packages() {
  cat <<'LIST'
ca-certificates
curl
gcc
jq
libc6-dev
mold
postgresql-15
postgresql-15-postgis-3
postgresql-client-15
python3
python3-pika
python3-venv
rabbitmq-server
util-linux
LIST
}

has_package() { [ "$(dpkg-query -Wf '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

missing_packages() {
  local package
  for package in $(packages); do has_package "$package" || echo "$package"; done
}

# The packages of PostgreSQL and RabbitMQ start their servers, and would at every boot. Ours are private, so
# neither happens for what is installed here; what was installed before keeps its settings.
readonly POLICY=/usr/sbin/policy-rc.d

hold_services_back() {
  if [ -e "$POLICY" ]; then mv "$POLICY" "$POLICY.before-hub112"; fi
  printf '#!/bin/sh\nexit 101\n' >"$POLICY"
  chmod 755 "$POLICY"
  trap release_services EXIT
}

release_services() {
  rm -f "$POLICY"
  if [ -e "$POLICY.before-hub112" ]; then mv "$POLICY.before-hub112" "$POLICY"; fi
  trap - EXIT
}

disable_service() {
  if command -v systemctl >/dev/null && [ -d /run/systemd/system ]; then systemctl --quiet disable "$1" || true; fi
}

install_packages() {
  local -a missing
  mapfile -t missing < <(missing_packages)
  [ ${#missing[@]} -gt 0 ] || return 0
  if ! is_root; then
    say "These Debian packages are missing: ${missing[*]}"
    say "Install them with the following command, then start again:"
    say ""
    say "    sudo $HUB112_ROOT/ops/install"
    say ""
    say "(or: sudo apt-get install --no-install-recommends ${missing[*]}"
    say " which also starts PostgreSQL and RabbitMQ as services of the system; the hub does not use those)"
    exit "$NEEDS_A_PERSON"
  fi
  step "installing ${missing[*]}"
  hold_services_back
  export DEBIAN_FRONTEND=noninteractive
  apt-get -o DPkg::Lock::Timeout=300 -qq update
  apt-get -o DPkg::Lock::Timeout=300 -qq -y install --no-install-recommends "${missing[@]}"
  release_services
  case " ${missing[*]} " in *" postgresql-15 "*) disable_service postgresql ;; esac
  case " ${missing[*]} " in *" rabbitmq-server "*) disable_service rabbitmq-server ;; esac
}

require_packages() {
  command -v dpkg-query >/dev/null || die "these scripts know Debian 12; on another system install: $(packages | xargs)"
  install_packages
}

wanted_rust() { sed -n 's/^rust-version = "\(.*\)"/\1/p' "$HUB112_ROOT/Cargo.toml"; }

# Where Rust is put when the account has none: in the project's own folder, so that nothing of the account changes.
rust_home() { echo "$HUB112_ROOT/var/rust"; }

# Fetches the toolchain as https://rustup.rs says, without touching the account's own files.
install_rust() {
  step "installing Rust $(wanted_rust) under var/rust"
  mkdir -p "$(rust_home)"
  curl --proto '=https' --tlsv1.2 -sSf https://static.rust-lang.org/rustup/rustup-init.sh >"$(rust_home)/rustup-init.sh" &&
    sh "$(rust_home)/rustup-init.sh" -y --quiet --no-modify-path --profile minimal -c rustfmt -c clippy \
      --default-toolchain "$(wanted_rust)" >&2
}

# Rust as the account has it; where it has none, or one that is too old, one of the project's own.
require_rust() {
  local found=""
  if ! command -v cargo >/dev/null && [ -x "${CARGO_HOME:-$HOME/.cargo}/bin/cargo" ]; then
    PATH=${CARGO_HOME:-$HOME/.cargo}/bin:$PATH
  fi
  if command -v cargo >/dev/null; then found=$(rustc --version | cut -d' ' -f2) || found=""; fi
  if ! rust_fits "$found"; then
    export RUSTUP_HOME CARGO_HOME
    RUSTUP_HOME=$(rust_home)/rustup
    CARGO_HOME=$(rust_home)/cargo
    PATH=$CARGO_HOME/bin:$PATH
    if [ ! -x "$CARGO_HOME/bin/cargo" ] || ! rust_fits "$(rustc --version | cut -d' ' -f2)"; then
      if ! install_rust; then
        say "Rust $(wanted_rust) or newer is missing and could not be fetched from static.rust-lang.org. Install it for this account"
        say "(https://rustup.rs, or from a mirror with RUSTUP_UPDATE_ROOT and RUSTUP_DIST_SERVER), then start again."
        say "Debian 12's own package is too old."
        exit "$NEEDS_A_PERSON"
      fi
    fi
  fi
  export PATH
}

rust_fits() {
  [ -n "$1" ] && [ "$(printf '%s\n' "$(wanted_rust)" "$1" | sort -V | head -n 1)" = "$(wanted_rust)" ]
}
