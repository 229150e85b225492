"""Interpolation and env files, read as a real `docker compose config` reads them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from confcontract.manifests.compose_env_file import MalformedEnvFile, read_compose_env, read_raw
from confcontract.manifests.compose_text import InvalidTemplate, NotSet, interpolate

HERE = {"VAR": "shell", "EMPTY": ""}
COMPOSE = shutil.which("docker-compose", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]))
TEXTS = [
    "$", "$1", "a$ b", "$$x", "${A:-${B:-c}d}", "${A:-}}", "$VAR.y", "${VAR}}", "${A:-$$x}", '${A:-"q"}', "$(x)",
    "${A:+x}", "${VAR:+x}", "${EMPTY-x}", "${EMPTY:-x}", "${EMPTY+x}", "${EMPTY:+x}", "${VAR?x}", "${EMPTY?x}",
    "${A-}", "$VAR$VAR", "plain", "", "${VAR:-x}y",
]  # fmt: skip
LINES = [
    "A=1", 'B="x\\ty\\$z\\"q"', "C=${A}2", "VAR=infile", "G=$VAR", "H=a $$b", "I=x  # c", "J=x#y", 'K="a" # z',
    "L='it\\n'", "M=", "N=  sp  ", "export P=1", 'Q="${NOPE:-d}"', 'S="a\nb"', "T='x\ny'", "U=a\\nb", 'V="$A"',
    "W=`cmd`", "X=http://a?b=c&d", 'Y="\\u0041 \\a"', "AA = spaced", "BB= #x", "CC=#x", "A.B=dot", "A-B=dash",
    "EE=\\$A", 'FF="\\$A"', 'GG="a\\\\b"', "JJ=${VAR:+alt}", "E8: yamlish", "HH='\\''", "MM=$1x", "NN=$",
    "OO: x: y", 'PP="\\101\\0101\\x41\\e"', 'QQ="\\n\\r\\v\\f\\b\\c"', "RR=x'y'", "SS=x\t#tab", "TT=ü${VAR}", "UU[0]=1",
    'DD="x"', "ZZ='$VAR'", "NBSP=\x85\xa0 x\xa0y", "NEL=\x0b\u2028x", "VAR",
]  # fmt: skip
REFUSED = ["A B=1", "A$=1", 'A="unterminated', "A=${unclosed", "A=${1}", "A=${A.B}", 'A="${B:-"q"}"']


def environment(folder: Path, service: dict[str, object]) -> dict[str, str]:
    """What the real one gives to a service."""
    if COMPOSE is None:
        pytest.skip("docker-compose is not installed")
    (folder / "compose.yaml").write_text(json.dumps({"services": {"a": {"image": "x", **service}}}), encoding="utf-8")
    done = subprocess.run(
        [COMPOSE, "-f", str(folder / "compose.yaml"), "config", "--format", "json"],
        env={**HERE, "HOME": str(folder), "PATH": os.environ["PATH"]}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise ValueError(done.stderr)
    found: dict[str, str] = json.loads(done.stdout)["services"]["a"]["environment"]
    return {name: value.replace("$$", "$") for name, value in found.items()}


def test_interpolation_is_that_of_compose(tmp_path: Path) -> None:
    texts = {f"T{number}": text for number, text in enumerate(TEXTS)}
    assert environment(tmp_path, {"environment": texts}) == {
        name: interpolate(text, HERE.get) for name, text in texts.items()
    }


@pytest.mark.parametrize("text", ["${1}", "${A", "${VAR:x}", "${ VAR}", "${}", "${A:-${B}"])
def test_what_compose_refuses_is_refused(text: str) -> None:
    with pytest.raises(InvalidTemplate):
        interpolate(text, HERE.get)


@pytest.mark.parametrize("text", ["$A", "${A}", "${A:?needed}", "${EMPTY:?needed}", "${A:-$B}"])
def test_what_is_not_set_here_is_not_known(text: str) -> None:
    with pytest.raises(NotSet):
        interpolate(text, HERE.get)


def test_an_env_file_is_read_as_compose_reads_it(tmp_path: Path) -> None:
    text = "\n".join(LINES)
    (tmp_path / "x.env").write_text(text, encoding="utf-8")
    ours = {each.name: each.value for each in read_compose_env(text, HERE.get)}
    assert environment(tmp_path, {"env_file": ["x.env"]}) == ours


@pytest.mark.parametrize("text", REFUSED)
def test_an_env_file_that_compose_refuses_is_refused(text: str) -> None:
    with pytest.raises(MalformedEnvFile):
        read_compose_env(f"{text}\nLAST=1\n", HERE.get)


def test_the_refused_ones_are_refused_by_compose(tmp_path: Path) -> None:
    (tmp_path / "x.env").write_text(REFUSED[2] + "\n", encoding="utf-8")
    with pytest.raises(ValueError, match="unterminated"):
        environment(tmp_path, {"env_file": ["x.env"]})


def test_raw_lines_keep_their_quotes(tmp_path: Path) -> None:
    text = 'A="x"\n# c\nB=$VAR # y\n C=1\nD=a\u2028b\x0bc \nE=x\r\n'
    (tmp_path / "x.env").write_text(text, encoding="utf-8")
    ours = {each.name: each.value for each in read_raw(text)}
    assert ours == {"A": '"x"', "B": "$VAR # y", "C": "1", "D": "a\u2028b\x0bc ", "E": "x"}
    assert environment(tmp_path, {"env_file": [{"path": "x.env", "format": "raw"}]}) == ours


@pytest.mark.parametrize("text", ["A B=1", "A =1", "A: 1", "=1", "export A=1"])
def test_a_raw_line_that_compose_refuses_is_refused(text: str) -> None:
    with pytest.raises(MalformedEnvFile) as caught:
        read_raw(f"LAST=1\n{text}\n")
    assert caught.value.line == 2


def test_names_that_are_not_set_here_are_not_known() -> None:
    found = read_compose_env("A\nB=$A\nC=${A:-x}\nexport VAR\n", HERE.get)
    assert [(each.name, each.value, each.line) for each in found] == [
        ("A", None, 1),
        ("B", None, 2),
        ("C", "x", 3),
        ("VAR", "shell", 4),
    ]
