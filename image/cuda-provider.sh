#!/bin/sh
# Puts onnxruntime's CUDA provider beside its Node binding, and fails the build when it is of another version, for another
# kind of processor, or linked with other CUDA libraries than the base has: such an image would serve on the CPU, or not at all.
# Usage: cuda-provider.sh <archive: address or path; empty for none>
set -eu
archive=$1
[ -n "$archive" ] || { echo 'no CUDA provider: /infer runs on the CPU'; exit 0; }
fail() { printf '%s\n' "$@" >&2; exit 1; }
wanted=$(node -p 'require("./node_modules/onnxruntime-node/package.json").version')
named=$(basename "$archive" | grep -oE '[0-9]+\.[0-9]+\.[0-9]+' | head -n 1)
[ "${named:-$wanted}" = "$wanted" ] ||
  fail "ORT_CUDA is onnxruntime $named and onnxruntime-node is $wanted: give the archive of $wanted"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
case $archive in
  *://*) curl -fsSL --retry 3 -o "$work/archive.tgz" "$archive" ;;
  *) cp "$archive" "$work/archive.tgz" ;;
esac
tar -xzf "$work/archive.tgz" -C "$work" --wildcards '*/libonnxruntime_providers_cuda.so' '*/libonnxruntime_providers_shared.so'
target=$(dirname "$(find node_modules/onnxruntime-node/bin -name 'libonnxruntime.so*' | head -n 1)")
find "$work" -name 'libonnxruntime_providers_*.so' -exec cp {} "$target" \;
linked=$(ldd "$target/libonnxruntime_providers_cuda.so" 2>&1) ||
  fail "The CUDA provider cannot be loaded on $(uname -m):$linked" 'Choose ORT_CUDA for the processor that BASE is for.'
# The driver's own library comes with the host, not with the image.
missing=$(echo "$linked" | sed -n 's/^[[:space:]]*\(lib[^ ]*\) => not found$/\1/p' | grep -v '^libcuda\.so' || true)
# It opens cuDNN when it first needs it, which it does for every LSTM.
ldconfig -p | grep -q 'libcudnn\.so\.9 ' || missing="$missing libcudnn.so.9"
[ -z "$missing" ] ||
  fail "The CUDA provider of onnxruntime needs libraries that the base image does not have: $(echo $missing)" \
    'Choose BASE and ORT_CUDA of the same CUDA version, with cuDNN (see docs/decisions/0101-image.md).'
found=$(echo "$linked" | grep -cE '^[[:space:]]*lib(cu|nv)[^ ]* => /' || true)
[ "$found" -gt 0 ] || fail "The CUDA provider is linked with no CUDA library: $archive is not a build for CUDA"
echo "CUDA provider: $found CUDA libraries found"
