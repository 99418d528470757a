"""What runs the platform elsewhere is checked as far as a machine without it can check it."""

import json
import os
import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from deploy.parts import PARTS

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
TOOLS = Path(sys.executable).parent
KUBERNETES = "1.32"
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")


def said(*command: str | Path, **options: Any) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, **options)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout + done.stderr


@cache
def manifests() -> list[dict[str, Any]]:
    folder = DEPLOY / "kubernetes"
    files = [path for path in folder.rglob("*.yaml") if path.name != "kustomization.yaml"]
    return [one for path in sorted(files) for one in yaml.safe_load_all(path.read_text()) if one]


def pods() -> dict[str, dict[str, Any]]:
    """Every pod that a manifest describes, by the name of what makes it."""
    found = {}
    for one in manifests():
        spec = one.get("spec", {})
        spec = spec.get("jobTemplate", {}).get("spec", spec)
        if "template" in spec:
            found[one["metadata"]["name"]] = spec["template"]["spec"]
    return found


def test_the_image_passes_the_linter_runs_as_nobody_and_takes_only_what_is_locked():
    text = (DEPLOY / "Dockerfile").read_text()
    last = text[text.rindex("\nFROM ") :]

    assert said(TOOLS / "hadolint", DEPLOY / "Dockerfile") == ""
    assert re.search(r"^USER 10001:10001$", last, re.M)
    assert "--require-hashes --only-binary :all:" in text
    assert "npm ci --omit=dev --ignore-scripts" in text
    assert not re.search(r"^(ADD|RUN .*(curl|wget))", text, re.M)


