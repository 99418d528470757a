"""Every page, one file each; the list here is the site map, and its order decides."""

from frontend.pages import checks, preferences, search
from frontend.pages.accounts import detail as account
from frontend.pages.accounts import listing as accounts
from frontend.pages.accounts import new as new_account
from frontend.pages.applications import correction, counter, queue
from frontend.pages.applications import detail as application
from frontend.pages.audit import audit
from frontend.pages.desk import desk
from frontend.pages.imports import listing as imports
from frontend.pages.imports import sheet, upload
from frontend.pages.join import check, person, relation, start, where, work
from frontend.pages.join import phone as join_phone
from frontend.pages.members import detail as member
from frontend.pages.members import listing as members
from frontend.pages.partners import detail as partner
from frontend.pages.partners import keys as partner_keys
from frontend.pages.partners import listing as partners
from frontend.pages.partners import new as new_partner
from frontend.pages.public import find, home, privacy, verify
from frontend.pages.session import (
    activation,
    devices,
    link,
    login,
    logout,
    password,
    provider,
    union,
)
from frontend.pages.unions import choice as union_choice
from frontend.pages.unions import detail as union_page
from frontend.pages.unions import edit as union_edit
from frontend.pages.unions import listing as unions
from frontend.pages.unions import poster
from frontend.pages.webhooks import delivery as webhook_delivery
from frontend.pages.webhooks import detail as webhook
from frontend.pages.webhooks import listing as webhooks
from frontend.pages.worker import application as my_application
from frontend.pages.worker import card, data
from frontend.pages.worker import home as my_home
from frontend.pages.worker import login as my_login

ROUTERS = (
    preferences.router,
    checks.router,
    login.router,
    provider.router,
    link.router,
    logout.router,
    activation.router,
    password.router,
    union.router,
    devices.router,
    desk.router,
    search.router,
    queue.router,
    counter.router,
    correction.router,
    application.router,
    members.router,
    member.router,
    imports.router,
    upload.router,
    sheet.router,
    unions.router,
    union_choice.router,
    union_page.router,
    union_edit.router,
    poster.router,
    accounts.router,
    new_account.router,
    account.router,
    partners.router,
    new_partner.router,
    partner_keys.router,
    partner.router,
    webhooks.router,
    webhook.router,
    webhook_delivery.router,
    audit.router,
    home.router,
    find.router,
    verify.router,
    privacy.router,
    my_login.router,
    my_home.router,
    my_application.router,
    card.router,
    data.router,
    join_phone.router,
    work.router,
    relation.router,
    where.router,
    person.router,
    check.router,
    # Any other word behind /join/ is the code of a poster.
    start.router,
)
