# The database, the web server and the job worker: start, watch, stop. Sourced by ./run.
# shellcheck shell=bash

READY_SECONDS=60
WORKERS=2
THREADS=4

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
    CLUSTER_TO_STOP=(portal.cluster stop "$@")
  fi
  local place
  step "PostGIS cluster" "$PYTHON" -m portal.cluster start "$@"
  place=$("$PYTHON" -m portal.cluster status "$@")
  if [[ $place != *" in $INSTANCE/"* ]]; then
    say "  (PostgreSQL's account cannot enter this folder: the data lie in ${place#* in })"
  fi
}

stop_cluster() {
  if ((${#CLUSTER_TO_STOP[@]})); then "$PYTHON" -m "${CLUSTER_TO_STOP[@]}" >/dev/null; fi
}

prepare_database() {
  if [[ ${PORTAL_CITY:-sample} == sample ]]; then
    step "Database and sample city" "$PYTHON" -m scripts.prepare "db upgrade" "sample load --if-empty"
  else
    step "Database of $PORTAL_CITY" "$PYTHON" -m scripts.prepare "db upgrade"
  fi
}

serve() {
  local arguments=(--bind "$BIND" --workers "$WORKERS" --threads "$THREADS" --worker-class gthread --preload
    --no-control-socket --timeout 60 --graceful-timeout 10 --worker-tmp-dir "$(shared_memory)")
  [[ -n $CERTFILE ]] && arguments+=(--certfile "$CERTFILE" --keyfile "$KEYFILE")
  check_port
  begin portal "$PYTHON" -m gunicorn "${arguments[@]}" 'portal.app:create_app()'
  begin worker "$PYTHON" -m portal worker
  step "Portal answers" wait_until_ready
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
  local deadline=$((SECONDS + READY_SECONDS)) pid
  until is_ready; do
    for pid in "${!PROCESSES[@]}"; do
      kill -0 "$pid" 2>/dev/null || { tail -n 30 "$LOGS/${PROCESSES[$pid]}.log"; return 1; }
    done
    ((SECONDS < deadline)) || { echo "no answer in $READY_SECONDS s"; return 1; }
    sleep 0.1
  done
}

is_ready() {
  "$PYTHON" - "$BIND" "$CERTFILE" <<'PYTHON'
import http.client, ssl, sys
host, _, port = sys.argv[1].rpartition(":")
host = {"0.0.0.0": "127.0.0.1", "[::]": "::1"}.get(host, host.strip("[]"))
# Whether the certificate is valid for this address is the browser's question, not ours.
context = ssl._create_unverified_context()
connection = (
    http.client.HTTPSConnection(host, int(port), timeout=5, context=context)
    if sys.argv[2]
    else http.client.HTTPConnection(host, int(port), timeout=5)
)
try:
    connection.request("GET", "/readyz")
    sys.exit(connection.getresponse().status != 200)
except OSError:
    sys.exit(1)
PYTHON
}

# Asked before set-up, to save the wait, and again before serving: then only our own server can be what answers.
check_port() {
  local host=${BIND%:*}
  case $host in 0.0.0.0) host=127.0.0.1 ;; '[::]') host=::1 ;; '['*) host=${host//[\[\]]/} ;; esac
  if (exec 3<>"/dev/tcp/$host/${BIND##*:}") 2>/dev/null; then
    die "Something listens on $BIND already, perhaps another ./run." "Choose another: ./run --bind 127.0.0.1:8001"
  fi
}

# Wait until one of the processes ends; that is a failure, since only Ctrl-C should end them.
watch() {
  local pid code=0
  wait -n -p pid "${!PROCESSES[@]}" || code=$?
  tail -n 30 "$LOGS/${PROCESSES[$pid]}.log" >&2
  die "The ${PROCESSES[$pid]} stopped by itself (exit $code)." "Its log: $LOGS/${PROCESSES[$pid]}.log"
}

stop_processes() {
  local pid
  for pid in "${!PROCESSES[@]}"; do kill -TERM "$pid" 2>/dev/null || true; done
  for pid in "${!PROCESSES[@]}"; do wait "$pid" 2>/dev/null || true; done
  PROCESSES=()
}
