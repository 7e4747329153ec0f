"""The pages about clients, under one address."""

from litestar import Router

from web.clients.lists import clients, goods, new_client, open_client, phone_known
from web.clients.merging import merge_page, merge_with, undo
from web.clients.misuse import misuse, set_limits
from web.clients.persons import PERSONS
from web.clients.verbs import VERBS

CLIENT_PAGES = Router(
    path="/office/clients",
    route_handlers=[
        clients,
        new_client,
        open_client,
        phone_known,
        goods,
        misuse,
        set_limits,
        merge_page,
        merge_with,
        undo,
        *VERBS,
        *PERSONS,
    ],
)
