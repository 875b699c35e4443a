# Sourced by Examples/quickstart, Tests/run and .ci/run: installs what a fresh Debian or Ubuntu lacks.
# Asks nothing; says what it installs. Needs root or sudo only if something is missing.

say() { printf '\033[1m%s\033[0m\n' "$*" >&2; }
die() { printf 'error: %s\n' "$*" >&2; exit 1; }

# swift_test FLAG…: runs tests that are built, and ends those that hang. What failed is told once more at the end.
swift_test() {
    local log=.build/tests.log flags=(--skip-build)
    # Tests wait for each other's processors: with hundreds side by side on a busy machine, some miss every limit.
    if swift test --help-hidden 2>/dev/null | grep -q -e --experimental-maximum-parallelization-width; then
        flags+=(--experimental-maximum-parallelization-width 8)
    fi
    if timeout -k 10 1800 swift test "${flags[@]}" "$@" 2>&1 | tee "$log"; then return; fi
    say "What failed:"
    # Tests that hang leave no result.
    grep -E -A 2 'recorded an issue|error:|Sanitizer' "$log" | cut -c 1-600 | head -n 100 >&2 || true
    grep -qE 'Test run with .* (passed|failed)' "$log" || tail -n 20 "$log" >&2
    return 1
}

# The libraries the package links.
build_packages="libssl-dev zlib1g-dev libsqlite3-dev pkg-config"

# require_packages NAME…: installs those Debian packages that are not installed yet.
require_packages() {
    local name missing=""
    command -v dpkg-query >/dev/null || die "this script installs with apt; on another system install by hand: $*"
    for name in "$@"; do
        dpkg-query -W -f='${Status}' "$name" 2>/dev/null | grep -q 'ok installed' || missing="$missing $name"
    done
    [ -n "$missing" ] || return 0
    say "Installing with apt:$missing"
    local root=""
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || die "install these packages as root first:$missing"
        root="sudo"
    fi
    # An old package list makes the install fail with 404, so the list comes first.
    $root apt-get update -qq || die "apt-get update failed"
    # shellcheck disable=SC2086
    $root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null \
        || die "apt-get could not install:$missing"
}

# Swift is the one thing these scripts do not install.
require_swift() {
    command -v swift >/dev/null || die "no swift on the PATH; get a 6.2 or newer toolchain from https://www.swift.org/install"
    swift --version 2>/dev/null | grep -qE 'Swift version (6\.([2-9]|[1-9][0-9])|[7-9]|[1-9][0-9])' \
        || die "Swift 6.2 or newer is needed; found: $(swift --version 2>/dev/null | head -n 1)"
}

# require_python FOLDER REQUIREMENTS: a virtual environment in FOLDER with the packages of the file REQUIREMENTS.
require_python() {
    local stamp
    stamp="$1/.installed-$(cksum < "$2" | tr ' ' '-')"
    [ -e "$stamp" ] && return 0
    command -v python3 >/dev/null || require_packages python3
    if ! python3 -c 'import ensurepip, venv' 2>/dev/null; then require_packages python3-venv; fi
    say "Installing into $1: $(grep -v '^#' "$2" | tr '\n' ' ')"
    rm -rf "$1"
    python3 -m venv "$1" || die "python3 -m venv failed"
    "$1/bin/pip" install -q --disable-pip-version-check -r "$2" || die "pip could not install the packages of $2"
    touch "$stamp"
}
