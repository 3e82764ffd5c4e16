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

# The browser that the console's tests cannot do without; not among what the hub needs.
missing_browser() {
  if [ -z "${HUB112_TEST_CHROMIUM:-}" ] && [ ! -x /usr/bin/chromium ]; then echo chromium; fi
}

# What some tests are passed over without: GDAL; Firefox, with an X server for it to draw a map on.
missing_map_reader() {
  if ! command -v ogrinfo >/dev/null; then echo gdal-bin; fi
}

missing_firefox() {
  if [ ! -x /usr/bin/firefox-esr ] || [ ! -x /usr/bin/Xvfb ]; then
    printf '%s\n' firefox-esr xvfb libegl1 libgl1-mesa-dri
  fi
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

# install_packages COMMAND PACKAGE…: installs them, or names the command that does with sudo.
install_packages() {
  local command=$1
  shift
  local -a missing=("$@")
  [ ${#missing[@]} -gt 0 ] || return 0
  if ! is_root; then
    say "These Debian packages are missing: ${missing[*]}"
    say "Install them with the following command, then start again:"
    say ""
    say "    sudo $HUB112_ROOT/$command"
    say ""
    say "(or: sudo apt-get install --no-install-recommends ${missing[*]})"
    case " ${missing[*]} " in
      *" postgresql-15 "* | *" rabbitmq-server "*)
        say "(The second also starts PostgreSQL and RabbitMQ as services of the system; the hub does not use those.)" ;;
    esac
    exit "$NEEDS_A_PERSON"
  fi
  step "installing ${missing[*]}"
  hold_services_back
  export DEBIAN_FRONTEND=noninteractive
  { apt-get -o DPkg::Lock::Timeout=300 -qq update &&
    apt-get -o DPkg::Lock::Timeout=300 -qq -y install --no-install-recommends "${missing[@]}"; } || {
    release_services
    return 1
  }
  release_services
  case " ${missing[*]} " in *" postgresql-15 "*) disable_service postgresql ;; esac
  case " ${missing[*]} " in *" rabbitmq-server "*) disable_service rabbitmq-server ;; esac
}

# require_packages COMMAND [PACKAGE…]: what the hub needs, and these besides; the command is the one that installs them all.
require_packages() {
  command -v dpkg-query >/dev/null || die "these scripts know Debian 12; on another system install: $(packages | xargs)"
  local -a missing
  mapfile -t missing < <(missing_packages)
  install_packages "$1" "${missing[@]}" "${@:2}"
}

wanted_rust() { sed -n 's/^rust-version = "\(.*\)"/\1/p' "$HUB112_ROOT/Cargo.toml"; }

# Where Rust is put when the account has none: in the project's own folder, so that nothing of the account changes.
rust_home() { echo "$HUB112_ROOT/var/rust"; }

# Fetches the toolchain as https://rustup.rs says, without touching the account's own files.
install_rust() {
  require_own_place "$HUB112_ROOT/var"
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

# Where require_rust found what the caller's own shell does not find, as lines for `eval`; nothing where it does. BEFORE
# is the PATH that the caller came with.
rust_environment() {
  local before=$1 bin
  bin=$(dirname -- "$(command -v cargo)")
  # shellcheck disable=SC2016  # the caller's PATH follows
  if [ "$(PATH=$before command -v cargo)" != "$bin/cargo" ]; then printf 'export PATH=%q:"$PATH"\n' "$bin"; fi
  if [ "$bin" = "$(rust_home)/cargo/bin" ]; then printf 'export CARGO_HOME=%q RUSTUP_HOME=%q\n' "$CARGO_HOME" "$RUSTUP_HOME"; fi
}

rust_fits() {
  [ -n "$1" ] && [ "$(printf '%s\n' "$(wanted_rust)" "$1" | sort -V | head -n 1)" = "$(wanted_rust)" ]
}
