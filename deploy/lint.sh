#!/usr/bin/env bash
# Lint every package and what crosses them, each to its end whatever the others find; one result for each stands at the end.
set -uo pipefail
cd "$(dirname "$0")/.."
PATH=$PWD/.venv/bin:$PATH
results=()
failed=0

result_of() { # NAME COMMAND [ARGUMENT]
  local name=$1 outcome=passed
  shift
  echo "=== lint of $name ==="
  "$@" || { outcome=FAILED && failed=1; }
  results+=("$(printf '%-16s %s' "$name" "$outcome")")
}

shared_package() {
  ruff check "$1" && ruff format --check "$1" && pyrefly check "$1/**/*.py" && (cd "$1" && deptry .)
}

across_services() {
  ruff check --extend-exclude services,shared && ruff format --check --extend-exclude services,shared \
    && pyrefly check 'deploy/**/*.py' 'tests/**/*.py' && lint-imports && deptry . \
    && git ls-files 'deploy/*Dockerfile' 'web/*Dockerfile' | xargs -n 1 hadolint && PYTHONPATH=deploy python -m local.web lint
}

for package in services/*/; do result_of "$(basename "$package")" make --no-print-directory -C "$package" lint; done
for package in shared/*/; do result_of "$(basename "$package")" shared_package "${package%/}"; done
result_of 'across services' across_services

echo '=== lint by package ==='
printf '%s\n' "${results[@]}"
exit "$failed"
