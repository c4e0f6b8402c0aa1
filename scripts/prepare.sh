#!/usr/bin/env bash
# Checks what must be there, and installs the pinned tools that builds need into the cache folder.
# Usage: prepare.sh run|test
set -euo pipefail
cd "$(dirname "$0")/.."
tools="${PROSPECTOR_CACHE:?run this through make}/tools"
mkdir -p "$tools"

missing() { echo "make: $1 is missing. $2" >&2; exit 1; }
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi; }
# Debian packages where that needs no question; otherwise the line that does it
package() {
  if command -v apt-get >/dev/null && { [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null; }; then
    echo "Installing $1"
    as_root apt-get update -qq && as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$1" >/dev/null \
      || missing "$2" "It could not be installed; try: apt-get install $1"
  else
    missing "$2" "Install it: sudo apt-get install $1 (macOS: brew install ${3:-$1})"
  fi
}

command -v cargo >/dev/null || missing "cargo" "Install Rust: https://rustup.rs"
command -v cc >/dev/null || missing "a C compiler" "Install one: sudo apt-get install build-essential (macOS: xcode-select --install)"
command -v node >/dev/null && command -v npm >/dev/null || missing "Node.js with npm" "Install it: sudo apt-get install nodejs npm (macOS: brew install node)"
node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' || missing "Node.js 20 or newer" "This is $(node --version)."
if [ "$1" = test ]; then
  cargo fmt --version >/dev/null 2>&1 && cargo clippy --version >/dev/null 2>&1 || missing "rustfmt or clippy" "Add them: rustup component add rustfmt clippy"
fi

if [ ! -d "$(rustc --print sysroot)/lib/rustlib/wasm32-unknown-unknown" ]; then
  command -v rustup >/dev/null || missing "the target wasm32-unknown-unknown" "Install Rust by rustup: https://rustup.rs"
  echo "Adding the target wasm32-unknown-unknown"
  rustup target add wasm32-unknown-unknown >/dev/null 2>&1 || missing "the target wasm32-unknown-unknown" "Try: rustup target add wasm32-unknown-unknown"
fi

# the tool must be of exactly the version that the module was compiled with
version=$(sed -n '/^name = "wasm-bindgen"$/{n;s/version = "\(.*\)"/\1/p}' Cargo.lock)
if [ ! -x "$tools/wasm-bindgen-$version/bin/wasm-bindgen" ]; then
  echo "Installing wasm-bindgen $version (some minutes, once)"
  CARGO_TARGET_DIR="$tools/build" cargo install wasm-bindgen-cli --version "$version" --root "$tools/wasm-bindgen-$version" --quiet
  rm -rf "$tools/build"
fi
ln -sfn "wasm-bindgen-$version" "$tools/wasm-bindgen"

binaryen=132.0.0
if [ ! -x "$tools/binaryen-$binaryen/node_modules/.bin/wasm-opt" ]; then
  echo "Installing wasm-opt (binaryen $binaryen)"
  npm install --prefix "$tools/binaryen-$binaryen" --no-fund --no-audit --loglevel=error "binaryen@$binaryen" >/dev/null
fi
ln -sfn "binaryen-$binaryen" "$tools/binaryen"

has_postgres() { command -v postgres >/dev/null || ls /usr/lib/postgresql/*/bin/postgres /usr/local/pgsql/bin/postgres /opt/homebrew/opt/postgresql*/bin/postgres /usr/local/opt/postgresql*/bin/postgres >/dev/null 2>&1; }
if { [ "$1" = test ] || [ -z "${DATABASE_URL:-}" ]; } && ! has_postgres; then package postgresql "PostgreSQL 15 or newer" postgresql; fi

if [ "$1" = test ]; then
  [ -n "${CHROMIUM:-}" ] || command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || package chromium "Chromium" chromium
fi
