"""YAML, read by PyYAML with the loader of its `safe_load`, and with the marks of its nodes."""

from __future__ import annotations

import re

from confcontract.contract.envtext import Number, OddInteger, Truth
from confcontract.verdict.sources.documents.parsed import TOO_DEEP, Document, Fault, Offsets, failed, is_too_deep

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from confcontract.verdict.sources.documents.parsed import Path, Position, Step

MAX_NODES = 100_000  # values that aliases may lead to, each counted as often as it is reached
_NO_VALUE = (ValueError, TypeError, AttributeError, OverflowError)  # raised by a constructor without a position
_TOLD = 20  # this many duplicate keys are reported
_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]*)\.[0-9]+(?:[eE][-+]?[0-9]+)?\Z")  # as in JSON
_QUOTED = re.compile(r" *(?:'[^'<][^']+'|\"[^\"]{2,}\")")  # a longer text may be somebody's value; one character is not


def parse_yaml(text: str, *, as_written: bool = False) -> Document:
    """If PyYAML is not installed, that is the fault."""
    try:
        import yaml  # type: ignore[import-untyped]
    except ImportError:
        return failed(_missing_parser())
    try:
        loader = _as_written(yaml)(text) if as_written else yaml.SafeLoader(text)
    except yaml.reader.ReaderError as error:
        return failed(_forbidden_character(text, error))
    try:
        return _document(yaml, loader, loader.get_single_node)
    finally:
        loader.dispose()


def parse_documents(text: str, loader_of: Callable[[Any], Any], limit: int) -> tuple[list[Document], list[Fault]]:
    """All documents of a text, and the fault that ended the reading, if any. loader_of: returns the loader's class for
    the module `yaml`. limit: the maximum number of documents."""
    try:
        import yaml
    except ImportError:
        return [], [_missing_parser()]
    documents: list[Document] = []
    try:
        loader = loader_of(yaml)(text)
    except yaml.reader.ReaderError as error:
        return [], [_forbidden_character(text, error)]
    try:
        while loader.check_node():
            if len(documents) == limit:
                return documents, [Fault(Fault.UNSAFE, f"holds more than {limit} documents")]
            document = _document(yaml, loader, loader.get_node, has_aliases="*" in text)
            if not (document.readable or document.whole):
                return documents, [*document.faults]
            documents.append(document)
    except yaml.reader.ReaderError as error:  # libyaml counts bytes
        found = yaml.reader.Reader.NON_PRINTABLE.search(text)
        error.position = found.start() if found else 0
        return documents, [_forbidden_character(text, error)]
    except yaml.YAMLError as error:
        return documents, [_fault(yaml, error)]
    except RecursionError:
        return documents, [Fault(Fault.SYNTAX, TOO_DEEP)]
    finally:
        loader.dispose()
    return documents, []


def _missing_parser() -> Fault:
    what, hint = "is YAML, and PyYAML is not installed", "pip install 'confcontract[yaml]', or write TOML"
    return Fault(Fault.MISSING_PARSER, what, hint=hint)


def _forbidden_character(text: str, error: Any) -> Fault:
    what, hint = "has a character that YAML does not allow", "write it as an escape in quotes"
    return Fault(Fault.SYNTAX, what, *Offsets(text).position(error.position), hint=hint)


def _document(yaml: Any, loader: Any, next_node: Callable[[], Any], *, has_aliases: bool = True) -> Document:
    """One document of a loader. It is `whole` if its nodes could be read and only values could not."""
    root = None
    try:
        root = next_node()
        if root is None:
            return Document(None, (), empty=True)
        if has_aliases and _Count().grows_beyond(root):
            message = f"has aliases that expand to more than {MAX_NODES} values, or to themselves"
            return _failed(root, Fault(Fault.UNSAFE, message, *_at(root.start_mark), hint="write the values out"))
        faults = _twice(root)
        value = loader.construct_document(root)
    except yaml.YAMLError as error:
        return _failed(root, _fault(yaml, error))
    except RecursionError:
        return _failed(root, Fault(Fault.SYNTAX, TOO_DEEP))
    except _NO_VALUE:  # 2024-13-45, a list as a key, !!int of no number
        what, at = "has an invalid date, number or key", _place_of_no_value(loader, root)
        return _failed(root, Fault(Fault.SYNTAX, what, *at, hint="quote what is text"))
    if isinstance(value, (dict, list)) and is_too_deep(value):
        return _failed(root, Fault(Fault.SYNTAX, TOO_DEEP))
    return Document(value, faults, lambda: _positions(loader, root), whole=True)


def _failed(root: Any, fault: Fault) -> Document:
    return Document(None, (fault,), whole=root is not None)


def _place_of_no_value(loader: Any, root: Any) -> Position:
    """The start of the first node that has no valid value; the innermost one, because the nodes around it fail as
    well."""
    order = []
    waiting = [root]
    seen: set[int] = set()
    while waiting:
        node = waiting.pop()
        if id(node) not in seen:
            seen.add(id(node))
            order.append(node)
            waiting.extend(_inner(node))
    failing = [node for node in order if not _has_value(loader, node)]
    scalars = [node for node in failing if isinstance(node.value, str)]
    first = min(scalars or failing[-1:], key=lambda node: node.start_mark.index, default=None)
    return (0, 0) if first is None else _at(first.start_mark)


def _has_value(loader: Any, node: Any) -> bool:
    loader.constructed_objects, loader.recursive_objects, loader.state_generators = {}, {}, []
    try:
        loader.construct_document(node)
    except _NO_VALUE:
        return False
    return True


