#!/bin/sh
# Makes the Python environment of the user's programs. Usage: venv.sh <folder> cuda|cpu|none <version of PyTorch> [index with its builds]
# Fails when PyTorch is not built for what was asked for: before it is downloaded where its packages tell, else afterwards.
set -eu
folder=$1 torch=$2 version=$3 index=${4:-}
cpu_index='set TORCH_INDEX to the index of CPU builds that the installation page of PyTorch names'
fail() { echo "$1" >&2; exit 1; }
pip() { "$folder/bin/pip" --no-cache-dir --disable-pip-version-check --quiet "$@"; }
install_torch() { pip install ${index:+-i "$index"} "torch==$version" "$@"; }
case $torch in cuda | cpu | none) ;; *) fail "TORCH must be cuda, cpu or none, not $torch" ;; esac
python3 -m venv "$folder"
# pip itself is among them: that of Ubuntu 22.04 cannot tell what it would install.
pip install -r "$(dirname "$0")/python-packages.txt"
if [ "$torch" = cpu ]; then
  # The usual builds for x86_64 are for CUDA and bring it along, several gigabytes; an index or a mirror may have others.
  install_torch --dry-run --report "$folder/report.json"
  ! grep -qE '"name": "(nvidia|cuda)[-_]' "$folder/report.json" ||
    fail "TORCH is cpu, and PyTorch $version brings CUDA from where pip finds it: $cpu_index"
  rm "$folder/report.json"
fi
if [ "$torch" != none ]; then
  install_torch
  built=$("$folder/bin/python" -c 'import torch; print(torch.version.cuda or "")')
fi
case $torch in
  cpu) [ -z "$built" ] || fail "TORCH is cpu, and PyTorch $version was built for CUDA $built: $cpu_index" ;;
  cuda)
    # The base says which CUDA it carries; a PyTorch for a newer one needs a newer driver than the base promises to run on.
    carried=${CUDA_VERSION:-none}
    [ "${built%%.*}" = "${carried%%.*}" ] ||
      fail "PyTorch was built for ${built:+CUDA }${built:-the CPU}, the base has ${CUDA_VERSION:-no CUDA}: choose TORCH_VERSION or TORCH_INDEX and BASE that fit"
    ;;
esac
find "$folder" -name __pycache__ -prune -exec rm -rf {} +
