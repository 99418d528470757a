"""Exit status 0 if an address answers 200: a container's health check, which has no curl."""

import sys
from urllib.error import URLError
from urllib.request import urlopen

PATIENCE = 4.0


def is_well(address: str) -> bool:
    try:
        with urlopen(address, timeout=PATIENCE) as answer:  # noqa: S310  the address of our own part
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


if __name__ == "__main__":
    sys.exit(0 if is_well(sys.argv[1]) else 1)
