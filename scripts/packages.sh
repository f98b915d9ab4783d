# Debian packages that are missing, and nothing else. Sourced by ./run.
# shellcheck shell=bash

OLDEST_POSTGRESQL=15
NO_MAIN_CLUSTER=/etc/postgresql-common/createcluster.d/wuye-atlas.conf

# install_packages [test]: find what is missing and install it, or say how to.
install_packages() {
  local missing=()
  find_missing "${1:-}"
  ((${#missing[@]})) || return 0
  command -v apt-get >/dev/null || die "Missing: ${missing[*]}" \
    "This machine has no apt-get; ./run installs packages on Debian 12 and 13 only." \
    "Install PostgreSQL $OLDEST_POSTGRESQL or later with PostGIS, Python 3.11 to 3.13 with venv, and Chinese fonts yourself."
  get_root_rights
  step "Debian's package lists" as_root apt-get -q update
  name_postgresql
  say "  Debian packages missing: ${missing[*]}"
  step "Debian packages" apt_install "${missing[@]}"
  hash -r
}

# Fills the caller's array "missing". "postgresql" stands for server and PostGIS until their version is known.
find_missing() {
  if [[ -z ${PORTAL_DATABASE_URL:-} || $1 == test ]] && ! has_postgis; then missing+=(postgresql); fi
  [[ -n $(find_python) ]] || missing+=(python3 python3-venv)
  is_installed fonts-noto-cjk || missing+=(fonts-noto-cjk)
  [[ -s /etc/ssl/certs/ca-certificates.crt ]] || missing+=(ca-certificates)
  [[ $1 == test ]] || return 0
  command -v chromium >/dev/null || missing+=(chromium)
  # Playwright's own Node.js is linked with it.
  is_installed libatomic1 || missing+=(libatomic1)
}

has_postgis() {
  local control major
  for control in /usr/share/postgresql/*/extension/postgis.control; do
    major=${control#/usr/share/postgresql/}
    major=${major%%/*}
    [[ -x /usr/lib/postgresql/$major/bin/initdb ]] && ((major >= OLDEST_POSTGRESQL)) && return 0
  done
  return 1
}

is_installed() { [[ $(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null) == installed ]]; }

get_root_rights() {
  ((EUID == 0)) && return
  if command -v sudo >/dev/null; then
    sudo -n true 2>/dev/null && return
    if [[ -t 0 ]]; then
      say "  Debian packages are missing: ${missing[*]}" "  sudo may ask for your password, to install them:"
      sudo -v && return
    fi
  fi
  name_postgresql
  die "Debian packages are missing, and installing them needs root or sudo: ${missing[*]}" \
    "Let an administrator run:" \
    "    apt-get update" \
    "    mkdir -p ${NO_MAIN_CLUSTER%/*}" \
    "    echo 'create_main_cluster = false' > $NO_MAIN_CLUSTER" \
    "    apt-get install --no-install-recommends ${missing[*]}" \
    "(the third line keeps Debian from starting a cluster that nobody needs), then run ./run again."
}

# Puts the packages of one version in the place of "postgresql": of the installed version, or of Debian's own;
# where apt has no lists to tell it, the packages that stand for Debian's own.
name_postgresql() {
  local major named=() package
  major=$(find /usr/lib/postgresql -mindepth 1 -maxdepth 1 -printf '%f\n' 2>/dev/null | sort -n | tail -1) || true
  if ((${major:-0} < OLDEST_POSTGRESQL)); then
    major=$(apt-cache depends postgresql 2>/dev/null | grep -om1 'postgresql-[0-9]\+' | cut -d- -f2) || true
  fi
  for package in "${missing[@]}"; do
    if [[ $package == postgresql ]]; then
      if [[ -n $major ]]; then named+=("postgresql-$major" "postgresql-$major-postgis-3"); else
        named+=(postgresql postgresql-postgis)
      fi
    else
      named+=("$package")
    fi
  done
  missing=("${named[@]}")
}

apt_install() {
  local code=0
  # Debian makes and starts a cluster with each new PostgreSQL; the portal's own is private.
  as_root mkdir -p "${NO_MAIN_CLUSTER%/*}" || return
  as_root sh -c "echo 'create_main_cluster = false' > $NO_MAIN_CLUSTER" || return
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -q install --yes --no-install-recommends \
    -o DPkg::Lock::Timeout=300 "$@" || code=$?
  as_root rm -f "$NO_MAIN_CLUSTER"
  return $code
}