def _as_written(yaml: Any) -> Any:
    """A loader that keeps the notation of numbers and truths, if a program would read them so.

    `no` stays "no", which is a country code as well as false; 1.10 does not become 1.1; but 010 is 8, as in YAML.
    """

    class AsWritten(yaml.SafeLoader):  # type: ignore[misc]
        def construct_yaml_float(self, node: Any) -> Any:
            value = super().construct_yaml_float(node)
            plain = node.value.replace("_", "").removeprefix("+")
            return Number(plain) if _DECIMAL.match(plain) else value

        def construct_yaml_int(self, node: Any) -> Any:
            value = super().construct_yaml_int(node)
            if str(value) == node.value:
                return value
            odd = OddInteger(value)
            odd.written = node.value
            return odd

        def construct_yaml_bool(self, node: Any) -> Any:
            super().construct_yaml_bool(node)
            return Truth(node.value)

    AsWritten.add_constructor("tag:yaml.org,2002:float", AsWritten.construct_yaml_float)
    AsWritten.add_constructor("tag:yaml.org,2002:int", AsWritten.construct_yaml_int)
    AsWritten.add_constructor("tag:yaml.org,2002:bool", AsWritten.construct_yaml_bool)
    return AsWritten


class _Count:
    """The number of values in a document after following each alias, counted only up to the bound: a bomb is a small
    file."""

    def __init__(self) -> None:
        self._of: dict[int, int] = {}

    def grows_beyond(self, root: Any) -> bool:
        shared = False
        on_the_way: set[int] = set()
        waiting: list[tuple[Any, bool]] = [(root, False)]
        while waiting:
            node, done = waiting.pop()
            inner = _inner(node)
            if done:
                on_the_way.discard(id(node))
                self._of[id(node)] = 1 + sum(self._of[id(each)] for each in inner)
                if shared and self._of[id(node)] > MAX_NODES:
                    return True
            elif id(node) in on_the_way:
                return True
            elif id(node) in self._of:
                shared = True
            else:
                on_the_way.add(id(node))
                waiting.append((node, True))
                waiting.extend((each, False) for each in inner)
        return shared and self._of[id(root)] > MAX_NODES


def _inner(node: Any) -> list[Any]:
    if isinstance(node.value, str):
        return []
    return [each for item in node.value for each in (item if isinstance(item, tuple) else (item,))]


def _twice(root: Any) -> list[Fault]:
    """The duplicate keys of one mapping; keys merged into it (`<<`) do not count. Must run before values are made,
    because that changes the nodes."""
    faults = []
    seen: set[int] = set()
    waiting: list[tuple[Any, Path]] = [(root, ())]
    while waiting:
        node, path = waiting.pop()
        if isinstance(node.value, str) or id(node) in seen:
            continue
        seen.add(id(node))
        keys: set[str] = set()
        for number, item in enumerate(node.value):
            if not isinstance(item, tuple):
                waiting.append((item, (*path, number)))
                continue
            key, inner = item
            if isinstance(key.value, str) and not key.tag.endswith(":merge"):
                if key.tag + key.value in keys:
                    message = f"has the key {key.value!r} twice in one mapping; the last one is used"
                    fault = Fault(Fault.TWICE, message, *_at(key.start_mark), fatal=False, path=(*path, key.value))
                    faults.append(fault)
                keys.add(key.tag + key.value)
                waiting.append((inner, (*path, key.value)))
    return sorted(faults, key=lambda fault: (fault.line, fault.column))[:_TOLD]


def _positions(loader: Any, root: Any) -> dict[Path, Position]:
    """Runs after the values were made: by then, merged keys are in their mapping."""
    found: dict[Path, Position] = {}
    waiting: list[tuple[Any, tuple[Any, ...]]] = [(root, ())]
    while waiting:
        node, path = waiting.pop()
        if isinstance(node.value, str):
            continue
        for number, item in enumerate(node.value):
            if isinstance(item, tuple):
                key, inner = item
                step: Step = loader.construct_object(key, deep=True)
                found[(*path, step)] = _at(key.start_mark)
            else:
                step, inner = number, item
                found[(*path, step)] = _at(item.start_mark)
            waiting.append((inner, (*path, step)))
    return found


def _at(mark: Any) -> Position:
    return mark.line + 1, mark.column + 1


def _fault(yaml: Any, error: Any) -> Fault:
    """In words, without any quotation from the file: a password may begin with ! or *."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    at = _at(mark) if mark is not None else (0, 0)
    if isinstance(error, yaml.constructor.ConstructorError):
        if "tag" in str(error.problem):
            what = "has a tag of a custom type"
            hint = "quote a text that begins with !, or is a single ="
            return Fault(Fault.UNSAFE, what, *at, hint=hint)
        return Fault(Fault.SYNTAX, f"has a value that YAML can't read: {_words(error.problem)}", *at)
    if isinstance(error, yaml.composer.ComposerError):
        if "single document" in str(error.context):
            return Fault(Fault.SYNTAX, "holds more than one document", *at, hint="keep one, without ---")
        what, hint = (
            "has an alias without an anchor, or an anchor twice",
            "quote a text that begins with * or &",
        )
        return Fault(Fault.UNSAFE, what, *at, hint=hint)
    return Fault(Fault.SYNTAX, f"is not valid YAML: {_words(error.problem or error.context)}", *at)


def _words(text: Any) -> str:
    return _QUOTED.sub("", str(text))
