# The database, the web server and the job worker: start, watch, stop. Sourced by ./run.
# shellcheck shell=bash disable=SC2153

READY_SECONDS=60
STEADY_SECONDS=60 # who worked so long does not fail again and again
WORKERS=2
THREADS=4 # places for work, in each
CONNECTIONS=256 # clients that may be waited for, in each

# PGHOSTADDR, PGOPTIONS, PGSERVICE … of whoever calls are about other servers than the one of this folder.
forget_callers_servers() {
  local name
  [[ -z ${PORTAL_DATABASE_URL:-} ]] || return 0
  for name in "${!PG@}"; do unset "$name"; done
}

make_secret_key() {
  [[ -s $INSTANCE/secret_key || -n ${PORTAL_SECRET_KEY:-} ]] && return
  (umask 077 && head -c 48 /dev/urandom | base64 -w0 >"$INSTANCE/secret_key")
}

# start_cluster [--test]: what this run starts, this run stops.
start_cluster() {
  if [[ -n ${PORTAL_DATABASE_URL:-} && $# == 0 ]]; then
    step "PostGIS of PORTAL_DATABASE_URL" "$PYTHON" -m portal.cluster check
    return
  fi
  if ! "$PYTHON" -m portal.cluster status "$@" >/dev/null; then
    CLUSTER_TO_STOP=(portal.cluster "$([[ $# == 0 ]] && echo leave || echo stop)" "$@")
  fi
  step "PostGIS cluster" keep_words "$PYTHON" -m portal.cluster start "$@"
  sed -n 's/^! /  ! /p' "$WORDS"
  if ! grep -q ", in $INSTANCE/" "$WORDS"; then
    say "  (PostgreSQL's account cannot enter this folder: the data lie in $(sed -n 's/.*, in //p' "$WORDS"))"
  fi
}

# Another ./run may work with the cluster that this one started, or be about to: then that one stops it.
stop_cluster() {
  if [[ ${CLUSTER_TO_STOP[1]:-} == leave ]] && ! flock -n "$INSTANCE/run.lock" true; then
    touch "$INSTANCE/cluster.left"
    return
  fi
  if [[ -e $INSTANCE/cluster.left && -x $PYTHON && ${#CLUSTER_TO_STOP[@]} == 0 ]]; then
    CLUSTER_TO_STOP=(portal.cluster leave)
  fi
  if ((${#CLUSTER_TO_STOP[@]})); then "$PYTHON" -m "${CLUSTER_TO_STOP[@]}" >/dev/null; fi
}

# keep_words COMMAND…: what it prints goes to the file WORDS, for whoever wants it after the step.
keep_words() { "$@" >"$WORDS"; }

# The sample city is made while the front end and the cluster are set up; prepare_database waits for it.
begin_sample() {
  [[ ${PORTAL_CITY:-sample} != sample || -n ${PORTAL_DATABASE_URL:-} || -e $INSTANCE/sample ]] ||
    aside sample "$PYTHON" -m portal.cli.sample_ahead
}

# Leaves the demo accounts in WORDS.
prepare_database() {
  local title="Database of ${PORTAL_CITY:-sample}" commands=("db upgrade")
  if [[ ${PORTAL_CITY:-sample} == sample ]]; then
    title="Database and sample city"
    commands+=("sample load --if-empty")
  fi
  step "$title" keep_words "$PYTHON" -m scripts.prepare "${commands[@]}" "accounts demo"
}

# prepare_schema COMMAND…: a command on another city, or after an update, finds its tables.
prepare_schema() {
  needs_no_tables "$@" && return
  step "Database of ${PORTAL_CITY:-sample}" keep_words "$PYTHON" -m scripts.prepare "db upgrade"
}

# Help, and what makes the tables itself.
needs_no_tables() {
  case " $* " in "  " | " db "* | " restore "* | " -"* | *" --help "*) return 0 ;; esac
  return 1
}

serve() {
  local arguments=(--bind "$BIND" --workers "$WORKERS" --threads "$THREADS" --preload
    --worker-class portal.web.connections.PatientWorker --worker-connections "$CONNECTIONS"
    --no-control-socket --timeout 60 --graceful-timeout 10 --worker-tmp-dir "$(shared_memory)")
  [[ -n $CERTFILE ]] && arguments+=(--certfile "$CERTFILE" --keyfile "$KEYFILE")
  check_port
  check_certificate # where there was no Python before set-up
  begin portal "$PYTHON" -m gunicorn "${arguments[@]}" 'portal.app:create_app()'
  step "Portal answers" wait_until_ready "$!"
  begin_again worker
  [[ -n ${PORTAL_DATABASE_URL:-} ]] || begin_again database
}

# begin NAME COMMAND…: in a session of its own, so that Ctrl-C reaches ./run alone, which then stops the rest
# in order; the system ends it too when ./run is killed.
begin() {
  local name=$1
  shift
  printf '\n== %(%F %T)T start\n' >>"$LOGS/$name.log"
  setsid setpriv --pdeathsig TERM -- "$@" >>"$LOGS/$name.log" 2>&1 </dev/null &
  PROCESSES[$!]=$name
}

# gunicorn's workers touch a file each second; on a slow disk that would look like a hang.
shared_memory() { if [[ -d /dev/shm && -w /dev/shm ]]; then echo /dev/shm; else echo "${TMPDIR:-/tmp}"; fi; }

wait_until_ready() {
  "$PYTHON" -m scripts.wait_ready "$BIND" "${CERTFILE:+tls}" "$1" "$READY_SECONDS" && return
  tail -n 30 "$LOGS/portal.log"
  return 1
}

# A certificate that gunicorn would stumble over when the first browser comes.
check_certificate() {
  local python=$PYTHON
  [[ -n $CERTFILE ]] || return 0
  [[ -x $python ]] || python=$(find_python)
  [[ -z $python ]] || "$python" "$ROOT/scripts/check_certificate.py" "$CERTFILE" "$KEYFILE" || exit 1
}

# Asked before set-up, to save the wait, and again before serving: then only our own server can be what answers.
check_port() {
  local host=${BIND%:*}
  case $host in 0.0.0.0) host=127.0.0.1 ;; '[::]') host=::1 ;; '['*) host=${host//[\[\]]/} ;; esac
  if (exec 3<>"/dev/tcp/$host/${BIND##*:}") 2>/dev/null; then
    die "Something listens on $BIND already, perhaps another ./run." "Choose another: ./run --bind 127.0.0.1:8001"
  fi
}

# Wait until the web server ends: that is a failure, since only Ctrl-C should end it. A worker or a database that
# ends, by itself or by kill -9, begins anew, each time after a longer pause unless it had worked for a while.
declare -A PAUSE=() BEGAN_AT=()
watch() {
  local pid code name pause
  while
    code=0
    { wait -n -p pid "${!PROCESSES[@]}" || code=$?; } 2>/dev/null # the shell would tell the whole command
    name=${PROCESSES[$pid]}
    [[ $name == worker || $name == database ]]
  do
    unset "PROCESSES[$pid]"
    if ((SECONDS - BEGAN_AT[$name] > STEADY_SECONDS)); then PAUSE[$name]=1; fi
    pause=${PAUSE[$name]:-1}
    if [[ $name == worker ]]; then
      say "$(date +%T) The worker stopped (exit $code) and begins anew in $pause s; the portal goes on."
    else
      say "$(date +%T) The database stopped and begins anew in $pause s; until then the portal answers 503."
      CLUSTER_TO_STOP=(portal.cluster leave) # whoever started it, this run does now
    fi
    say "  Its log: $LOGS/$name.log"
    begin_again "$name" "$pause"
    PAUSE[$name]=$((pause < 16 ? 2 * pause : 30))
  done
  tail -n 30 "$LOGS/$name.log" >&2
  die "The $name stopped by itself (exit $code)." "Its log: $LOGS/$name.log"
}

# begin_again worker|database [PAUSE]: the pause is its own, so that nothing else is overlooked meanwhile; on a channel
# where nothing comes, since sleep would outlive it.
begin_again() {
  local command=(portal worker)
  [[ $1 == worker ]] || command=(portal.cluster guard)
  BEGAN_AT[$1]=$((SECONDS + ${2:-0}))
  # shellcheck disable=SC2016
  begin "$1" bash -c '(($1 == 0)) || { exec {silence}<> <(:); read -rt "$1" -u "$silence"; }; exec "${@:2}"' \
    "$1" "${2:-0}" "$PYTHON" -m "${command[@]}"
}

stop_processes() {
  local pid
  for pid in "${!PROCESSES[@]}"; do kill -TERM "$pid" 2>/dev/null || true; done
  for pid in "${!PROCESSES[@]}"; do wait "$pid" 2>/dev/null || true; done
  PROCESSES=()
}
