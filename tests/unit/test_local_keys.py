"""Keys of a local run are made once and are nobody else's business."""

import json
import stat

from deploy.keys import KEY_HOLDERS, make_keys
from deploy.private import make_passwords


def test_make_keys_twice_changes_nothing(tmp_path):
    make_keys(tmp_path)
    first = {path.name: path.read_text() for path in tmp_path.iterdir()}

    make_keys(tmp_path)

    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == first


def test_make_keys_lets_only_the_owner_read(tmp_path):
    make_keys(tmp_path)

    assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()} == {0o600}


def test_make_keys_publishes_public_halves_by_name(tmp_path):
    make_keys(tmp_path)

    published = json.loads((tmp_path / "trust.jwks").read_text())["keys"]
    assert [key["kid"] for key in published] == list(KEY_HOLDERS)
    assert not any("d" in key for key in published)


def test_make_keys_replaces_a_lost_key_and_publishes_the_new_one(tmp_path):
    make_keys(tmp_path)
    before = json.loads((tmp_path / "trust.jwks").read_text())["keys"]
    (tmp_path / "gateway.jwk").unlink()

    make_keys(tmp_path)

    after = json.loads((tmp_path / "trust.jwks").read_text())["keys"]
    assert after[0] != before[0]
    assert after[1:] == before[1:]


def test_make_passwords_keeps_old_ones_and_adds_missing_ones(tmp_path):
    first = make_passwords(tmp_path / "passwords.json", ["one"])

    second = make_passwords(tmp_path / "passwords.json", ["one", "two"])

    assert second["one"] == first["one"]
    assert second["two"] != second["one"]
