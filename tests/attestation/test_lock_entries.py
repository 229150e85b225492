"""Every form of a lock file is read into the same entries."""

from __future__ import annotations

from pathlib import Path

import pytest

from confcontract.attestation.lock_entries import LockEntry, lock_entries
from confcontract.attestation.lock_hashes import lock_hashes
from confcontract.audit.lock_file import read_lock_file

A, B = "a" * 64, "b" * 64
LONG = "c" * 128
PYLOCK = f"""
lock-version = "1.0"
[[packages]]
name = "Shop_Kit"
version = "1.4"
[packages.sdist]
url = "https://index.example/shop_kit.tar.gz"
hashes = {{sha256 = "{A}"}}
[[packages.wheels]]
url = "https://index.example/shop_kit.whl"
hashes = {{md5 = "{A[:32]}", sha512 = "{LONG}"}}
[[packages]]
name = "bare"
version = "2"
[[packages]]
name = "shop"
version = "1"
[packages.directory]
path = "."
"""
UV = f"""
version = 1
[[package]]
name = "shop-kit"
version = "1.4"
source = {{ registry = "https://index.example/simple" }}
sdist = {{ url = "https://index.example/a", hash = "sha256:{A}" }}
wheels = [{{ url = "https://index.example/b", hash = "sha256:{B}" }}]
[[package]]
name = "shop"
version = "1"
source = {{ editable = "." }}
"""


@pytest.mark.parametrize(
    ("line", "entry"),
    [
        ("Shop_Kit==1.4", LockEntry("shop-kit", "1.4", (), everywhere=True)),
        ("shop===1.4", LockEntry("shop", "1.4", (), everywhere=True)),
        ("shop[all] == 1.4 ; python_version > '3'", LockEntry("shop", "1.4", ())),
        (f"shop==1.4 \\\n    --hash=sha256:{A}  # via x", LockEntry("shop", "1.4", (f"sha256:{A}",), everywhere=True)),
        (f"shop==1 --hash sha512:{LONG}", LockEntry("shop", "1", (f"sha512:{LONG}",), everywhere=True)),
        (f"shop==1 --hash=md5:{'d' * 32}", LockEntry("shop", "1", (), everywhere=True)),
        ("shop==1.*", LockEntry("shop", None, ())),
        ("shop==1,<2", LockEntry("shop", None, ())),
        ("shop @ https://user:pw@index.example/shop.whl", LockEntry("shop", None, ())),
        ("https://user:pw@index.example/shop.whl", LockEntry("requirement 1", None, ())),
    ],
)
def test_a_requirement_is_read(line: str, entry: LockEntry) -> None:
    assert lock_entries(line) == [entry]


@pytest.mark.parametrize(
    ("text", "entries"),
    [
        (
            PYLOCK,
            [
                LockEntry("shop-kit", "1.4", (f"sha256:{A}", f"sha512:{LONG}")),
                LockEntry("bare", "2", ()),
                LockEntry("shop", "1", (), local=True),
            ],
        ),
        (UV, [LockEntry("shop-kit", "1.4", (f"sha256:{A}", f"sha256:{B}")), LockEntry("shop", "1", (), local=True)]),
    ],
    ids=["pylock", "uv"],
)
def test_a_lock_in_toml_is_read(text: str, entries: list[LockEntry]) -> None:
    assert lock_entries(text) == entries


def test_an_audit_and_an_attestation_agree_on_a_pylock(tmp_path: Path) -> None:
    file = tmp_path / "pylock.toml"
    file.write_text(PYLOCK)
    lock = read_lock_file(str(file))
    assert lock.versions == {"shop-kit": {"1.4"}, "bare": {"2"}}
    assert lock.unhashed == {"bare"}
    assert lock_hashes(file.read_bytes()) == {("shop-kit", "1.4"): (A,)}
