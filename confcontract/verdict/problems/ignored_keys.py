"""Keys in the config files of a settings class that the class ignores: a typo there goes unnoticed.

Within a section, which belongs to the application, every such key is reported. At the top level, the file is often
shared with other programs: only a key that resembles a setting's key is reported, if that setting has no value in the
file.
"""

from __future__ import annotations

from confcontract.contract.artifact import is_hidden
from confcontract.report.problem import ERROR
from confcontract.verdict.sources.filekeys import FileKeys
from confcontract.verdict.sources.unknown_keys import TOLD, Stranger, meant_by, tell

TYPE_CHECKING = False
if TYPE_CHECKING:
    from confcontract.report.problem import Problem
    from confcontract.verdict.resolution import Resolution
    from confcontract.verdict.sources.gathered import ConfigFilesRead
    from confcontract.verdict.sources.places import Place
    from confcontract.verdict.sources.unknown_keys import Keys

_SHORTEST = 4  # characters: a shorter key resembles too many others
_COMPARED = 1000  # this many keys at the top are compared with those of settings


def ignored_keys(result: Resolution, *, strict: bool) -> list[Problem]:
    keys = FileKeys(result.contract)
    problems: list[Problem] = []
    for place, where in result.gathered.doubtful:
        inside = [
            stranger
            for key, (field, written) in where.fields.items()
            for stranger in keys.ignored(where.data[key], (*place, field), (written,))
        ]
        near = _near_misses(keys, place, where)

        def source(at: Keys, where: ConfigFilesRead = where) -> str:
            return where.words_of(where.name_of(at))

        secretive = _with_secrets(result, place) if inside else frozenset()

        def near_secrets(at: Keys, where: ConfigFilesRead = where, secretive: frozenset[object] = secretive) -> bool:
            return any(field in secretive for field, written in where.fields.values() if written == at[0])

        told = tell(inside, keys, source, str(where), near_secrets)
        problems += [each.but(severity=ERROR) for each in told] if strict else told
        problems += tell(near, keys, source, str(where))
    return problems


def _with_secrets(result: Resolution, place: Place) -> frozenset[object]:
    """The fields at this place that contain a secret."""
    paths = [tuple(each["path"]) for each in result.contract.variables if is_hidden(each)]
    return frozenset(
        path[len(place)] for path in paths if path[: len(place)] == tuple(place) and len(path) > len(place)
    )


def _near_misses(keys: FileKeys, place: Place, where: ConfigFilesRead) -> list[Stranger]:
    members = keys.ignoring(place)
    if members is None:
        return []
    heads = {way[0] for ways, _ in members.values() for way in ways}
    given = {written for _, written in where.fields.values()}
    left = [key for key in where.data if key not in where.fields and key not in heads and len(key) >= _SHORTEST]
    strangers = [Stranger((key,), members) for key in left[:_COMPARED]]
    near = [each for each in strangers if (meant := meant_by(each, keys)) is not None and meant not in given]
    return near[:TOLD]
