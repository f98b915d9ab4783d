# The virtual environment, from the hashed requirements. Sourced by ./run.
# shellcheck shell=bash

PYTHON="$ROOT/.venv/bin/python"
GOOD_PYTHON='import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info < (3, 14))'

# Print the first Python that will do: 3.11 to 3.13, with venv.
find_python() {
  local name
  for name in python3 /usr/bin/python3 python3.13 python3.12 python3.11; do
    if command -v "$name" >/dev/null && "$name" -c "$GOOD_PYTHON" 2>/dev/null; then
      command -v "$name"
      return
    fi
  done
}

make_environment() {
  "$PYTHON" -c "$GOOD_PYTHON" 2>/dev/null && return
  need_writable "$ROOT"
  step "Python environment .venv" "$(find_python)" -m venv --clear "$ROOT/.venv"
}

# install_python FILE: bring .venv to what FILE pins. requirements-dev.txt holds all of requirements.txt.
install_python() {
  local file=$1 stamp="$ROOT/.venv/.stamp" runtime development
  runtime=$(digest_of requirements.txt)
  development=$(digest_of requirements.txt requirements-dev.txt)
  stamp_is "$stamp" "$development" && return
  [[ $file == requirements.txt ]] && stamp_is "$stamp" "$runtime" && return
  need_writable "$ROOT/.venv"
  rm -f "$stamp"
  step "Python packages of $file" install_halves "$file"
  if [[ $file == requirements.txt ]]; then echo "$runtime" >"$stamp"; else echo "$development" >"$stamp"; fi
}

# pip works on one core: two of them share the list. Neither resolves anything, so they never meet.
install_halves() {
  local part pids=() code=0
  for part in 0 1; do
    awk -v part=$part '/^[A-Za-z0-9]/ { n++ } n % 2 == part' "$1" >"$INSTANCE/requirements-$part.txt"
    "$PYTHON" -m pip install --disable-pip-version-check --no-input --no-deps --require-hashes \
      -r "$INSTANCE/requirements-$part.txt" &
    pids+=($!)
  done
  for part in 0 1; do wait "${pids[$part]}" || code=$?; done
  rm -f "$INSTANCE"/requirements-[01].txt
  return $code
}
