# Helpers of ./run: steps with elapsed time, quiet tools, stamps. Sourced, not run.
# shellcheck shell=bash

say() { printf '%s\n' "$@"; }

# die MESSAGE [REMEDY]…: one line each, then exit 1; refuse, for a wrong setting, exits 2.
die() { complain "$@" && exit 1; }
refuse() { complain "$@" && exit 2; }

complain() {
  printf '\n%s\n' "$1" >&2
  shift
  if (($#)); then printf '  %s\n' "$@" >&2; fi
  name_full_disks
}

# Whatever failed, a full disk is the likely cause, and the words of the tool that met it need not say so.
SPARE_MB=20
name_full_disks() {
  local mount free
  while read -r free mount; do
    say "  The disk at $mount is full ($free MB left): make room, then run this again." >&2
  done < <(full_disks)
}

# Print "FREE MOUNT" for each disk without room, of those that set-up and portal write to.
full_disks() {
  local folder folders=()
  for folder in "${INSTANCE:-.}" "${ROOT:-.}" "${TMPDIR:-/tmp}"; do
    while [[ ! -e $folder ]]; do folder=$(dirname "$folder"); done
    folders+=("$folder")
  done
  df -BM --output=avail,size,target -- "${folders[@]}" 2>/dev/null | sort -u |
    awk -v spare="$SPARE_MB" '$1 ~ /^[0-9]+M$/ && $1 + 0 < spare && $2 + 0 >= spare { print $1 + 0, $3 }'
}

# need_writable FOLDER: somebody else's folder is told as such, not by a traceback.
need_writable() {
  [[ -w $1 ]] && return
  local owner
  owner=$(stat -c %U "$1")
  die "Cannot write to $1, which belongs to $owner." \
    "Run this as $owner, or let root run: chown -R $(id -un) '$1'"
}

seconds_since() {
  local tenths=$(((${EPOCHREALTIME/[.,]/} - ${1/[.,]/}) / 100000))
  printf '%d.%d s' $((tenths / 10)) $((tenths % 10))
}

# step TITLE COMMAND…: run it quietly, its words in instance/logs/setup.log, and say how long it took.
# The command stays in the foreground, so that Ctrl-C reaches it.
step() {
  local title=${1:0:44} began=$EPOCHREALTIME log="$LOGS/setup.log" from code=0 ran_full=()
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
  if tail -c "+$from" "$log" | grep -qi "no space left"; then ran_full=("A disk ran full: make room, then run this again."); fi
  die "This step failed: $title" "Its full log: $log" "${ran_full[@]}"
}

# aside NAME COMMAND…: begin it beside the steps that follow, its words in instance/logs/NAME.log.
declare -A ASIDE=() # name -> process group
aside() {
  local name=$1
  shift
  rm -f "$LOGS/$name.code"
  # A group of its own, which `stop_asides` can end whole: a background job is deaf to Ctrl-C.
  set -m
  (
    exec 9>&- # a lock that it inherits is not its own
    trap - INT TERM HUP EXIT ERR
    "$@"
    echo $? >"$LOGS/$name.code"
  ) >"$LOGS/$name.log" 2>&1 </dev/null &
  ASIDE[$name]=$!
  set +m
}

# join_aside NAME: wait for it, repeat its words, and fail as it did. For a step, which is not its parent.
join_aside() {
  tail --pid="${ASIDE[$1]}" -f /dev/null
  cat "$LOGS/$1.log"
  return "$(cat "$LOGS/$1.code" 2>/dev/null || echo 1)"
}

stop_asides() {
  local group
  for group in "${ASIDE[@]}"; do kill -TERM -- "-$group" 2>/dev/null || true; done
  ASIDE=()
}

# ticking TITLE COMMAND…: run it, and show meanwhile that it works.
ticking() {
  local title=$1 code=0
  shift
  show_progress "$title" /dev/null &
  TICKER=$!
  "$@" || code=$?
  stop_ticker
  printf '%b' "$NEW_LINE"
  return $code
}

# On a terminal each second the time and the log's last words, in one line;
# elsewhere a line each five seconds, so that nobody thinks it hangs.
NEW_LINE="" TERMINAL_COLUMNS=0
if [[ -t 1 ]]; then
  NEW_LINE='\r\033[K'
  TERMINAL_COLUMNS=$(stty size <&1 2>/dev/null | cut -d' ' -f2) || TERMINAL_COLUMNS=80
fi

show_progress() {
  exec 9>&- # a lock that it inherits is not its own
  local elapsed=0 pause=5 silence words room=$((TERMINAL_COLUMNS - 60))
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
  # Not TERM, to which it is deaf where ./run itself is being stopped.
  { kill -KILL "$TICKER" && wait "$TICKER"; } 2>/dev/null || true
  TICKER=
}

# A stamp file holds the digest of what the thing beside it was made from.
digest_of() { cat -- "$@" | sha256sum | cut -d' ' -f1; }
stamp_is() { [[ -f $1 && $(<"$1") == "$2" ]]; }

# as_root COMMAND…: root runs it, another user runs it by sudo.
as_root() {
  if ((EUID == 0)); then "$@"; else sudo -n "$@"; fi
}
