#!/bin/sh
# Makes the Python environment of the user's programs. Usage: venv.sh <folder> cuda|cpu|none [index with PyTorch's builds]
set -eu
folder=$1 torch=$2 index=$3
python3 -m venv "$folder"
pip() { "$folder/bin/pip" --no-cache-dir --disable-pip-version-check --quiet "$@"; }
pip install -r /tmp/python-packages.txt
case $torch in
  cuda | cpu) pip install ${index:+--index-url "$index"} torch==2.13.0 ;;
  none) ;;
  *) echo "TORCH must be cuda, cpu or none, not $torch" >&2; exit 1 ;;
esac
find "$folder" -name __pycache__ -prune -exec rm -rf {} +
