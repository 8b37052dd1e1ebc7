#!/bin/sh
# Puts onnxruntime's CUDA provider beside its Node binding, and fails the build when the base has other CUDA libraries
# than the provider is linked with: such an image would serve on the CPU, or not at all.
# Usage: cuda-provider.sh <archive: address or path; empty for none>
set -eu
archive=$1
[ -n "$archive" ] || { echo 'no CUDA provider: /infer runs on the CPU'; exit 0; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
case $archive in
  *://*) curl -fsSL --retry 3 -o "$work/archive.tgz" "$archive" ;;
  *) cp "$archive" "$work/archive.tgz" ;;
esac
tar -xzf "$work/archive.tgz" -C "$work" --wildcards '*/libonnxruntime_providers_cuda.so' '*/libonnxruntime_providers_shared.so'
target=$(dirname "$(find node_modules/onnxruntime-node/bin -name 'libonnxruntime.so*' | head -n 1)")
find "$work" -name 'libonnxruntime_providers_*.so' -exec cp {} "$target" \;
provider=$target/libonnxruntime_providers_cuda.so
# The driver's own library comes with the host, not with the image.
missing=$(ldd "$provider" | sed -n 's/^[[:space:]]*\(lib[^ ]*\) => not found$/\1/p' | grep -v '^libcuda\.so' || true)
# It opens cuDNN when it first needs it, which it does for every LSTM.
ldconfig -p | grep -q 'libcudnn\.so\.9 ' || missing="$missing libcudnn.so.9"
[ -z "$missing" ] || {
  echo "The CUDA provider of onnxruntime needs libraries that the base image does not have:" $missing >&2
  echo 'Choose BASE and ORT_CUDA of the same CUDA version, with cuDNN (see docs/decisions/0101-image.md).' >&2
  exit 1
}
echo "CUDA provider: $(ldd "$provider" | grep -cE 'libcu|libnv') CUDA libraries found"
