#!/bin/sh
# Installs or upgrades the platform on an office server, without internet:
#   sudo deploy/systemd/install.sh /media/usb/wheelhouse
# Run it from the unpacked release. It never touches data; what is in /etc/niangjia stays.
set -eu
here=$(cd "$(dirname "$0")/../.." && pwd)
wheels=${1:?"用法 usage: install.sh <wheelhouse>"}
target=${NIANGJIA_TARGET:-/opt/niangjia}
config=${NIANGJIA_CONFIG:-/etc/niangjia}
units=${NIANGJIA_UNITS:-/etc/systemd/system}

fail() { echo "$1" >&2; exit 1; }

[ -d "$wheels" ] || fail "没有离线包目录 there is no wheelhouse in $wheels."
python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
  || fail "需要 Python 3.11 Python 3.11 or newer is needed."
[ -d "$here/frontend/node_modules/htmx.org" ] \
  || fail "缺少页面资源 the pages' assets are missing: unpack the release with its node_modules."

if [ "$(id -u)" = 0 ]; then
  getent group niangjia >/dev/null || groupadd --system niangjia
  getent passwd niangjia >/dev/null \
    || useradd --system --gid niangjia --home-dir /var/lib/niangjia --shell /usr/sbin/nologin niangjia
  owner="-o root -g niangjia"
else
  owner=""
fi

# The new release stands beside the old one and takes its place when it is whole.
next="$target.next"
rm -rf "$next"
install -d -m 0755 "$next"
for part in deploy frontend gateway migrations services docs alembic.ini pyproject.toml \
  requirements.lock; do
  cp -R "$here/$part" "$next/"
done
python3 -m venv "$next/.venv"
"$next/.venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-index \
  --find-links "$wheels" --require-hashes --only-binary :all: -r "$here/requirements.lock" \
  || fail "离线包不全 the wheelhouse is not complete: see docs/operations.md."
# Scripts of a venv know their folder by name, and the folder is about to be called otherwise.
grep -rlI "$next" "$next/.venv/bin" "$next/.venv/pyvenv.cfg" | xargs -r sed -i "s|$next|$target|g"

install -d $owner -m 0750 "$config"
for part in common gateway frontend identity membership membership-worker backup; do
  [ -f "$config/$part.env" ] || install $owner -m 0640 /dev/null "$config/$part.env"
done
[ -f "$config/env.example" ] || install $owner -m 0640 "$here/deploy/env.example" "$config/env.example"
install -d -m 0755 "$units"
install -m 0644 "$here"/deploy/systemd/*.service "$here"/deploy/systemd/*.target \
  "$here"/deploy/systemd/*.timer "$units/"

rm -rf "$target.before"
[ ! -e "$target" ] || mv "$target" "$target.before"
mv "$next" "$target"
echo "已安装到 installed in $target; 上一版在 the release before it: $target.before"
echo "接下来 next: 填写 fill in $config/*.env, 迁移 migrate, systemctl daemon-reload," \
  "systemctl enable --now niangjia.target niangjia-base.timer"
