"""`confcontract init`: data files that the application opens by a name in its code are copied, and nothing else is."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from tests.project.initialised import init, text
from tests.project.shapes import MAIN, SETTINGS, SHAPES, lay

DATA = {
    "templates/index.html": "",
    "static/css/page.css": "",
    "tables/rates.csv": "",
    "tables/private.csv": "",
    "words.json": "{}",
    "logging.ini": "",
    "uploads/photo.png": "",
    "data/customers.db": "",
    ".env": "KEY=pw-4417",
    "odd name/x.txt": "",
}


def sources(folder: Path) -> list[str]:
    """What is copied out of the project, in both stages; the same is in the build context."""
    copied = [line.split()[1] for line in text(folder).splitlines() if re.fullmatch(r"COPY (\S+) \1", line)]
    assert [each for each in copied if f"COPY --from=build /app/{each} {each}\n" not in text(folder)] == []
    assert [each for each in copied if f"!{each}\n" not in text(folder, ".dockerignore")] == []
    return copied


def test_data_files_that_the_code_names_are_in_the_image(tmp_path: Path) -> None:
    main_module = (
        "import json, logging.config, os\nfrom pathlib import Path\nfrom fastapi import FastAPI\n"
        "from fastapi.staticfiles import StaticFiles\nfrom fastapi.templating import Jinja2Templates\n"
        "from settings import Settings\napp = FastAPI()\nHERE = Path(__file__).parent\n"
        'app.mount("/static", StaticFiles(directory="static"))\npages = Jinja2Templates(directory=str(HERE / "templates"))\n'
        'rates = (HERE / "tables" / "rates.csv").read_text()\nwords = json.load(open("./words.json"))\n'
        'logging.config.fileConfig(os.path.join(HERE, "logging.ini"))\nitem = {}["data"]\nopen(".env"); open("../x")\n'
        'open("odd name/x.txt"); open("settings.py"); open("missing.txt"); open("/etc/passwd"); open("static/css")\n'
    )
    lay(tmp_path, SHAPES["pip-tools"] | DATA | {"main.py": main_module, "settings.py": SETTINGS})
    shutil.rmtree(tmp_path / "app")
    assert init(tmp_path, "--yes") == 0
    assert sources(tmp_path) == [
        *("logging.ini", "main.py", "settings.py", "static", "tables/rates.csv", "templates", "words.json")
    ]


def test_flask_has_templates_and_static_files_beside_its_module(tmp_path: Path) -> None:
    main_module = "from flask import Flask\nfrom settings import Settings\napp = Flask(__name__)\n"
    files = DATA | {"requirements.txt": "flask\ngunicorn\n", "main.py": main_module, "settings.py": SETTINGS}
    lay(tmp_path, files)
    shutil.rmtree(tmp_path / "app")
    assert init(tmp_path, "--yes") == 0
    assert sources(tmp_path) == ["main.py", "settings.py", "static", "templates"]


def test_data_beside_the_packages_of_a_source_folder(tmp_path: Path) -> None:
    named = (
        f'{MAIN}open("src/words.json"); PAGES = Path(__file__).parents[1] / "templates"\nopen("static/css/page.css")\n'
    )
    files = {"src/app/main.py": named, "src/words.json": "", "src/templates/a.html": "", "static/css/page.css": ""}
    lay(tmp_path, SHAPES["uv"] | files, "src/")
    (tmp_path / "src/app/main.py").write_text(named, encoding="utf-8")
    assert init(tmp_path, "--yes") == 0
    assert sources(tmp_path) == ["src/app", "src/templates", "src/words.json", "static/css/page.css"]


def test_a_path_that_begins_with_the_file_of_its_module_counts_from_there(tmp_path: Path) -> None:
    named = (
        f"{MAIN}import os\nHERE = Path(__file__).resolve().parent\nTOP = os.path.dirname(os.path.dirname(__file__))\n"
    )
    named += 'a = HERE / "frontend"; b = Path(__file__).parents[1] / "words.json"; c = os.path.join(TOP, "static")\n'
    named += 'd = HERE.parent / "tables" / "rates.csv"; e = HERE.joinpath("templates"); f = HERE / ".." / "x"\n'
    files = {"frontend/index.ts": "", "tables/rates.csv": "", "templates/a.html": "", "app/main.py": named}
    lay(tmp_path, SHAPES["pip-tools"] | {"words.json": "", "static/page.css": ""} | files)
    (tmp_path / "app/main.py").write_text(named, encoding="utf-8")
    assert init(tmp_path, "--yes") == 0
    assert sources(tmp_path) == ["app", "static", "tables/rates.csv", "words.json"], "not those of the project"


def test_many_modules_of_one_folder_make_one_layer(tmp_path: Path) -> None:
    names = [f"part_{number}.py" for number in range(7)]
    imports = "".join(f"import {name.removesuffix('.py')}\n" for name in names)
    lay(tmp_path, SHAPES["pip-tools"] | dict.fromkeys(names, "") | {"app/main.py": imports + MAIN})
    (tmp_path / "app/main.py").write_text(imports + MAIN, encoding="utf-8")
    assert init(tmp_path, "--yes") == 0
    listed = " \\\n    "
    assert f"COPY {listed.join(names)}{listed}./\n" in text(tmp_path)
    assert f"COPY --from=build {listed.join(f'/app/{each}' for each in names)}{listed}./\n" in text(tmp_path)
    assert sources(tmp_path) == ["app"]
    assert all(f"!{each}\n" in text(tmp_path, ".dockerignore") for each in names)


def test_data_that_a_link_leads_out_to_is_not_copied(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    project = lay(tmp_path / "project", SHAPES["pip-tools"] | {"app/main.py": f'{MAIN}open("outside")\n'})
    (project / "outside").symlink_to(tmp_path / "elsewhere")
    assert init(project, "--yes") == 0
    assert sources(project) == ["app"]


def test_env_files_keys_and_secrets_that_the_code_names_stay_out_of_the_image(tmp_path: Path) -> None:
    named = f'{MAIN}open("conf/prod.env"); open("tls/server.pem"); open("tls/server.key"); open("static")\n'
    named += 'Path("secrets"); open("conf/credentials.json"); open("conf/words.json")\n'
    named += 'open("ssh/id_rsa"); open("tls/store.p12"); open("prod.env/words.txt")\n'
    files = {"app/main.py": named, "conf/prod.env": "KEY=pw-4417", "tls/server.pem": "", "tls/server.key": ""}
    files |= {"ssh/id_rsa": "pw-4417", "tls/store.p12": "pw-4417", "prod.env/words.txt": "never sent to the builder"}
    files |= {"secrets/SHOP_KEY": "pw-4417", "conf/credentials.json": "{}", "conf/words.json": "{}"}
    lay(tmp_path, SHAPES["pip-tools"] | files | {"static/prod.env": "KEY=pw-4417", "container.env": "A=b"})
    (tmp_path / "app/main.py").write_text(named, encoding="utf-8")
    assert init(tmp_path, "--yes") == 0
    assert sources(tmp_path) == ["app", "conf/words.json", "static"]
    ignored = text(tmp_path, ".dockerignore").splitlines()
    names = ("*.env", "*.pem", "*.key", "*.p12", "id_rsa", "credentials.json", "secrets.yaml")
    kept_out = [ignored.index(f"**/{name}") for name in names]
    assert ignored.index("!static") < min(kept_out)
    assert max(kept_out) < ignored.index("!container.env")  # of the rules that fit, the last one counts


def test_what_is_built_and_texts_that_are_joined_are_no_data(tmp_path: Path) -> None:
    named = f'{MAIN}OUT = Path("build"); DIST = HERE / "dist" / version; said = ", ".join(["docs"])\n'
    named += 'app.mount("/", StaticFiles(directory="dist")); PAGES = Path("build/pages")\n'
    files = {"build/image.tar": "", "build/pages/a.html": "", "dist/index.html": "", "docs/a.md": ""}
    lay(tmp_path, SHAPES["pip-tools"] | files)
    (tmp_path / "app/main.py").write_text(named.replace('app.mount("/", StaticFiles(directory="dist")); ', ""))
    assert init(tmp_path, "--yes") == 0
    assert sources(tmp_path) == ["app", "build/pages"]
    (tmp_path / "app/main.py").write_text(named)
    assert init(tmp_path, "--yes", "--force") == 0
    assert sources(tmp_path) == ["app", "build/pages", "dist"]
