#!/usr/bin/env bash
# Proves the containers: builds and starts them, goes the journeys through the front, again after restarts of the broker
# and of the database, loads the demo network, and looks whether anything stays behind.
#
# Needs the development environment and an engine: `deploy/prove.sh`, or COMPOSE=docker-compose deploy/prove.sh.
set -euo pipefail
cd "$(dirname "$0")/.."

read -ra compose <<< "${COMPOSE:-docker compose}"
export COMPOSE_PROJECT_NAME=holdfast-proof HOLDFAST_PORT=${HOLDFAST_PORT:-18080}
export HOLDFAST_URL=http://127.0.0.1:$HOLDFAST_PORT
servers=(front catalog rooms scheduling billing identity postgres rabbitmq)

step() { printf '\n== %d s: %s\n' "$SECONDS" "$*"; }
journeys() { .venv/bin/pytest -q -p no:cacheprovider --durations=0 --durations-min=5 "$@"; }
ready() { # all containers are healthy again, at the latest after two minutes: `--wait` alone gives up at the first that is not
  local until=$((SECONDS + 120))
  until "${compose[@]}" up --detach --wait "${servers[@]}" > /dev/null 2>&1; do
    [[ $SECONDS -lt $until ]] || { "${compose[@]}" ps; return 1; }
    sleep 2
  done
}
left() {
  local ours="label=com.docker.compose.project=$COMPOSE_PROJECT_NAME"
  docker container ls --all --quiet --filter "$ours"
  docker volume ls --quiet --filter "$ours"
  docker network ls --quiet --filter "$ours"
}
end() {
  step "what the containers complained about"
  "${compose[@]}" logs --no-color "${servers[@]}" | grep -iE '\b(error|critical|traceback)\b' | tail -n 40 || true
  "${compose[@]}" down --volumes --timeout 30 > /dev/null 2>&1
}

quiet() { # the broker refuses nothing to the services' own users
  step "whether the broker refused anything"
  ! "${compose[@]}" logs --no-color rabbitmq | grep -iE 'access_refused|operation .* caused a channel exception' | tail -n 10 | grep .
}
not_degraded() { # with every service there, a new session says that nothing is away
  step "whether anything counts as away"
  .venv/bin/pytest -q -p no:cacheprovider tests/journeys/test_nothing_is_away.py
}

trap end EXIT

step build
"${compose[@]}" build --quiet
step start
"${compose[@]}" up --detach --wait "${servers[@]}"
"${compose[@]}" ps
not_degraded
step journeys
journeys tests/journeys --ignore=tests/journeys/test_readme_calls.py # which books in the demo network
quiet

for server in rabbitmq postgres; do
  step "restart $server"
  "${compose[@]}" restart "$server"
  ready
  step "a booking after it"
  journeys tests/journeys/test_from_booking_to_payment.py
done

step "demo network"
"${compose[@]}" run --rm --no-deps -T demo

trap - EXIT
end
[[ -z $(left) ]] || { echo "something stayed behind:" >&2; left >&2; exit 1; }
step "nothing stayed behind"
