"""The web server: `python -m shop`."""

from __future__ import annotations

import math

import uvicorn

from shop.app import create_app
from shop.settings import Settings


def main() -> None:
    settings = Settings()  # type: ignore[call-arg]  # the environment fills it
    uvicorn.run(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        log_level=settings.log_level.value,
        timeout_graceful_shutdown=math.ceil(settings.request_timeout),
    )


if __name__ == "__main__":
    main()
