"""The obvious way with a secret in AWS Secrets Manager: obvious.py, and one secret read with boto3."""

import json
import os
from pathlib import Path
from typing import Annotated

import boto3
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
    answer = boto3.client("secretsmanager").get_secret_value(SecretId="bench")
    os.environ["SHOP_SECRET_KEY"] = json.loads(answer["SecretString"])["secret_key"]
    settings = Settings()  # type: ignore[call-arg]  # the environment has the rest
    jsonschema.validate(settings.model_dump(mode="json"), json.loads(schema.read_text()))
    os.execvp(command[0], command)


typer.run(main)
