#!/usr/bin/env bash
# A Flink cluster on this machine until it is stopped: a JobManager, task managers, and beside them
# Beam's pool of Python workers. Whichever of them ends is started again, five times.
#
#   deploy/flink/cluster.sh                # two task managers of two slots each
#   TASK_MANAGERS=3 REST_PORT=8081 POOL_PORT=50000 deploy/flink/cluster.sh
#
# Logs and process ids lie in WORK/cluster.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=${WORK:-${TMPDIR:-/tmp}/moderation-flink}
python=${PYTHON:-$here/../../.venv/bin/python}
cluster=$work/cluster
jar=$("$here/build.sh")

rm -rf "$cluster"
mkdir -p "$cluster"
sed -e "s|REST_PORT|${REST_PORT:-8081}|; s|RPC_PORT|${RPC_PORT:-6123}|; s|SCRATCH|$cluster|" \
  "$here/cluster.yaml" > "$cluster/config.yaml"

# Beam's serialisation looks into these packages, which Java 17 keeps closed otherwise.
java=(java)
for package in java.lang java.util java.util.concurrent java.nio sun.nio.ch java.net; do
  java+=("--add-opens=java.base/$package=ALL-UNNAMED")
done
runtime=org.apache.flink.runtime

launch() {  # one process by its name, its id written down
  local name=$1 program
  case $name in
    jobmanager) program=("${java[@]}" -Xmx512m -cp "$jar"
      $runtime.entrypoint.StandaloneSessionClusterEntrypoint --configDir "$cluster") ;;
    taskmanager-*) program=("${java[@]}" -Xmx640m -XX:MaxDirectMemorySize=704m -cp "$jar"
      $runtime.taskexecutor.TaskManagerRunner --configDir "$cluster") ;;
    # The pool starts `python` from its PATH.
    pool) program=(env "PATH=$(dirname "$python"):$PATH" "$python"
      -m apache_beam.runners.worker.worker_pool_main --service_port="${POOL_PORT:-50000}") ;;
  esac
  "${program[@]}" >> "$cluster/$name.log" 2>&1 &
  echo $! > "$cluster/$name.pid"
}

names=(jobmanager pool)
for ((number = 1; number <= ${TASK_MANAGERS:-2}; number++)); do
  names+=("taskmanager-$number")
done

declare -A ended=()
end() {
  trap - EXIT INT TERM
  for name in "${names[@]}"; do
    kill "$(< "$cluster/$name.pid")" 2> /dev/null || true
  done
  wait
}
trap end EXIT
trap 'exit 0' INT TERM

for name in "${names[@]}"; do
  launch "$name"
done
echo "Flink at localhost:${REST_PORT:-8081}, Python workers at localhost:${POOL_PORT:-50000}; logs in $cluster"
while true; do
  for name in "${names[@]}"; do
    if ! kill -0 "$(< "$cluster/$name.pid")" 2> /dev/null; then
      ended[$name]=$((${ended[$name]:-0} + 1))
      if ((${ended[$name]} > 5)); then
        echo "$name ends again and again; its last words:" >&2
        tail -n 5 "$cluster/$name.log" >&2
        exit 1
      fi
      echo "$name ended and is started again; see $cluster/$name.log" >&2
      launch "$name"
    fi
  done
  sleep 1 & wait $!
done
