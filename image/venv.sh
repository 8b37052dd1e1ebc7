#!/bin/sh
# Makes the Python environment of the user's programs. Usage: venv.sh <folder> cuda|cpu|none [index with PyTorch's builds]
# CUDA 12.6 by default: PyTorch's only build that runs on drivers older than 580 (docs/decisions/0101-image.md).
set -eu
folder=$1 torch=$2 index=$3
builds=https://download.pytorch.org/whl
python3 -m venv "$folder"
pip() { "$folder/bin/pip" --no-cache-dir --disable-pip-version-check --quiet "$@"; }
pip install -r /tmp/python-packages.txt
case $torch in
  cuda) pip install --index-url "${index:-$builds/cu126}" torch==2.13.0 ;;
  cpu) pip install --index-url "${index:-$builds/cpu}" torch==2.13.0 ;;
  none) ;;
  *) echo "TORCH must be cuda, cpu or none, not $torch" >&2; exit 1 ;;
esac
if [ "$torch" = cuda ]; then
  # The base says which CUDA it carries; a PyTorch for a newer one needs a newer driver than the base promises to run on.
  built=$("$folder/bin/python" -c 'import torch; print(torch.version.cuda)')
  carried=${CUDA_VERSION:-none}
  [ "${built%%.*}" = "${carried%%.*}" ] || {
    echo "PyTorch was built for CUDA $built, the base has $carried: choose TORCH_INDEX and BASE that fit" >&2
    exit 1
  }
fi
find "$folder" -name __pycache__ -prune -exec rm -rf {} +
