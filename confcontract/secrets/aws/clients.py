"""boto3's clients: one for each service and region, created when the first request needs it."""

from __future__ import annotations

from confcontract.secrets.aws.causes import from_exception, not_of_aws

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

CONNECT_SECONDS = 5.0
_CREDENTIALS = ("AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_CONTAINER_AUTHORIZATION_TOKEN")
_SIDE_BY_SIDE = 8
# boto3 treats half an answer, or the page of a proxy, as an empty answer. A real answer has one of these members.
_ANSWERS = {
    "get_secret_value": ("SecretString", "SecretBinary"),
    "batch_get_secret_value": ("SecretValues", "Errors"),
    "get_parameters": ("Parameters", "InvalidParameters"),
    "create_secret": ("VersionId",),
    "put_secret_value": ("VersionId",),
    "update_secret_version_stage": ("ARN",),
}


class NoBoto3(Exception):
    """boto3 is not installed, or can't be imported."""


class Clients:
    """Sends one request at a time for each thread. Raises NoBoto3.

    attempt_seconds: the longest that one request may take.
    """

    def __init__(self, environ: Mapping[str, str], attempt_seconds: float) -> None:
        from threading import Lock

        try:
            import boto3.session
            from botocore.config import Config
        except ImportError as error:
            raise NoBoto3 from error
        self.hidden = [value for name in _CREDENTIALS if (value := environ.get(name))]
        self._region = environ.get("AWS_REGION") or None  # which boto3 itself does not read
        self._lock = Lock()  # creating a client is not thread-safe
        self._session: Any = None
        self._make_session = boto3.session.Session
        self._clients: dict[tuple[str, str], Any] = {}
        # We retry ourselves, with one deadline, and report what is awaited.
        self._config = Config(
            retries={"total_max_attempts": 1, "mode": "standard"},
            connect_timeout=min(CONNECT_SECONDS, attempt_seconds),
            read_timeout=attempt_seconds,
            max_pool_connections=_SIDE_BY_SIDE,
        )

    def request(self, service: str, region: str, operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        """The answer. region: "" for the default. Raises RequestFailed."""
        try:
            client = self._client(service, region)
            answer: Mapping[str, Any] = getattr(client, operation)(**parameters)
        except Exception as error:
            raise from_exception(error, self.hidden) from None
        described = client.meta.service_model.operation_model(client.meta.method_to_api_mapping[operation]).output_shape
        if not (any(member in answer for member in _ANSWERS[operation]) and _is_as_described(answer, described)):
            raise not_of_aws()
        return answer

    def address(self, service: str, region: str) -> str:
        """The address of the requests, for people; "" until one was sent."""
        client = self._clients.get((service, region))
        return str(client.meta.endpoint_url) if client is not None else ""

    def close(self) -> None:
        clients, self._clients = self._clients, {}
        for client in clients.values():
            client.close()

    def _client(self, service: str, region: str) -> Any:
        with self._lock:
            key = (service, region)
            if key not in self._clients:
                if self._session is None:
                    self._session = self._make_session(region_name=self._region)
                more = {"region_name": region} if region else {}
                self._clients[key] = self._session.client(service, config=self._config, **more)
            return self._clients[key]


def _is_as_described(value: object, shape: Any) -> bool:
    """Whether the text, lists and members of an answer match AWS's own description; botocore doesn't check."""
    if shape.type_name == "structure":
        return isinstance(value, dict) and all(
            _is_as_described(value[name], inner) for name, inner in shape.members.items() if name in value
        )
    if shape.type_name == "list":
        return isinstance(value, list) and all(_is_as_described(each, shape.member) for each in value)
    return shape.type_name != "string" or isinstance(value, str)
