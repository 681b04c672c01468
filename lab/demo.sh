#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The 2009 incident from the first sign to the clean audit, on two emulated ASAs. `make demo` runs it.
set -euo pipefail

export LAB_DIR="$PWD/.lab/demo"
# Reports and state of its own: a rehearsal is no history of a real tunnel.
reports="reports/demo"
rm -rf "$reports"

say() { printf '\n=== %s\n' "$*"; }

# An audit that finds something exits 2; any other code is a fault of the demonstration itself.
expect() {
  local wanted=$1 code=0
  shift
  printf '$ %s\n' "$*"
  [ "$wanted" -eq 0 ] || echo "(an audit that finds something ends with FAILED and exit code $wanted: that is its answer)"
  "$@" || code=$?
  if [ "$code" -ne "$wanted" ]; then
    echo "demo: expected exit code $wanted, got $code: $*" >&2
    exit 1
  fi
}


verdict() {
  python -c 'import json; print(json.load(open("reports/demo/latest/report.json"))["tunnels"][0]["verdict"])'
}

trap 'python -m lab down --dir "$LAB_DIR" >/dev/null' EXIT
python -m lab down --dir "$LAB_DIR" >/dev/null

say "Two ASAs, hq and branch, a tunnel between them. hq's data path fails to delete an old SA."
python -m lab up incident-2009 --dir "$LAB_DIR" --fault deletion-retry

say "1. Audit: the tunnel is 'up' at both ends. Is it?"
expect 2 ansible-playbook playbooks/audit.yml -e reports_dir="$reports"
before=$(verdict)

say "2. Remediate: clear both ends in order, and prove it."
expect 0 ansible-playbook playbooks/remediate.yml -e tunnel=hq-branch -e confirm=hq-branch -e collect_interval=5 \
  -e remediate_soak=5 -e reports_dir="$reports"

say "3. Harden: DPD was disabled by hand at both ends. Turn it on."
expect 0 ansible-playbook playbooks/harden.yml -e tunnel=hq-branch -e collect_interval=1 -e reports_dir="$reports"

say "4. Audit again."
expect 0 ansible-playbook playbooks/audit.yml -e reports_dir="$reports"
after=$(verdict)

say "report.json said '$before' before and says '$after' now. Pages to look at, oldest first:"
printf '%s\n' "$reports"/2*/report.html | tail -4
[ "$before" = broken ] && [ "$after" = healthy ]
