"""Keys, roles, schemas and migrations of a local run, before its parts start."""

import os
import sys

from deploy.addresses import ROLES
from deploy.cluster import ADMINISTRATOR
from deploy.database import migrate, prepare
from deploy.keys import make_keys
from deploy.private import make_passwords
from deploy.site import open_site
from deploy.voice import Trouble, complain, in_one_sentence


def main() -> int:
    try:
        site = open_site()
        make_keys(site.keys)
        passwords = make_passwords(site.passwords, (ADMINISTRATOR, *ROLES))
        migrate(prepare(os.environ["DATABASE_URL"], site.database, passwords))
    except Trouble as trouble:
        complain(str(trouble))
        return 1
    except OSError as error:
        complain(in_one_sentence(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
