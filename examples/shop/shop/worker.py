"""The worker: `python -m shop.worker` looks at the queue until it is told to stop.

The queue would be a table of the database; the example has no driver for one, and finds it empty.
"""

from __future__ import annotations

import logging
import signal
import threading

from shop.settings import Settings


def main() -> None:
    settings = Settings()  # type: ignore[call-arg]  # the environment fills it
    logging.basicConfig(level=settings.log_level.upper(), format="%(levelname)s: %(message)s")
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    while not stop.is_set():
        logging.info("nothing to ship; next look in %s", settings.worker.interval)
        stop.wait(settings.worker.interval.total_seconds())
    logging.info("stopped")


if __name__ == "__main__":
    main()
