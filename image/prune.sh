#!/bin/sh
# Takes out of node_modules what this platform never reads: native files of others, source maps, type declarations.
set -eu
native=node_modules/onnxruntime-node/bin/napi-v6
case $(uname -m) in x86_64) arch=x64 ;; aarch64) arch=arm64 ;; *) echo "podmate runs on x86_64 and aarch64" >&2; exit 1 ;; esac
find "$native" -mindepth 1 -maxdepth 1 ! -name linux -exec rm -rf {} +
find "$native/linux" -mindepth 1 -maxdepth 1 ! -name "$arch" -exec rm -rf {} +
find node_modules -type f \( -name '*.map' -o -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' \) -delete
node -e 'require("onnxruntime-node")'
