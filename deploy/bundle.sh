#!/usr/bin/env bash
# Make one archive that installs where no package index can be reached: this checkout as committed, and all wheels it needs,
# for machines like this one (same Python, same processor).
#   deploy/bundle.sh [EXTRA]     EXTRA: transformers, onnx, ocr, ... (comma-separated); none: all but models by name works
set -euo pipefail
cd "$(dirname "$0")/.."
extra=${1:-}
python=${PYTHON:-python3}

if [ -n "$(git status --porcelain --untracked-files=no)" ]; then
    echo "bundle: there are changes that are not committed; only what is committed goes into a bundle" >&2
    exit 1
fi
tag=$("$python" -c 'import platform, sys; print(f"cp{sys.version_info.major}{sys.version_info.minor}-{platform.system()}-{platform.machine()}".lower())')
name=union-rag-$(sed -n 's/^version = "\(.*\)"/\1/p' pyproject.toml)-$(git rev-parse --short HEAD)-$tag
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

git archive --prefix="$name/" HEAD | tar -x -C "$work"
"$python" -m venv "$work/venv"
# setuptools builds the package where it is installed; pip itself is there already.
"$work/venv/bin/python" -m pip --disable-pip-version-check wheel --quiet --wheel-dir "$work/$name/wheels" \
    -c constraints.txt "./${extra:+[$extra]}" "$(sed -n 's/^requires = \["\(setuptools.*\)"\]/\1/p' pyproject.toml)"
rm -f "$work/$name/wheels"/union_rag-*.whl # it runs from its checkout
printf '%s\n' "$extra" > "$work/$name/wheels/EXTRA"
cp deploy/install.sh "$work/$name/install.sh"

mkdir -p dist
tar -czf "dist/$name.tar.gz" -C "$work" "$name"
(cd dist && sha256sum "$name.tar.gz" > "$name.tar.gz.sha256")
echo "dist/$name.tar.gz ($(du -h "dist/$name.tar.gz" | cut -f1)); there: tar xzf $name.tar.gz && cd $name && ./install.sh && .venv/bin/rag serve"
