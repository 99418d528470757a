"""Changes the keys of identity in place: ``python -m services.identity.rotate_keys -h``."""

import sys

from services.chassis.web.rotate_keys import rotate_keys
from services.identity.settings import Settings
from services.identity.store.byte_columns import COLUMNS
from services.identity.store.tables import CHASSIS

if __name__ == "__main__":
    sys.exit(rotate_keys(Settings(), "identity", CHASSIS, COLUMNS))
