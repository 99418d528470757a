"""The AsyncAPI document as the code gives it, without anything running."""

import json

from deploy import openapi
from deploy.addresses import ROOT
from gateway.asyncapi import asyncapi

PATH = ROOT / "docs" / "asyncapi.json"


def page() -> str:
    """The text that is committed."""
    return (
        json.dumps(asyncapi(openapi.document()), ensure_ascii=False, indent=1, sort_keys=True)
        + "\n"
    )
