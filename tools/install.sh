#!/bin/sh
# install.sh VENV LOCK: the pinned, hashed packages of LOCK, then the project itself, built with what the lock installed.
# pip reads every link of every package's page and takes minutes of CPU for it; uv, pinned in the same lock, takes
# seconds. Where uv cannot be had or does not reach the packages (a proxy or an index that only pip is told of), pip does it.
set -eu
folder=$1
lock=$2
pip="$folder/bin/python -m pip --disable-pip-version-check --no-input --quiet"

with_uv() {
    awk '/^uv==/ { on = 1 } on { print } on && !/\\$/ { exit }' requirements-dev.lock >"$folder/uv.lock"
    [ -x "$folder/bin/uv" ] || $pip install --no-deps --require-hashes -r "$folder/uv.lock" || return 1
    "$folder/bin/uv" pip install --quiet --python "$folder/bin/python" --no-deps --require-hashes -r "$lock"
}

echo "Installing $lock into $folder"
with_uv || $pip install --no-deps --require-hashes -r "$lock"
$pip install --no-deps --no-index --no-build-isolation --editable .
