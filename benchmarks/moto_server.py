"""AWS Secrets Manager for the benchmarks: moto's server, in a process of its own, stopped at the end."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

REGION = "eu-west-1"
_PROGRAM = """
import logging, sys, threading
from moto.server import ThreadedMotoServer
logging.getLogger("werkzeug").setLevel(logging.ERROR)
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
print("http://%s:%s" % server.get_host_and_port(), flush=True)
sys.stdin.read()
server.stop()
"""


@contextmanager
def moto_server(secret: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """The variables that lead to a server that has `secret`, as JSON, under the name `bench`."""
    import boto3.session

    argv = [sys.executable, "-c", _PROGRAM]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        try:
            environ = leading_to(server.stdout.readline().strip())
            session = boto3.session.Session("nobody", "nothing", region_name=REGION)
            client = session.client("secretsmanager", endpoint_url=environ["AWS_ENDPOINT_URL"])
            client.create_secret(Name="bench", SecretString=json.dumps(secret))
            yield environ
        finally:
            server.stdin.close()
            server.wait()


def leading_to(address: str) -> dict[str, str]:
    return {
        "AWS_ENDPOINT_URL": address,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "nobody",
        "AWS_SECRET_ACCESS_KEY": "nothing",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
