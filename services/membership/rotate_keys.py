"""Changes the keys of membership in place: ``python -m services.membership.rotate_keys -h``."""

import sys

from services.chassis.web.rotate_keys import rotate_keys
from services.membership.settings import Settings
from services.membership.store.byte_columns import COLUMNS
from services.membership.store.tables import CHASSIS

if __name__ == "__main__":
    sys.exit(rotate_keys(Settings(), "membership", CHASSIS, COLUMNS))
