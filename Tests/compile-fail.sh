#!/usr/bin/env bash
# Checks that what must not compile does not, with the message promised.
#
# Each line of Tests/CompileFail/*.swift that ends in `// error: TEXT` must get a compiler error that contains TEXT (any
# error if TEXT is empty), and no other line may get one. Needs a debug build (`swift build`) beforehand. About 10 s.
set -euo pipefail
cd "$(dirname "$0")/.."

products="$(swift build --show-bin-path)"
modules="$products/Modules"
if [ ! -e "$modules/Alternator.swiftmodule" ]; then
    echo "compile-fail: build the package first: swift build" >&2
    exit 2
fi

output=$(mktemp)
trap 'rm -f "$output"' EXIT
# One compilation per file: after an error in a declaration the compiler does not look into function bodies.
for file in Tests/CompileFail/*.swift; do
    swiftc -typecheck -swift-version 6 -module-name CompileFail \
        -enable-upcoming-feature ExistentialAny -enable-upcoming-feature MemberImportVisibility \
        -enable-upcoming-feature NonisolatedNonsendingByDefault -diagnostic-style llvm -no-color-diagnostics \
        -I "$modules" -Xcc -fmodule-map-file=Sources/COpenSSL/module.modulemap \
        -Xcc -fmodule-map-file=Sources/CZlib/module.modulemap \
        -Xcc -fmodule-map-file="$products/CAlternator.build/module.modulemap" \
        "$file" >>"$output" 2>&1 && { echo "compile-fail: all of $file compiled" >&2; exit 1; }
done

awk -v output="$output" '
    # First the expectations, from the sources.
    { if (match($0, /\/\/ error:.*$/)) {
          text = substr($0, RSTART + 9); gsub(/^ +| +$/, "", text)
          expected[FILENAME ":" FNR] = text; count++ } }
    END {
        while ((getline line < output) > 0) {
            if (line !~ /: error: /) continue
            split(line, part, ":")
            place = part[1] ":" part[2]
            sub(/^.*\/Tests\//, "Tests/", place)
            message = line; sub(/^.*: error: /, "", message)
            if (place in expected) {
                if (expected[place] == "" || index(message, expected[place])) found[place] = 1
                else other[place] = other[place] "\n    got: " message
            } else { print "unexpected error at " place ": " message; bad++ }
        }
        for (place in expected) if (!(place in found)) {
            print "no such error at " place ": " expected[place] other[place]; bad++ }
        if (bad) exit 1
        print "compile-fail: " count " errors as expected"
    }' Tests/CompileFail/*.swift
