#!/bin/sh
# make_venv.sh PYTHON FOLDER: a virtual environment, or one sentence that says why not.
set -eu
python=$1
folder=$2

if ! command -v "$python" >/dev/null; then
    echo "Turf needs Python 3.11 or newer, and there is no '$python' here: install it, or name another, as in make demo PYTHON=python3.12" >&2
    exit 1
fi
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    echo "Turf needs Python 3.11 or newer, and '$python' is $("$python" -V 2>&1): name a newer one, as in make demo PYTHON=python3.12" >&2
    exit 1
fi
if ! "$python" -m venv "$folder"; then
    rm -rf "$folder"
    echo "'$python' cannot make a virtual environment (on Debian and Ubuntu: apt-get install python3-venv)" >&2
    exit 1
fi
