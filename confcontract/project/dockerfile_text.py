"""The proposed Dockerfile and .dockerignore, with a reason for each choice."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from confcontract.contract.artifact_file import API_VERSION
from confcontract.contract.from_image import DIGEST_LABEL, PATH_LABEL
from confcontract.project.data_files import KEPT_OUT
from confcontract.project.image_plan import CONTAINER_ENV

if TYPE_CHECKING:
    from confcontract.project.image_plan import ImagePlan

VERSION_LABEL = "confcontract.version"
USER = "10001:10001"
WHEELS = "dist"
MOST_COPIES = 5  # of single files from one folder
# A fixed date for packages: with the date of the commit, their layer would change with each commit.
PACKAGES_DATE = 315532800  # 1980-01-01, the earliest date in a zip archive
# BuildKit's rule SecretsUsedInArgOrEnv (frontend/dockerfile/linter) checks the words of names.
_WARNS = re.compile(r"(?i)(?:^|_)(?:apikey|auth|credentials?|key|password|pword|passwd|secret|token)(?:_|$)")
_ALLOWED = re.compile(r"(?i)(?:^|_)public(?:_|$)")


def dockerfile(plan: ImagePlan) -> str:
    parts = [_head(plan), _build_stage(plan), _contract_stage(), _final_stage(plan)]
    return "\n".join(parts)


def dockerignore(plan: ImagePlan) -> str:
    lines = [
        "# Only what the Dockerfile copies, so that no environment file, key or cache gets into a layer.",
        "*",
        f"!{plan.lock.file}",
    ]
    if not plan.lock.has_confcontract:
        lines.append(f"!{WHEELS}/*.whl")
    lines += [f"!{source}" for source in plan.sources]
    lines += ["**/__pycache__", "**/.env*", *(f"**/{pattern}" for pattern in KEPT_OUT)]
    if plan.container_env:
        lines.append(f"!{CONTAINER_ENV}")
    return "\n".join(lines) + "\n"


def _skipped_check(plan: ImagePlan) -> list[str]:
    """Skips the check only for names that the settings declare not secret. For unknown names there is no evidence."""
    names = [name for name in (each.partition("=")[0] for each in plan.environment.kept) if _is_suspected(name)]
    cleared = [name for name in names if name in plan.environment.cleared]
    if not cleared:
        return []
    unknown = [name for name in names if name not in cleared]
    return [
        "# check=skip=SecretsUsedInArgOrEnv",
        "# That check only looks at names, and can be skipped only for the whole file. It is skipped for these, which",
        f"# the settings declare, and not as secrets: {', '.join(cleared)}.",
        *([f"# It would also warn of what the settings don't declare: {', '.join(unknown)}."] if unknown else []),
        "# `confcontract audit` checks every ENV and ARG of the image against the contract instead.",
        "#",
    ]


def _is_suspected(name: str) -> bool:
    return bool(_WARNS.search(name)) and not _ALLOWED.search(name)


def _head(plan: ImagePlan) -> str:
    lines = _skipped_check(plan)
    lines += [
        f"# The image of {plan.name}, with its contract. `make image` builds it; `confcontract init` wrote it.",
        "#",
        "# BASE must name a digest: a tag may point to another image tomorrow.",
    ]
    if plan.base:
        lines += ["# Let a dependency bot update it.", f"ARG BASE={plan.base}"]
    else:
        tag = f"python:{plan.python}-slim-bookworm"
        lines += [
            "# It has no default: a digest from when this file was written would be an old, unpatched system by now.",
            f"# `docker buildx imagetools inspect {tag}` shows the current one; let a dependency bot update it.",
            "ARG BASE",
        ]
    return "\n".join(lines) + "\n"


def _build_stage(plan: ImagePlan) -> str:
    lines = [
        "FROM ${BASE} AS build",
        "ARG BASE",
        'RUN case "$BASE" in *@sha256:*) ;; *) echo "BASE=$BASE is not pinned: append @sha256:..." >&2; exit 1 ;; esac',
        "WORKDIR /app",
        "# pip stays in this stage: the application does not need it, but an intruder could use it.",
        "RUN python -m venv /opt/pip && python -m venv --without-pip venv",
        f"ENV PATH=/app/venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1{_import_path(plan)}",
        "# Slow and seldom changed, so this comes first: all builds with one lock file share the layer.",
        *_how_locked(plan),
        f"COPY {plan.lock.file} .",
        "# A lock is complete: without --no-deps, pip would look for what packages ask for beyond it. No byte code:",
        "# that of pip holds the time of the installation.",
        "RUN /opt/pip/bin/pip --python venv/bin/python install --no-cache-dir --no-compile \\",
        f"    --no-deps --require-hashes -r {plan.lock.file}",
    ]
    if not plan.lock.has_confcontract:
        lines += [
            f"# confcontract is not in {plan.lock.file}: its wheel comes with the build context.",
            f"COPY {WHEELS}/*.whl {WHEELS}/",
            "RUN /opt/pip/bin/pip --python venv/bin/python install --no-cache-dir --no-compile \\",
            f"    --no-deps --no-index {WHEELS}/*.whl",
        ]
    lines += [
        "# Byte code by the hash of its source, not by its time, and in one order: the same files give the same bytes.",
        "# What a package has for another Python doesn't compile, and isn't imported either. The date is fixed, so",
        "# that this layer stays the same from commit to commit.",
        "RUN PYTHONHASHSEED=0 python -m compileall -q --invalidation-mode unchecked-hash venv > /dev/null || true; \\",
        f"    find venv -exec touch --no-dereference --date=@{PACKAGES_DATE} {{}} +",
        "# What the application imports, and the files that it opens by a name in its code. What it finds in another",
        "# way is not here: add it below, to the last stage and to .dockerignore.",
        *_copies(plan.sources),
    ]
    if plan.container_env:
        lines += [f"COPY {CONTAINER_ENV} /etc/confcontract/conf.d/10-container.env"]
    sources = " ".join(plan.sources)
    times = f"{sources} /etc/confcontract"
    lines += [
        "# After the slow layers, because these differ in every build.",
        "ARG SOURCE_COMMIT",
        "ARG SOURCE_DATE_EPOCH",
        *([] if plan.versioned else ["ARG VERSION=0"]),
        "# Modes and times of a checkout differ between machines. Bake uses SOURCE_DATE_EPOCH as the build time.",
        f"RUN PYTHONHASHSEED=0 python -m compileall -q --invalidation-mode unchecked-hash {sources} && \\",
        f"    confcontract bake {' '.join(plan.settings)}{_called(plan)} -o /etc/confcontract \\",
        f'        --source-commit "$SOURCE_COMMIT"{_of_version(plan)} && \\',
        f"    chmod -R u=rwX,go=rX {times} && \\",
        f'    find {times} -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {{}} +',
    ]
    return "\n".join(lines) + "\n"


def _how_locked(plan: ImagePlan) -> list[str]:
    if plan.lock.command is None:
        return []
    return [f"# `make lock` writes it, with the hashes of {plan.lock.made_from}."]


def _contract_stage() -> str:
    return (
        "# Only the contract: `make contract` copies it from the build, to compare it or to name it in a label.\n"
        "FROM scratch AS contract\n"
        "COPY --from=build /etc/confcontract/contract.json /\n"
        "\n"
        "FROM build AS named\n"
        "# A label that names another contract than the one in the image would be worse than none.\n"
        "ARG CONTRACT_DIGEST\n"
        'RUN grep -q "\\"digest\\":\\"$CONTRACT_DIGEST\\"" /etc/confcontract/contract.json\n'
    )


def _final_stage(plan: ImagePlan) -> str:
    lines = [
        "# The same base and folder: an environment and its programs find their interpreter by its path.",
        "FROM ${BASE}",
        "WORKDIR /app",
        "COPY --from=build /app/venv venv",
        *_copies(plan.sources, "--from=build ", "/app/"),
    ]
    if plan.container_env:
        lines += [
            "# Values for all containers; everything that a deployment sets overrides them.",
            "COPY --from=build /etc/confcontract/conf.d /etc/confcontract/conf.d",
        ]
    lines += [
        "# The programs of the environment are found by name, and the modules from any folder. What is printed is not",
        "# held back. No byte code is written at run time: it is there, and the root file system may be read-only.",
        f"ENV PATH=/app/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1{_import_path(plan)}",
    ]
    if plan.environment.kept:
        lines += [
            "# Variables of the previous Dockerfile, without its secrets and without those for package managers.",
            "ENV " + " \\\n    ".join(plan.environment.kept),
        ]
    lines += [
        "ARG BASE",
        "ARG VERSION=0",
        "ARG SOURCE_COMMIT",
        "ARG SOURCE_URL",
        "ARG CONTRACT_DIGEST",
        "# Large labels break container runtimes, so these hold only the contract's path and digest.",
        f'LABEL org.opencontainers.image.title="{plan.name}" \\',
        '      org.opencontainers.image.version="$VERSION" \\',
        '      org.opencontainers.image.revision="$SOURCE_COMMIT" \\',
        '      org.opencontainers.image.source="$SOURCE_URL" \\',
        '      org.opencontainers.image.base.name="$BASE" \\',
        f'      {PATH_LABEL}="/etc/confcontract/contract.json" \\',
        f'      {VERSION_LABEL}="{API_VERSION}" \\',
        f'      {DIGEST_LABEL}="$CONTRACT_DIGEST"',
        "# A number, so that Kubernetes can verify that it is not root. Boot writes nothing here: --read-only works.",
    ]
    if plan.port:
        lines.append("# EXPOSE documents the port on which the application listens; it opens nothing.")
    lines.append(f"USER {USER}")
    if plan.port:
        lines.append(f"EXPOSE {plan.port}")
    lines += [
        "# Checks that the application runs, from a file that boot writes to /tmp: with --read-only, add --tmpfs /tmp.",
        "# Kubernetes has its own probes and ignores this.",
        "ENV CONFCONTRACT_RUNTIME_DIR=/tmp",
        "HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \\",
        '    CMD ["python", "-I", "-m", "confcontract", "probe", "live"]',
        "# A list, no line for a shell: the application itself becomes process 1 and gets the signals. -I: boot",
        "# is isolated from PYTHON* variables and from modules that are meant for the application. CMD is what boot",
        "# starts unless a deployment names another command, such as that of a worker or a migration.",
        'ENTRYPOINT ["python", "-I", "-m", "confcontract", "boot", "--"]',
        f"CMD {json.dumps(list(plan.command))}",
        "# Last, in a layer of its own: reading the contract from a registry then fetches only this small blob.",
        "COPY --from=named /etc/confcontract/contract.json /etc/confcontract/schema.json \\",
        "    /etc/confcontract/defaults.env /etc/confcontract/",
    ]
    return "\n".join(lines) + "\n"


def _copies(sources: Sequence[str], option: str = "", before: str = "") -> list[str]:
    """One line per source. Many files of one folder share an instruction, since each instruction makes a layer, and the
    limit is 127."""
    files: dict[str, list[str]] = {}
    for source in sources:
        if PurePosixPath(source).suffix == ".py":
            files.setdefault(posixpath.dirname(source), []).append(source)
    together = {folder: listed for folder, listed in files.items() if len(listed) > MOST_COPIES}
    lines = []
    for source in sources:
        listed = together.get(posixpath.dirname(source), [])
        if source not in listed:
            lines.append(f"COPY {option}{before}{source} {source}")
        elif source == listed[0]:
            names = " \\\n    ".join(f"{before}{each}" for each in listed)
            lines.append(f"COPY {option}{names} \\\n    {posixpath.dirname(source) or '.'}/")
    return lines


def _called(plan: ImagePlan) -> str:
    """Without a name, a contract is named after the first part of its module, which may be `app` or `src`."""
    return "" if plan.named else f" --name {plan.name}"


def _of_version(plan: ImagePlan) -> str:
    """Without a version, every contract has version 0, and no report or tag could distinguish two releases."""
    return "" if plan.versioned else ' --version "${VERSION:-0}"'


def _import_path(plan: ImagePlan) -> str:
    """The folder of the modules, for programs that do not search the working directory: `uvicorn`, `celery`."""
    return f" PYTHONPATH={':'.join(str(PurePosixPath('/app') / root) for root in plan.roots)}"
