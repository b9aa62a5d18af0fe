#!/usr/bin/env bash
# Install from the wheels beside this file; nothing is fetched from anywhere. `make serve SLIM=1` works afterwards, too.
set -euo pipefail
cd "$(dirname "$0")"
python=${PYTHON:-python3}
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
    echo "install: needs Python 3.11 or newer, got $("$python" --version); set PYTHON=" >&2
    exit 1
}
extra=$(cat wheels/EXTRA)
"$python" -m venv .venv
.venv/bin/python -m pip --disable-pip-version-check install --quiet --no-index --find-links wheels -c constraints.txt \
    -e ".${extra:+[$extra]}"
touch .venv/.installed-slim # for make, which would fetch
echo "installed; start: $PWD/.venv/bin/rag serve"
