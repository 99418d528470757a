"""What must stay true of the gateway whatever is added behind it."""

import importlib
import pkgutil

import gateway
from gateway.explanations import read_words, refusal_kinds
from gateway.limits import POLICIES
from gateway.refusals import http_status
from gateway.routes import FRONTEND, RULES, Proof
from services.chassis import kernel
from services.chassis.kernel.refusals import Refusal


def loaded() -> list[type[Refusal]]:
    for package in (kernel, gateway):
        for module in pkgutil.iter_modules(package.__path__, package.__name__ + "."):
            if not module.name.endswith("__main__"):
                importlib.import_module(module.name)
    ours = ("services.chassis.kernel", "gateway")
    return [kind for kind in refusal_kinds() if kind.__module__.startswith(ours)]


def test_every_refusal_of_kernel_and_gateway_is_explained() -> None:
    missing = {kind.code for kind in loaded()} - set(read_words())

    assert missing == set()


def test_no_explanation_is_left_over() -> None:
    assert set(read_words()) - {kind.code for kind in loaded()} == set()


def test_every_refusal_has_a_status_that_a_client_can_act_on() -> None:
    for kind in loaded():
        sample = kind.__new__(kind)
        assert 400 <= http_status(sample) <= 504


def test_cookie_is_honoured_by_no_row_under_api() -> None:
    open_rows = [rule for rule in RULES if rule.is_open]
    under_api = [rule for rule in open_rows if rule.service != FRONTEND]
    pages = [rule for rule in open_rows if rule.service == FRONTEND]

    assert all(rule.proof is not Proof.COOKIE for rule in under_api)
    assert all(rule.proof is not Proof.BEARER for rule in pages)


def test_rows_name_limits_that_exist_and_bodies_that_are_bounded() -> None:
    assert {rule.limit for rule in RULES if rule.limit} <= set(POLICIES)
    assert max(rule.body for rule in RULES) == 300 * 1024 * 1024
    assert all(rule.streams for rule in RULES if rule.body > 4 * 1024 * 1024)
