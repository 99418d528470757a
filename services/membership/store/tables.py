"""Every table of the ``membership`` schema, gathered for the migrations and for use."""

from services.membership.store.application_tables import (
    Application,
    ApplicationStep,
    Consent,
    ConsentText,
    RegisterCheck,
)
from services.membership.store.import_tables import STAGING, Import, ImportRow
from services.membership.store.person_tables import (
    Card,
    MemberCount,
    Membership,
    MembershipChange,
    Person,
    PersonKey,
)
from services.membership.store.platform_tables import PlatformItem
from services.membership.store.schema import CHASSIS, PATH, Base
from services.membership.store.union_tables import NumberSeries, Parameter, Poster, Union

__all__ = [
    "CHASSIS",
    "PATH",
    "STAGING",
    "Application",
    "ApplicationStep",
    "Base",
    "Card",
    "Consent",
    "ConsentText",
    "Import",
    "ImportRow",
    "MemberCount",
    "Membership",
    "MembershipChange",
    "NumberSeries",
    "Parameter",
    "Person",
    "PersonKey",
    "PlatformItem",
    "Poster",
    "RegisterCheck",
    "Union",
]
