"""AWS Secrets Manager and Parameter Store as a server of moto's on this machine, and a proxy before it for faults."""

from __future__ import annotations

import json
import logging
import urllib.request
from typing import Any

import boto3.session
from moto.server import ThreadedMotoServer

from tests.support.vault import faulty
from tests.support.vault.faulty import Fault, Faulty

REGION = "eu-west-1"
ACCOUNT = "123456789012"  # which moto gives everybody


class Moto:
    """One server. `environ` leads to it, as nobody in particular."""

    def __init__(self) -> None:
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        self._server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        self._server.start()
        host, port = self._server.get_host_and_port()
        self.address = f"http://{host}:{port}"
        session = boto3.session.Session("nobody", "nothing", region_name=REGION)
        self.secrets: Any = session.client("secretsmanager", endpoint_url=self.address)
        self.parameters: Any = session.client("ssm", endpoint_url=self.address)
        self.secrets.list_secrets()  # the first request to each takes a second, and belongs to nobody's deadline
        self.parameters.describe_parameters()

    def secret(self, name: str, value: str | bytes | dict[str, Any]) -> str:
        """Create it. Returns its ARN."""
        if isinstance(value, bytes):
            return str(self.secrets.create_secret(Name=name, SecretBinary=value)["ARN"])
        text = value if isinstance(value, str) else json.dumps(value)
        return str(self.secrets.create_secret(Name=name, SecretString=text)["ARN"])

    def parameter(self, name: str, value: str, kind: str = "SecureString") -> None:
        self.parameters.put_parameter(Name=name, Value=value, Type=kind, Overwrite=True)

    def empty(self) -> None:
        request = urllib.request.Request(f"{self.address}/moto-api/reset", method="POST")
        urllib.request.urlopen(request, timeout=30).read()

    def stop(self) -> None:
        self._server.stop()


def leading_to(address: str, home: str) -> dict[str, str]:
    """The variables of a process that may ask there. home: a folder without profiles."""
    return {
        "AWS_ENDPOINT_URL": address,
        "AWS_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "aws-key-c0ffee",
        "AWS_EC2_METADATA_DISABLED": "true",
        "HOME": home,
    }


def refuses(code: str, status: int = 400, message: str = "") -> Fault:
    """An error in AWS's own form."""
    body = json.dumps({"__type": code, "message": message or f"{code} it is"})
    return faulty.status(status, body, Content_Type="application/x-amz-json-1.1")


def operations(proxy: Faulty) -> list[str]:
    """What was asked for, in turn: `secretsmanager.GetSecretValue`."""
    return [path.lstrip("/") for _, path in proxy.requests]
