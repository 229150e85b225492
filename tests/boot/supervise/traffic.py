"""An application that uses its database all the time: each query is a new connection, and a line in ./traffic."""

from __future__ import annotations

import os
import signal
import time
from types import FrameType

import psycopg

going = True


def stop(_number: int, _frame: FrameType | None) -> None:
    global going
    going = False


signal.signal(signal.SIGTERM, stop)
user, port = os.environ["SHOP_USER"], int(os.environ["SHOP_PORT"])
with open("traffic", "a", buffering=1, encoding="utf-8") as traffic:
    traffic.write(f"started {user}\n")
    while going:
        try:
            with psycopg.connect(
                host="127.0.0.1", port=port, dbname="postgres", user=user, password=os.environ["SHOP_PASSWORD"]
            ) as connection:
                connection.execute("select 1")
            traffic.write(f"answered {user}\n")
        except psycopg.Error as error:
            traffic.write(f"failed {user} {str(error).splitlines()[0]}\n")
        time.sleep(0.25)
