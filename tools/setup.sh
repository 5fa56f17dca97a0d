#!/bin/sh
# Make .venv from requirements.lock and install storesim into it. Called by `make setup`; needs Python 3.11+ and pip.
set -eu

new_enough() {
    "$1" -c 'import sys; sys.exit(not (sys.version_info >= (3, 11)))' >/dev/null 2>&1
}

find_python() {
    if [ -n "${PYTHON:-}" ]; then
        new_enough "$PYTHON" && { echo "$PYTHON"; return; }
        echo "PYTHON=$PYTHON is not a Python 3.11 or newer." >&2
        return 1
    fi
    for name in python3 python3.13 python3.12 python3.11 python3.14 python; do
        new_enough "$name" && { echo "$name"; return; }
    done
    echo "storesim needs Python 3.11 or newer; none was found. Install one, or say where: make demo PYTHON=/path/to/python3.12" >&2
    return 1
}

# A half-made or too old .venv is made again; a good one is kept.
if ! new_enough .venv/bin/python; then
    python=$(find_python)
    echo "Setting up .venv with $("$python" --version) ..." >&2
    rm -rf .venv
    # Some systems ship Python without ensurepip; then the system's own pip serves the environment.
    "$python" -m venv .venv >/dev/null 2>&1 || "$python" -m venv --clear --without-pip .venv
fi

if .venv/bin/python -m pip --version >/dev/null 2>&1; then
    pip() { .venv/bin/python -m pip "$@"; }
else
    outside=$(find_python)
    pip() { "$outside" -m pip --python .venv/bin/python "$@"; }
fi

echo "Installing the pinned libraries (once; some 300 MB) ..." >&2
pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
