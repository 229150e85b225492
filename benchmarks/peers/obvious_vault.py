"""The obvious way with a secret in Vault: obvious.py, and one KV v2 read with hvac."""

import json
import os
from pathlib import Path
from typing import Annotated

import hvac
import jsonschema
import typer
from dotenv import load_dotenv

from benchmarks.settings import Settings


def main(
    command: list[str],
    schema: Annotated[Path, typer.Option()],
    env_file: Annotated[Path | None, typer.Option()] = None,
) -> None:
    if env_file:
        load_dotenv(env_file)
    client = hvac.Client(url=os.environ.pop("VAULT_ADDR"), token=os.environ.pop("VAULT_TOKEN"))
    answer = client.secrets.kv.v2.read_secret_version(path="bench", raise_on_deleted_version=True)
    os.environ["SHOP_SECRET_KEY"] = answer["data"]["data"]["secret_key"]
    settings = Settings()  # type: ignore[call-arg]  # the environment has the rest
    jsonschema.validate(settings.model_dump(mode="json"), json.loads(schema.read_text()))
    os.execvp(command[0], command)


typer.run(main)
