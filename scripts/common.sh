# Helpers of ./run: steps with elapsed time, quiet tools, stamps. Sourced, not run.
# shellcheck shell=bash

say() { printf '%s\n' "$@"; }

# die MESSAGE [REMEDY]…: one line each, then exit 1.
die() {
  printf '\n%s\n' "$1" >&2
  shift
  (($#)) && printf '  %s\n' "$@" >&2
  exit 1
}

seconds_since() {
  local tenths=$(((${EPOCHREALTIME/[.,]/} - ${1/[.,]/}) / 100000))
  printf '%d.%d s' $((tenths / 10)) $((tenths % 10))
}

# step TITLE COMMAND…: run it quietly, its words in instance/logs/setup.log, and say how long it took.
# The command stays in the foreground, so that Ctrl-C reaches it.
step() {
  local title=${1:0:44} began=$EPOCHREALTIME log="$LOGS/setup.log" from code=0
  shift
  from=$(($(stat -c %s "$log" 2>/dev/null || echo 0) + 1))
  printf '\n== %s\n' "$title" >>"$log"
  show_progress "$title" "$log" &
  TICKER=$!
  ("$@") >>"$log" 2>&1 </dev/null || code=$?
  stop_ticker
  if ((code == 0)); then
    printf "$NEW_LINE"'  %-44s %8s\n' "$title" "$(seconds_since "$began")"
    return
  fi
  printf "$NEW_LINE"'  %-44s   failed\n\n' "$title"
  tail -c "+$from" "$log" | tail -n 40
  die "This step failed: $title" "Its full log: $log"
}

# On a terminal each second the time and the log's last words, in one line;
# elsewhere a line each half minute, so that nobody thinks it hangs.
NEW_LINE="" TERMINAL_COLUMNS=0
if [[ -t 1 ]]; then
  NEW_LINE='\r\033[K'
  TERMINAL_COLUMNS=$(stty size <&1 2>/dev/null | cut -d' ' -f2) || TERMINAL_COLUMNS=80
fi

show_progress() {
  local elapsed=0 pause=30 silence words room=$((TERMINAL_COLUMNS - 60))
  ((TERMINAL_COLUMNS)) && pause=1
  # Waiting on a channel where nothing comes needs no child process, which would outlive this one.
  exec {silence}<> <(:)
  until read -r -t "$pause" -u "$silence"; do
    elapsed=$((elapsed + pause))
    if ((TERMINAL_COLUMNS)); then
      words=$(tail -n 1 "$2" | tr -cd '[:print:]')
      printf "$NEW_LINE"'  %-44s %6d s  %s' "$1" "$elapsed" "${words:0:$((room > 0 ? room : 0))}"
    else
      printf '  … %s (%d s)\n' "$1" "$elapsed"
    fi
  done
}

stop_ticker() {
  [[ -n ${TICKER:-} ]] || return 0
  kill "$TICKER" 2>/dev/null || true
  wait "$TICKER" 2>/dev/null || true
  TICKER=
}

# A stamp file holds the digest of what the thing beside it was made from.
digest_of() { cat -- "$@" | sha256sum | cut -d' ' -f1; }
stamp_is() { [[ -f $1 && $(<"$1") == "$2" ]]; }

# as_root COMMAND…: root runs it, another user runs it by sudo.
as_root() {
  if ((EUID == 0)); then "$@"; else sudo -n "$@"; fi
}
