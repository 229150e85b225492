"""The shop over HTTP: `/`, `/receipts/{order}`, `/config` and `/healthz`."""

from __future__ import annotations

import hmac
import logging

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import Route

from shop import __version__
from shop.settings import Settings

log = logging.getLogger("shop")


async def front_page(request: Request) -> PlainTextResponse:
    settings: Settings = request.app.state.settings
    lines = [settings.greeting, f"We take {', '.join(settings.currencies)}."]
    if settings.features.gift_wrap:
        lines.append("We wrap gifts.")
    return PlainTextResponse("\n".join(lines) + "\n")


async def receipt(request: Request) -> JSONResponse:
    """A receipt that the shop can recognise later as its own."""
    settings: Settings = request.app.state.settings
    order: int = request.path_params["order"]
    key = settings.signing_key.get_secret_value().encode()
    mac = hmac.new(key, str(order).encode(), "sha256").hexdigest()
    log.info("receipt for order %d", order)
    return JSONResponse({"order": order, "mac": mac})


async def config(request: Request) -> JSONResponse:
    """What the shop was told, for those who run it. Secrets and credentials are left out, by name."""
    settings: Settings = request.app.state.settings
    shown = settings.model_dump(mode="json", exclude={"signing_key": True, "database": {"url"}})
    host = settings.database.url.hosts()[0]
    shown["database"]["host"] = f"{host['host']}:{host['port'] or 5432}"
    return JSONResponse({"version": __version__, **shown})


async def healthz(_: Request) -> PlainTextResponse:
    """Whether this process answers. The database is not part of that: its outage must not restart every shop."""
    return PlainTextResponse("ok\n")


def create_app(settings: Settings) -> Starlette:
    app = Starlette(
        routes=[
            Route("/", front_page),
            Route("/receipts/{order:int}", receipt),
            Route("/config", config),
            Route("/healthz", healthz),
        ]
    )
    app.state.settings = settings
    return app
