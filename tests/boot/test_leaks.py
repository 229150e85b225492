"""A secret of this run is looked for in everything that boot says, whichever way it came in."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.support.booting import CANARY, Site
from tests.support.classes import Needy, Shop

Make = Callable[..., Site]
FORMATS = [("--log-format", "text"), ("--log-format", "json")]


@pytest.mark.parametrize("options", [*FORMATS, ("--dry-run",)], ids=" ".join)
@pytest.mark.parametrize(
    "variable", ["SHOP_PORT", "SHOP_HOST", "SHOP_TAGS", "SHOP_DATABASE", "SHOP_DATABASE__URL", "SHOP_LIMITS__A"]
)
@pytest.mark.parametrize("way", ["Vault", "secret file"])
def test_what_came_from_vault_or_a_secret_file_is_a_secret_whatever_its_type(
    site: Make, vault: dict[str, str], options: tuple[str, ...], variable: str, way: str
) -> None:
    made = site(Shop)
    if way == "Vault":
        environ = {variable: "vault:secret/shop#password", **vault}
    else:
        environ = {f"{variable}_FILE": str(made.file("secret", CANARY))}
    done = made.boot(*options, environ=environ, command=("/bin/true",))
    assert CANARY not in done.out + done.err


@pytest.mark.parametrize("options", [*FORMATS, ("--dry-run",)], ids=" ".join)
@pytest.mark.parametrize(
    "environ",
    [
        {"SHOP_PASSWORD": CANARY, "SHOP_PORT": "x"},
        {"SHOP_DATABASE__URL": f"postgres://u:{CANARY}@db/shop"},
        {"SHOP_DATABASE__URL": f"mysql://u:{CANARY}@db/shop"},
        {"SHOP_DATABASE": f'{{"url": "postgres://u:{CANARY}@db/x", "pool": 0}}'},
        {"SHOP_DATABASE": f'{{"url": "postgres://u:{CANARY}@db/x"'},
        {"SHOP_DATABASE__URL": f"{CANARY}"},
        {"SHOP_PASSWROD": CANARY},
        {"SHOP_PASSWORD": CANARY, "VAULT_TOKEN": CANARY, "OTHER": CANARY},
        {"shop_password": CANARY, "SHOP_PASSWORD": CANARY},
        {"SHOP_PASSWORD__X": CANARY},
    ],
)
def test_a_secret_is_never_shown(site: Make, options: tuple[str, ...], environ: dict[str, str]) -> None:
    done = site(Shop).boot(*options, environ=environ, command=("/bin/true",))
    assert CANARY not in done.out + done.err


def test_a_secret_in_a_bad_line_of_an_env_file_is_not_shown(site: Make) -> None:
    made = site(Needy)
    path = made.file("prod.env", f"SHOP_API_KEY='{CANARY}\n{CANARY}\nSHOP_SIGNING_KEY: {CANARY}\n")
    done = made.boot("--env-file", path)
    assert done.code != 0
    assert CANARY not in done.err
