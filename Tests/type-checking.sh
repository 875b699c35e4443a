#!/usr/bin/env bash
# Checks how long the compiler takes for conditions: a valid one of 12 clauses under 100 ms, a wrong one refused under 3 s.
#
# The compiler's own figure per function body is used, which is processor time and not time on the wall, and the best of three
# runs, so a loaded machine changes little. Needs a debug build (`swift build`) beforehand. About 20 s.
set -euo pipefail
cd "$(dirname "$0")/.."

products="$(swift build --show-bin-path)"
if [ ! -e "$products/Modules/Alternator.swiftmodule" ]; then
    echo "type-checking: build the package first: swift build" >&2
    exit 2
fi

# measure FILE: the time for each function body, in ms, and the errors.
measure() {
    swiftc -typecheck -swift-version 6 -module-name TypeChecking \
        -enable-upcoming-feature ExistentialAny -enable-upcoming-feature MemberImportVisibility \
        -enable-upcoming-feature NonisolatedNonsendingByDefault -diagnostic-style llvm -no-color-diagnostics \
        -Xfrontend -debug-time-function-bodies \
        -I "$products/Modules" -Xcc -fmodule-map-file=Sources/COpenSSL/module.modulemap \
        -Xcc -fmodule-map-file=Sources/CZlib/module.modulemap \
        -Xcc -fmodule-map-file="$products/CAlternator.build/module.modulemap" \
        -driver-batch-count 1 -enable-batch-mode Tests/TypeChecking/Models.swift "$1" 2>&1 || true
}

# check FILE LIMIT_MS MUST_FAIL
check() {
    local output
    output=$(mktemp)
    for _ in 1 2 3; do
        echo "run" >>"$output"
        measure "$1" >>"$output"
    done
    awk -v file="$1" -v limit="$2" -v mustFail="$3" '
        FILENAME == file { if ($0 ~ /^func /) wanted[FNR] = 1; next }
        # A new run: keep the best of the run before.
        $0 == "run" { merge(); next }
        / error: / {
            # In the line below the function.
            if (split($0, at, ":") > 1 && index(at[1], file)) failed[at[2] - 1] = 1
            next
        }
        /^[0-9.]+ms/ {
            split($0, part, "\t"); split(part[2], place, ":")
            if (!index(part[2], file)) next
            time = part[1] + 0; line = place[2]
            if (time > run[line]) run[line] = time
        }
        function merge(line) {
            for (line in run) if (!(line in best) || run[line] < best[line]) best[line] = run[line]
            delete run
        }
        END {
            merge()
            for (line in wanted) {
                count++
                if (!(line in best)) { print file ":" line ": not measured"; bad++; continue }
                if (best[line] > worst) worst = best[line]
                if (best[line] > limit) { print file ":" line ": " best[line] " ms, over " limit; bad++ }
                if (mustFail && !(line in failed)) { print file ":" line ": compiled"; bad++ }
                if (!mustFail && (line in failed)) { print file ":" line ": refused"; bad++ }
            }
            if (!count) { print file ": nothing to measure"; bad++ }
            if (bad) exit 1
            print "type-checking: " count " statements of " file " took at most " worst " ms of " limit
        }' "$1" "$output" || { rm -f "$output"; exit 1; }
    rm -f "$output"
}

check Tests/TypeChecking/Valid.swift 100 0
check Tests/TypeChecking/Wrong.swift 3000 1
