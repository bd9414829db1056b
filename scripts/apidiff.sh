#!/usr/bin/env bash
# Compares what the module exports with the last tag or, before the first one, with the
# commit where this branch left BASE: scripts/apidiff.sh TOOL BASE. It prints what breaks
# callers, and fails only if it cannot compare.
set -euo pipefail
cd "$(dirname "$0")/.."
go=${GO:-go}
old=$(git describe --tags --abbrev=0 --match 'v*' 2>/dev/null || git merge-base "$2" HEAD)
module=$("$go" list -m)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir "$scratch/old"
git archive "$old" | tar -x -C "$scratch/old"
(cd "$scratch/old" && "$go" run "$1" -m -w "$scratch/old.api" "$module")
"$go" run "$1" -m -w "$scratch/new.api" "$module"
echo "What breaks callers of $old:"
"$go" run "$1" -m -incompatible "$scratch/old.api" "$scratch/new.api" 2>&1 | sed '/^Ignoring internal package/d'
