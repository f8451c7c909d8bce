#!/usr/bin/env bash
# Make the virtual environment if need be and install a requirements file into it.
# Usage: tools/venv.sh FOLDER REQUIREMENTS; PYTHON=… names the interpreter to use.
set -euo pipefail
folder=$1 requirements=$2

new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

find_python() {
    local candidate
    for candidate in ${PYTHON:-} python3 python3.13 python3.12 python3.11 python3.14; do
        if new_enough "$candidate"; then
            echo "$candidate"
            return
        fi
    done
    echo "ChalkNet needs Python 3.11 or newer; found: $(python3 --version 2>&1 || echo none)." >&2
    echo "Install one (https://www.python.org/downloads/), or name one: make run PYTHON=/path/to/python3.12" >&2
    return 1
}

if ! new_enough "$folder/bin/python" || ! "$folder/bin/python" -m pip --version >/dev/null 2>&1; then
    python=$(find_python)
    echo "Making $folder with $("$python" --version) …"
    rm -rf "$folder"
    if ! "$python" -m venv "$folder"; then
        rm -rf "$folder"
        echo "$python cannot make a virtual environment; on Debian and Ubuntu: apt install python3-venv" >&2
        exit 1
    fi
fi
echo "Installing $requirements into $folder (the first time takes a few minutes: PyTorch is large) …"
"$folder/bin/python" -m pip install --quiet --disable-pip-version-check --requirement "$requirements"
