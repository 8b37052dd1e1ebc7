#!/bin/sh
# Makes the Python environment of the user's programs. Usage: venv.sh <folder> cuda|cpu|none <version of PyTorch> [index with its builds]
set -eu
folder=$1 torch=$2 version=$3 index=${4:-}
python3 -m venv "$folder"
pip() { "$folder/bin/pip" --no-cache-dir --disable-pip-version-check --quiet "$@"; }
pip install -r /tmp/python-packages.txt
case $torch in
  cuda | cpu) pip install ${index:+--index-url "$index"} "torch==$version" ;;
  none) ;;
  *) echo "TORCH must be cuda, cpu or none, not $torch" >&2; exit 1 ;;
esac
if [ "$torch" = cuda ]; then
  # The base says which CUDA it carries; a PyTorch for a newer one needs a newer driver than the base promises to run on.
  built=$("$folder/bin/python" -c 'import torch; print(torch.version.cuda)')
  carried=${CUDA_VERSION:-none}
  [ "${built%%.*}" = "${carried%%.*}" ] || {
    echo "PyTorch was built for CUDA $built, the base has $carried: choose TORCH_VERSION or TORCH_INDEX and BASE that fit" >&2
    exit 1
  }
fi
find "$folder" -name __pycache__ -prune -exec rm -rf {} +
