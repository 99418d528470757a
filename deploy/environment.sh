#!/bin/sh
# Makes .venv and installs locked dependencies: "run" what runs, "all" what tests and checks too.
set -eu
cd "$(dirname "$0")/.."
want=${1:-run}
lock=requirements.lock
[ "$want" = run ] || lock=requirements-dev.lock

fail() { echo "$1" >&2; exit 1; }

stamp=.venv/installed
wanted=$(cat requirements.lock requirements-dev.lock | sha256sum | cut -d' ' -f1)
have=$(cat "$stamp" 2>/dev/null || true)
[ "$have" = "$wanted all" ] || [ "$have" = "$wanted $want" ] && exit 0

python=
for candidate in python3 python3.14 python3.13 python3.12 python3.11; do
  if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    python=$candidate
    break
  fi
done
[ -n "$python" ] || fail "需要 Python 3.11 或更新版本 Python 3.11 or newer is needed: apt-get install python3 python3-venv."

if ! "$python" -c 'import venv, ensurepip' 2>/dev/null; then
  [ "$(id -u)" = 0 ] || fail "缺少 Python 的 venv 模块 Python's venv module is missing: sudo apt-get install -y python3-venv."
  echo "安装 python3-venv installing python3-venv …"
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq python3-venv; } >/dev/null \
    || fail "装不上 python3-venv could not be installed: apt-get install -y python3-venv."
fi

.venv/bin/python -m pip --version >/dev/null 2>&1 || "$python" -m venv --clear .venv \
  || fail "建不成 .venv could not be made: see the lines above."
echo "安装依赖 installing dependencies into .venv (once) …"
.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r "$lock" \
  || fail "依赖没有装全 the dependencies are not all installed: see the lines above, then run again."
echo "$wanted $want" > "$stamp"
