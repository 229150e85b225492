"""The same job, written the obvious way: Typer, pydantic-settings and jsonschema in one script.

It loads the settings class, validates the environment with it and the result with the JSON Schema, then
becomes the command.
"""

import json
import os
from pathlib import Path
from typing import Annotated

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
    settings = Settings()  # type: ignore[call-arg]  # the environment has the rest
    jsonschema.validate(settings.model_dump(mode="json"), json.loads(schema.read_text()))
    os.execvp(command[0], command)


typer.run(main)
