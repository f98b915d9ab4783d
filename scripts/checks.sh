# The checks and tests, cheap ones first. Sourced by ./run.
# shellcheck shell=bash

# run_checks: all of them, in order; the first that fails ends the run.
run_checks() {
  check "ruff" -m ruff check .
  check "ruff format" -m ruff format --check .
  check "mypy" -m mypy
  check "import-linter" -c 'from importlinter.cli import lint_imports_command; lint_imports_command()'
  # By file, since files share what is dear to make.
  local spread=(-n 2 --dist loadfile)
  check "tests of geo" -m pytest "${spread[@]}" --doctest-modules geo tests/geo
  check "tests of portal and contracts" -m pytest "${spread[@]}" tests --ignore tests/geo --ignore tests/browser
  check "tests in the browser" -m pytest tests/browser
}

# run_some_tests ARGUMENTS…: pytest alone, with these arguments.
run_some_tests() { "$PYTHON" -m pytest "$@" || exit $?; }

check() {
  local title=$1 began=$EPOCHREALTIME
  shift
  say "" "── $title"
  "$PYTHON" "$@" || die "Failed: $title"
  say "   $title: $(seconds_since "$began")"
}
