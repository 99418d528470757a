"""Every page, one file each; the list here is the site map."""

from frontend.pages import preferences
from frontend.pages.session import activation, devices, login, logout, union

ROUTERS = (
    preferences.router,
    login.router,
    logout.router,
    activation.router,
    union.router,
    devices.router,
)
