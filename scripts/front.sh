#!/usr/bin/env bash
# Builds the browser's side into target/site: module, script, style. Usage: front.sh wasm-release|dev
set -euo pipefail
cd "$(dirname "$0")/.."
profile="$1"
tools="${PROSPECTOR_CACHE:?run this through make}/tools"
site=target/site/pkg
folder=$([ "$profile" = dev ] && echo debug || echo "$profile")
compiled="${CARGO_TARGET_DIR:?run this through make}/wasm32-unknown-unknown/$folder/prospector.wasm"

echo "Front: compiling"
cargo build --lib --target wasm32-unknown-unknown --no-default-features --features hydrate --profile "$profile" --locked

mkdir -p "$site"
made=$(cksum < "$compiled")
if [ "$(cat "$site/.made" 2>/dev/null)" != "$made" ]; then
  echo "Front: making script and module"
  work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
  "$tools/wasm-bindgen/bin/wasm-bindgen" --target web --no-typescript --out-dir "$work" --out-name prospector "$compiled"
  if [ "$profile" = dev ]; then
    mv "$work/prospector_bg.wasm" "$site/prospector.wasm"
  else
    "$tools/binaryen/node_modules/.bin/wasm-opt" -Oz --enable-bulk-memory --enable-nontrapping-float-to-int "$work/prospector_bg.wasm" -o "$site/prospector.wasm"
  fi
  mv "$work/prospector.js" "$site/prospector.js"
  echo "$made" > "$site/.made"
fi
node scripts/assets.mjs target/site
