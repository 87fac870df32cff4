#!/bin/sh
# PostgreSQL and Chromium for the tests: looks for them, and installs what is missing where it may (root, apt-get).
# Elsewhere it says what is missing and what will be skipped; with CI=true a missing piece is an error.
set -eu

have_postgresql() {
    [ -n "${TEST_DATABASE_URL:-}" ] || command -v initdb >/dev/null || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1
}
have_chromium() {
    [ -x "${TURF_CHROMIUM:-/usr/bin/chromium}" ]
}
have_fonts() {
    ! have_chromium || [ -n "$(find /usr/share/fonts /usr/local/share/fonts "${HOME:-/nonexistent}/.fonts" -name '*.[to]tf' 2>/dev/null | head -n 1)" ]
}
missing() {
    have_postgresql || echo postgresql
    have_chromium || echo chromium fonts-dejavu-core
    have_fonts || echo fonts-dejavu-core
}

wanted=$(missing | tr '\n' ' ')
[ -n "$wanted" ] || exit 0

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing what the tests need: $wanted"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq </dev/null
    # shellcheck disable=SC2086 # a list of package names
    apt-get install -y -qq --no-install-recommends $wanted </dev/null >/dev/null
    wanted=$(missing | tr '\n' ' ')
    [ -n "$wanted" ] || exit 0
fi

echo "=======================================================================" >&2
echo "MISSING on this machine: $wanted" >&2
have_postgresql || echo "  - without PostgreSQL the tests run on SQLite only (or set TEST_DATABASE_URL to a server on 127.0.0.1)" >&2
have_chromium || echo "  - without Chromium the browser tests are skipped (or set TURF_CHROMIUM to its path)" >&2
have_fonts || echo "  - without a font the pages in screenshots have no letters" >&2
echo "To have them, on Debian and Ubuntu: apt-get install --no-install-recommends $wanted" >&2
echo "=======================================================================" >&2
[ "${CI:-}" != true ] || exit 1
