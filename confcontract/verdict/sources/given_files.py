"""The files that operators give beside the environment: reads conf.d, --conf-file and --env-file."""

from __future__ import annotations

from confcontract.host.folder import at
from confcontract.verdict.sources.order import CONF_FILE, CONFIG_FILE, ENV_FILE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from os import PathLike

    from confcontract.contract.artifact import Contract
    from confcontract.verdict.sources.envfile import EnvFile
    from confcontract.verdict.sources.filekeys import FileKeys

CONF_ENDINGS = (".env", ".toml", ".yaml", ".yml", ".json")


def read_files(
    contract: Contract,
    environ: Mapping[str, str],
    conf_dir: str | None,
    conf_files: Sequence[str | PathLike[str]],
    env_files: Sequence[str | PathLike[str]],
) -> dict[str, list[EnvFile]]:
    """Kind of source → the content of its files, lower ones first."""
    config_file = _reader_of(contract)
    return {
        CONF_FILE: [] if conf_dir is None else read_conf_dir(conf_dir, environ, config_file),
        CONFIG_FILE: [config_file(path) for path in conf_files],
        ENV_FILE: _env_files(env_files, environ) if env_files else [],
    }


def read_conf_dir(
    path: str, environ: Mapping[str, str], config_file: Callable[[str], EnvFile] | None = None
) -> list[EnvFile]:
    """The files of a directory whose names end as one of `CONF_ENDINGS`, sorted by name. Hidden files are left out.
    Case does not matter, just as for a file that is named.

    config_file: reads a file that is not an env file; without it only env files are read. A directory that does not
    exist has no files. A directory that can't be read is an EnvFile with that problem.
    """
    import os

    try:
        listed = os.listdir(at(path))
    except FileNotFoundError:
        return []  # the usual case
    except OSError as error:
        from confcontract.host.sourcefile import access_hint

        return [_refused(path, f"can't be read: {error.strerror}", access_hint(path, error))]
    from confcontract.verdict.sources.envfile import read_env_file

    def files(names: Iterable[str]) -> list[EnvFile]:
        ours = sorted(name for name in names if name.lower().endswith(CONF_ENDINGS) and not name.startswith("."))
        paths = [os.path.join(path, name) for name in ours]
        return [
            config_file(each) if config_file and not each.lower().endswith(".env") else read_env_file(each, environ)
            for each in paths
        ]

    if "..data" not in listed:
        return files(listed)
    from confcontract.host.projection import in_one_state

    return in_one_state(path, lambda: _inside(path, files(os.listdir(at(path)))))


def _inside(directory: str, files: Sequence[EnvFile]) -> list[EnvFile]:
    """The files of a directory that Kubernetes has filled, if no link in it leads elsewhere."""
    from confcontract.host.projection import leads_out

    what, hint = f"is a link that points outside of {directory}", "mount the file itself"
    return [_refused(each.name, what, hint) if leads_out(each.name, directory) else each for each in files]


def _refused(path: str, what: str, hint: str) -> EnvFile:
    from confcontract.report.problem import Problem
    from confcontract.verdict.sources.envfile import EnvFile

    refused = EnvFile(path)
    message = f"{path} {what}"
    refused.problems.append(Problem("source-unreadable", message, source=path, hint=hint, source_said=True))
    return refused


def _env_files(paths: Sequence[str | PathLike[str]], environ: Mapping[str, str]) -> list[EnvFile]:
    import os

    from confcontract.verdict.sources.envfile import read_env_file

    return [read_env_file(os.fspath(path), environ) for path in paths]


def _reader_of(contract: Contract) -> Callable[[str | PathLike[str]], EnvFile]:
    """The reader for config files of a contract's settings. It looks nothing up until there is a config file."""
    known: list[FileKeys] = []

    def config_file(path: str | PathLike[str]) -> EnvFile:
        import os

        from confcontract.verdict.sources.filekeys import FileKeys
        from confcontract.verdict.sources.operatorfile import read_operator_file

        if not known:
            known.append(FileKeys(contract))
        return read_operator_file(os.fspath(path), known[0])

    return config_file
