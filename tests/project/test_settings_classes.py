"""Settings classes are found in the source; nothing is imported."""

from __future__ import annotations

from pathlib import Path

import pytest

from confcontract.project.settings_classes import candidates
from confcontract.project.source_folders import import_roots, modules, reached

IMPORT = "from pydantic_settings import BaseSettings\n"


def found(folder: Path, **texts: str) -> list[str]:
    for name, text in texts.items():
        path = folder / (name.replace("__", "/") + ".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return [each.target for each in candidates(modules(folder, import_roots(folder)))]


@pytest.mark.parametrize(
    "texts,expected",
    [
        ({"conf": IMPORT + "class S(BaseSettings): ..."}, ["conf:S"]),
        ({"conf": "import pydantic_settings as p\nclass S(p.BaseSettings): ..."}, ["conf:S"]),
        ({"conf": "from pydantic_settings import BaseSettings as B\nclass S(B): ..."}, ["conf:S"]),
        ({"conf": IMPORT + "class A(BaseSettings): ...\nclass B(A): ..."}, ["conf:B"]),
        (
            {"app__a": IMPORT + "class A(BaseSettings): ...", "app__b": "from app.a import A\nclass B(A): ..."},
            ["app.b:B"],
        ),
        ({"conf": IMPORT + "class A(BaseSettings): ...\nclass B(BaseSettings):\n    a: A = A()"}, ["conf:B"]),
        ({"a": IMPORT + "class A(BaseSettings): ...", "b": IMPORT + "class B(BaseSettings): ..."}, ["a:A", "b:B"]),
        (
            {"a": IMPORT + "from confcontract import declare\nclass A(BaseSettings): ...\nx = declare(A, name='x')"},
            ["a:x"],
        ),
        ({"conf": "class S: ..."}, []),
        ({"conf": "from pydantic import BaseSettings\nclass S(BaseSettings): ..."}, []),
        ({"tests__conf": IMPORT + "class S(BaseSettings): ..."}, []),
        ({"bad": "class (", "conf": IMPORT + "class S(BaseSettings): ..."}, ["conf:S"]),
        ({"src__app__conf": IMPORT + "class S(BaseSettings): ...", "setup": ""}, ["app.conf:S"]),
        ({"src__conf": IMPORT + "class S(BaseSettings): ...", "src__main": "from src.conf import S"}, ["src.conf:S"]),
        (
            {
                "src____init__": "",
                "src__app__conf": IMPORT + "class S(BaseSettings): ...",
                "src__app__main": "from app.conf import S",
            },
            ["app.conf:S"],
        ),
        (
            {"a": IMPORT + "class A(BaseSettings): ...", "b": IMPORT + "class B(BaseSettings): ...\nsettings = B()"},
            ["b:B"],
        ),
        (
            {
                "a": IMPORT + "class A(BaseSettings): ...\ndef made():\n    return A()",
                "b": IMPORT + "class B(BaseSettings): ...\n@lru_cache(maxsize=1)\ndef kept():\n    return B()",
            },
            ["b:B"],
        ),
        ({"conf": IMPORT + "raise SystemExit('imported')\nclass S(BaseSettings): ..."}, ["conf:S"]),
    ],
)
def test_the_classes_that_stand_for_all_settings_are_found(
    tmp_path: Path, texts: dict[str, str], expected: list[str]
) -> None:
    assert found(tmp_path, **texts) == expected


def test_only_what_the_application_imports_is_needed(tmp_path: Path) -> None:
    found(
        tmp_path,
        app____init__="",
        app__main="import shared.names\nimport json",
        shared__names="from tool import x",
        tool="x = 1",
        setup="",
        other__thing="",
    )
    assert reached(tmp_path, ["."], ["app.main"]).sources == ("app", "shared", "tool.py")
