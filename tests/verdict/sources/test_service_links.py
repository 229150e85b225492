"""What Kubernetes injects for the Services of a namespace, beside settings that are called alike."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pydantic import BaseModel
from pydantic_settings import BaseSettings, SettingsConfigDict

from confcontract.verdict.explain import rows
from confcontract.verdict.sources.servicelinks import find
from tests.support.booting import Site


class Shop(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_")

    port: int = 8000
    host: str = "0.0.0.0"


class ServicePort(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_")

    service_port: int = 8000


class Redis(BaseModel):
    host: str = "localhost"
    port: int = 6379


class Sections(BaseSettings):
    model_config = SettingsConfigDict(env_nested_delimiter="_")

    redis: Redis = Redis()


def links(service: str, port: int = 8080, ip: str = "10.0.0.1", protocol: str = "tcp") -> dict[str, str]:
    """As kubelet makes them: pkg/kubelet/envvars."""
    host = f"[{ip}]" if ":" in ip else ip
    url, head = f"{protocol}://{host}:{port}", f"{service}_PORT_{port}_{protocol.upper()}"
    return {
        f"{service}_SERVICE_HOST": ip,
        f"{service}_SERVICE_PORT": str(port),
        f"{service}_SERVICE_PORT_HTTP": str(port),
        f"{service}_PORT": url,
        head: url,
        f"{head}_PROTO": protocol,
        f"{head}_PORT": str(port),
        f"{head}_ADDR": ip,
    }


@pytest.mark.parametrize(
    "given",
    [links("SHOP"), links("SHOP", ip="fd00::1"), links("SHOP", 53, protocol="udp"), links("MY_SHOP") | links("OTHER")],
)
def test_the_links_of_a_service_are_recognised_as_a_set(given: dict[str, str]) -> None:
    assert find({**given, "SHOP_NAME": "x", "PATH": "/bin"}).keys() == given.keys()


@pytest.mark.parametrize("lost", ["SHOP_SERVICE_HOST", "SHOP_SERVICE_PORT", "SHOP_PORT_8080_TCP"])
def test_names_alone_are_no_links(lost: str) -> None:
    given = links("SHOP")
    del given[lost]
    assert not find(given)


def test_what_a_deployment_has_set_itself_is_no_link() -> None:
    found = find(links("SHOP") | {"SHOP_PORT": "80", "SHOP_SERVICE_PORT": "9", "SHOP_PORT_9_TCP": "tcp://1.2.3.4:8"})
    assert not {"SHOP_PORT", "SHOP_SERVICE_PORT", "SHOP_PORT_9_TCP"} & found.keys()
    assert found["SHOP_SERVICE_HOST"] == "shop"


@pytest.mark.process
def test_links_are_never_unknown_names(site: Callable[..., Site]) -> None:
    environ = links("SHOP") | {"SHOP_PORT": "80"}
    for strict in (False, True):
        result = site(Shop).agree(environ) if not strict else site(Shop).resolve(environ, strict=True)
        assert not result.problems
        assert result.values["port"] == 80


@pytest.mark.process
def test_links_to_a_service_that_is_called_like_us_are_no_slips(site: Callable[..., Site]) -> None:
    made = site(Shop)
    assert not made.resolve(links("CONFCONTRACT_DEMO"), strict=True).problems
    (problem,) = made.resolve(links("CONFCONTRACT_DEMO") | {"CONFCONTRACT_STRICKT": "1"}).problems
    assert problem.variable == "CONFCONTRACT_STRICKT"


def test_a_name_that_is_no_link_is_still_unknown(site: Callable[..., Site]) -> None:
    result = site(Shop).resolve(links("SHOP") | {"SHOP_PORT": "80", "SHOP_SERVICE_HOTS": "x"})
    assert [problem.variable for problem in result.problems] == ["SHOP_SERVICE_HOTS"]


@pytest.mark.process
def test_a_link_in_the_place_of_a_setting_is_explained(site: Callable[..., Site]) -> None:
    done = site(Shop).boot(environ=links("SHOP"))
    assert done.code == 78
    assert done.named() == {"SHOP_PORT"}
    for words in ("set by Kubernetes for the Service shop", "enableServiceLinks: false", "tcp://10.0.0.1:8080"):
        assert words in done.report


@pytest.mark.parametrize(
    ("settings", "service", "variable"),
    [(ServicePort, "SHOP", "SHOP_SERVICE_PORT"), (Sections, "REDIS", "REDIS_PORT")],
)
def test_a_setting_that_a_link_happens_to_fit_is_told(
    site: Callable[..., Site], settings: Any, service: str, variable: str
) -> None:
    given = links(service) | ({"SHOP_PORT": "x"} if settings is ServicePort else {})
    result = site(settings).resolve(given)
    told = [problem for problem in result.problems if problem.variable == variable]
    assert told
    assert "enableServiceLinks: false" in str(told[0].hint)
    if settings is ServicePort:
        assert [(problem.code, problem.severity) for problem in told] == [("name-collides", "warning")]
        row = next(row for row in rows(result) if row.name == variable)
        assert row.source == "environment, set by Kubernetes for the Service shop"
    else:
        assert told[0].code == "value-invalid"