def test_nothing_secret_or_local_gets_into_the_image():
    lines = (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines()

    assert lines[0] == "*"
    assert {line[1:] for line in lines if line.startswith("!")} == {
        *("deploy", "frontend", "gateway", "migrations", "services"),
        *("alembic.ini", "pyproject.toml", "requirements.lock"),
    }


def test_the_compose_file_fits_its_schema_and_has_every_part():
    path = DEPLOY / "compose.yaml"
    told = yaml.safe_load(path.read_text())

    said(TOOLS / "check-jsonschema", "--builtin-schema", "vendor.compose-spec", path)
    assert {part.name for part in PARTS} <= set(told["services"])
    assert [n for n, one in told["services"].items() if "ports" in one] == ["nginx"]
    for name, one in told["services"].items():
        if name != "postgres":
            assert one["read_only"], name
            assert one["cap_drop"] == ["ALL"], name


def test_every_kubernetes_manifest_fits_the_schema_of_the_release_it_is_for():
    for one in manifests():
        kubernetes_validate.validate(one, KUBERNETES, strict=True)

    assert {part.name for part in PARTS} <= {one["metadata"]["name"] for one in manifests()}


def test_the_kustomization_names_every_file_beside_it():
    for path in (DEPLOY / "kubernetes").rglob("kustomization.yaml"):
        named = {one for one in yaml.safe_load(path.read_text())["resources"] if ".yaml" in one}

        assert named == {p.name for p in path.parent.glob("*.yaml")} - {"kustomization.yaml"}


@pytest.mark.parametrize("name", list(pods()))
def test_a_pod_may_do_little_holds_no_secret_and_is_bounded(name: str):
    pod = pods()[name]

    assert pod["securityContext"]["runAsNonRoot"]
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert pod["automountServiceAccountToken"] is False
    for container in pod["containers"]:
        allowed = container["securityContext"]
        assert allowed["readOnlyRootFilesystem"]
        assert not allowed["allowPrivilegeEscalation"]
        assert allowed["capabilities"] == {"drop": ["ALL"]}
        assert "memory" in container["resources"]["limits"]
        assert "env" not in container, "secrets are named, never written"


@pytest.mark.parametrize("part", [part for part in PARTS if part.step is not None])
def test_a_part_is_probed_spread_protected_and_scaled(part: Any):
    made = {one["kind"]: one for one in manifests() if one["metadata"]["name"] == part.name}
    container = pods()[part.name]["containers"][0]

    assert {"Deployment", "Service", "PodDisruptionBudget", "NetworkPolicy"} <= set(made)
    assert made["HorizontalPodAutoscaler"]["spec"]["minReplicas"] >= 2
    assert {"startupProbe", "readinessProbe", "livenessProbe"} <= set(container)
    assert made["Service"]["spec"]["ports"][0]["port"] == 8000 + (part.step or 0)


def test_by_default_no_pod_speaks_to_any():
    (nobody,) = [one for one in manifests() if one["metadata"]["name"] == "nobody"]

    assert nobody["spec"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}


@pytest.mark.skipif(NGINX is None, reason="no nginx on this machine")
def test_nginx_takes_the_tls_front(tmp_path: Path):
    for path in (DEPLOY / "nginx").glob("*.conf"):
        shutil.copy(path, tmp_path)
    (tmp_path / "mime.types").write_text("types { text/html html; }")
    (tmp_path / "tls").mkdir()
    made = ("-days", "2", "-subj", "/CN=localhost", "-keyout", tmp_path / "tls" / "privkey.pem")
    told = ("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    said("openssl", *told, *made, "-out", tmp_path / "tls" / "fullchain.pem")
    front = tmp_path / "niangjia.conf"
    front.write_text(front.read_text().replace("server gateway:8000", "server 127.0.0.1:8000"))

    found = said(str(NGINX), "-t", "-p", tmp_path, "-c", tmp_path / "container.conf")

    assert "test is successful" in found


def test_the_tls_front_is_strict():
    text = "".join(path.read_text() for path in (DEPLOY / "nginx").glob("*.conf"))

    assert "ssl_protocols TLSv1.2 TLSv1.3;" in text
    assert 'Strict-Transport-Security "max-age=31536000; includeSubDomains" always' in text
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in text
    assert "server_tokens off;" in text


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
@pytest.mark.parametrize("unit", ["niangjia@gateway", "niangjia-archive", "niangjia-base"])
def test_a_unit_is_well_formed_and_hardly_exposed(unit: str, tmp_path: Path):
    source = DEPLOY / "systemd" / f"{unit.replace('gateway', '')}.service"
    path = tmp_path / f"{unit}.service"
    path.write_text(source.read_text().replace("/opt/niangjia/.venv/bin/python", "/bin/true"))

    said("systemd-analyze", "verify", "--man=no", path)
    told = said("systemd-analyze", "security", "--offline=true", "--no-pager", path)

    (level,) = re.findall(r"exposure level for .*: ([\d.]+)", told)
    assert float(level) < 2.0


def test_shell_scripts_can_be_read_by_a_shell():
    for path in (*DEPLOY.rglob("*.sh"), ROOT / ".ci" / "run"):
        said("bash", "-n", path)
        assert os.access(path, os.X_OK), path


def alerts() -> list[dict[str, Any]]:
    groups = yaml.safe_load((DEPLOY / "prometheus" / "rules.yml").read_text())["groups"]
    return [rule for group in groups for rule in group["rules"]]


def test_every_alert_has_its_page_and_every_page_its_alert():
    pages = {path: path.read_text() for path in (ROOT / "docs" / "runbooks").glob("*.md")}
    linked = {ROOT / rule["annotations"]["runbook"] for rule in alerts()}
    by_hand = {ROOT / "docs" / "runbooks" / name for name in ("restore.md", "leak.md")}

    assert linked | by_hand == set(pages)
    for rule in alerts():
        page = pages[ROOT / rule["annotations"]["runbook"]]
        assert f"`{rule['alert']}`" in page, rule["alert"]
        assert rule["annotations"]["summary"]
        assert rule["labels"]["severity"] in ("page", "ticket")


def test_links_between_runbooks_lead_somewhere():
    for path in (ROOT / "docs" / "runbooks").glob("*.md"):
        for target in re.findall(r"\]\(([^)]+)\)", path.read_text()):
            assert (path.parent / target).is_file(), f"{path.name} → {target}"


@pytest.mark.skipif(shutil.which("promtool") is None, reason="no promtool on this machine")
def test_prometheus_takes_the_rules_and_the_configuration():
    said("promtool", "check", "rules", DEPLOY / "prometheus" / "rules.yml")
    said("promtool", "check", "config", "--syntax-only", DEPLOY / "prometheus" / "prometheus.yml")


def test_the_dashboard_can_be_read_and_lays_no_panel_over_another():
    board = json.loads((DEPLOY / "grafana" / "niangjia.json").read_text())
    places = [(p["gridPos"]["x"], p["gridPos"]["y"]) for p in board["panels"]]

    assert len(places) == len(set(places)) > 10
    assert all(panel["targets"] for panel in board["panels"])
