"""What a release is held to, at length: the previous one on its schema, and no network at all."""

import os
import shutil
import subprocess
import sys

import pytest

from deploy.addresses import ROOT

pytestmark = pytest.mark.prove

OFFLINE = ("tests/unit", "tests/structure", "tests/frontend", "tests/service/test_route.py")
# Inside: loopback up, and no cluster that somebody else runs.
INSIDE = "ip link set lo up && exec env -u NIANGJIA_TEST_CLUSTER_URL"


def run(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    told = {**os.environ, **environment}
    return subprocess.run(
        command, cwd=ROOT, env=told, capture_output=True, text=True, check=False, timeout=3600
    )


def test_the_previous_release_works_on_the_schema_of_this_one():
    done = run(sys.executable, "-m", "deploy.previous")

    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]


@pytest.mark.skipif(shutil.which("unshare") is None, reason="no unshare on this machine")
def test_the_tests_need_no_network():
    if run("unshare", "-n", "true").returncode != 0:
        pytest.skip("this sandbox allows no network namespace")
    tests = f"{sys.executable} -m pytest -q -x -p no:cacheprovider -m 'not prove and not browser'"

    done = run("unshare", "-n", "sh", "-c", f"{INSIDE} {tests} {' '.join(OFFLINE)}")

    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
