# The checks and tests, cheap ones first. Sourced by ./run.
# shellcheck shell=bash

# run_checks [--slow]: all of them, in order; the first that fails ends the run.
run_checks() {
  check "ruff" quietly -m ruff check .
  check "ruff format" quietly -m ruff format --check .
  check "Biome" run_npm run --silent lint
  check "mypy" quietly -m mypy
  check "import-linter" quietly -c 'from importlinter.cli import lint_imports_command; lint_imports_command()'
  # By file, since files share what is dear to make.
  local spread=(-n 2 --dist loadfile "$@")
  check "tests of static/app" run_npm run --silent test
  check "tests of geo" "$PYTHON" -m pytest "${spread[@]}" --doctest-modules geo tests/geo
  check "tests of portal and contracts" "$PYTHON" -m pytest "${spread[@]}" tests --ignore tests/geo --ignore tests/browser
  check "tests in the browser" "$PYTHON" -m pytest "$@" tests/browser
  say "" "all passed"
}

# run_some_tests ARGUMENTS…: pytest alone, with these arguments.
run_some_tests() { "$PYTHON" -m pytest "$@" || exit $?; }

# check TITLE COMMAND…
check() {
  local title=$1 began=$EPOCHREALTIME
  shift
  say "" "── $title"
  "$@" || die "Failed: $title"
  say "   $title: $(seconds_since "$began")"
}

# quietly ARGUMENTS…: for what says nothing until it is done.
quietly() {
  local code=0
  ticking "working" keep_words "$PYTHON" "$@" || code=$?
  cat "$WORDS"
  return $code
}
