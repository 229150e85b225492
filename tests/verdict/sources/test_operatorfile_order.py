"""Several config files: which one counts, and how they are put together."""

from __future__ import annotations

from pathlib import Path

from confcontract import Contract, resolve
from tests.verdict.sources.judged_files import source


def test_files_of_one_folder_are_one_order_whatever_their_format(contract: Contract, tmp_path: Path) -> None:
    folder = tmp_path / "conf.d"
    folder.mkdir()
    texts = {
        "10-a.toml": "workers = 1\nratio = 0.1\nversion = '1'\ntags = ['1']\n[database]\nurl = '1'\nport = 1",
        "20-b.env": "SHOP_WORKERS=2\nSHOP_RATIO=0.2\nSHOP_VERSION=2\nSHOP_DATABASE__URL=2\n",
        "30-c.yaml": "workers: 3\nratio: 0.3\n",
        "40-d.json": '{"workers": 4}',
        "45-e.YML": "ratio: 0.4",
        ".50-hidden.toml": "workers = 5",
        "60-other.txt": "workers = 6",
    }
    for name, text in texts.items():
        (folder / name).write_text(text)
    result = resolve(contract, environ={}, conf_dir=str(folder))
    assert result.ok, result.problems
    assert (result.values["workers"], result.values["ratio"], result.values["version"]) == (4, 0.4, "2")
    assert result.values["database"]["url"] == "2"
    assert result.values["database"]["port"] == 1
    assert source(result, "SHOP_WORKERS") == f"{folder}/40-d.json, line 1"
    overridden = [str(each) for each in result.sources["SHOP_WORKERS"].overrides]
    assert overridden == [
        f"{folder}/30-c.yaml, line 1",
        f"{folder}/20-b.env, line 1",
        f"{folder}/10-a.toml, line 1",
    ]


def test_a_named_file_is_above_the_folder_and_below_env_files(contract: Contract, tmp_path: Path) -> None:
    folder = tmp_path / "conf.d"
    folder.mkdir()
    (folder / "99.toml").write_text("workers = 1\nratio = 0.1\nversion = '1'\nmode = 'slow'\n")
    (tmp_path / "one.toml").write_text("workers = 2\nratio = 0.2\nversion = '2'\n")
    (tmp_path / "two.yaml").write_text("workers: 3\nratio: 0.3\n")
    (tmp_path / "shop.env").write_text("SHOP_WORKERS=4\n")
    files = [tmp_path / "one.toml", tmp_path / "two.yaml"]
    result = resolve(contract, environ={}, conf_files=files, env_files=[tmp_path / "shop.env"], conf_dir=str(folder))
    found = result.values
    assert (found["workers"], found["ratio"], found["version"], found["mode"]) == (4, 0.3, "2", "slow")


def test_sections_and_mappings_of_several_files_are_put_together(contract: Contract, tmp_path: Path) -> None:
    (tmp_path / "one.toml").write_text(
        "[database]\nurl = '1'\nport = 1\n[database.pool]\npoolSize = 1\n[limits]\na = 1\nb = 1"
    )
    (tmp_path / "two.json").write_text('{"database": {"port": 2, "pool": {"wait": 2}}, "limits": {"b": 2}}')
    result = resolve(
        contract,
        environ={"SHOP_DATABASE__POOL__WAIT": "PT3S"},
        conf_files=[tmp_path / "one.toml", tmp_path / "two.json"],
    )
    assert result.ok, result.problems
    database = result.values["database"]
    assert (database["url"], database["port"], database["pool"]) == ("1", 2, {"size": 1, "wait": "PT3S"})
    assert result.values["limits"] == {"a": 1, "b": 2}
    assert source(result, "SHOP_DATABASE__URL") == f"config file {tmp_path}/one.toml, line 2"
    assert source(result, "SHOP_DATABASE__PORT") == f"config file {tmp_path}/two.json, line 1"
    assert source(result, "SHOP_DATABASE__POOL__WAIT") == "environment"
