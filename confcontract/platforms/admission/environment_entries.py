"""What an object gives to containers, in CEL: the expressions behind the variables of a policy.

An API server requires all members of a list literal to have one type: hence `string` and `dyn`.

`variables.given` is a list with an entry for each container that is judged. `env` contains its variables, each as a
list of four texts: the name as names are compared, `=` or `?`, the value, the name as it is written. `?` marks a value
that can't be seen or that boot looks up: from a ConfigMap or a Secret, composed with $(NAME), or a reference to a
store. It also marks a value that is too long to be judged. `more` is true if further names may come from somewhere
else, `files` if boot finds files with values, `links` if the kubelet adds variables for the Services of the namespace;
`role` is the requested role.

What the API server omits is empty: an environment variable without `value` has the empty text.
"""

from __future__ import annotations

from confcontract.manifests.boot_settings import ROLE
from confcontract.platforms.admission.cel_text import any_of, text, texts
from confcontract.platforms.admission.set_by_image import LEADING
from confcontract.platforms.admission.value_expressions import matches

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from confcontract.platforms.admission.set_by_image import SetByImage

LONGEST = 4096  # longest value that is judged, in characters: the cost of an expression grows with the length
_LONGEST_SECRET = 192  # the same in base64
_BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_PRINTABLE = "".join(map(chr, range(0x20, 0x7F)))

POD = (
    "[dyn(object).spec].map(s, has(s.jobTemplate) ? s.jobTemplate.spec.template.spec : "
    "has(s.template) ? s.template.spec : s)[0]"
)
OLD_POD = POD.replace("object", "oldObject")

_INIT = r"(?:[^ ]*/)?(?:tini|dumb-init)(?: -[a-z]+)*(?: --)? "
_PYTHON = r"python[0-9.]*(?: -[A-Za-z]+)* -m "
_BOOT = rf"^(?:{_INIT})?(?:[^ ]*/)?(?:{_PYTHON})?confcontract boot(?: |$)"
_FILES = ("--conf-dir", "--conf-file", "--env-file", "--mounted-secrets")
# Paths that boot reads without being configured; except what platforms mount there in almost every pod.
_READ = r"^/*(?:(?:etc(?:/+confcontract(?:/.*)?)?|(?:var/+)?run(?:/+secrets(?:/.*)?)?|var)?/*)$"
_OF_PLATFORMS = r"^/*(?:var/+)?run/+secrets/+(?:kubernetes\.io|eks\.amazonaws\.com)(?:/.*)?$"


def containers(pod: str = "variables.pod") -> str:
    """The containers of a pod, including those that run before the others."""
    lists = [f"(has({pod}.{each}) ? {pod}.{each} : [])" for each in ("containers", "initContainers")]
    return " + ".join(lists)


def of_image(images: str, container: str = "c") -> str:
    """Whether a container has one of the images. images: an expression for their references; one with neither a tag nor
    a digest means every image of that repository.
    """
    image = f"{container}.image"
    same = (
        f"{image} == i",
        f"(!i.contains('@') && {image}.startsWith(i + '@'))",
        f"(!i.contains('@') && !i.matches(':[^/]*$') && {image}.startsWith(i + ':'))",
        f"(i.contains('@') && {image}.startsWith(i.split('@')[0] + ':') && {image}.endsWith('@' + i.split('@')[1]))",
    )
    return f"has({image}) && {images}.exists(i, {any_of(same)})"


def booted(container: str = "c") -> str:
    """Whether boot starts a container with the image's own contract. A command that the pod sets may do anything."""
    command = f"{container}.command"
    line = f"{_words(container)}.join(' ')"
    own = f"!has({command}) || {command}.size() == 0 || {matches(line, _BOOT)}"
    elsewhere = f"{_words(container)}.exists(w, w == '--contract' || w.startsWith('--contract='))"
    return f"({own}) && !{elsewhere} && !{_env(container)}.exists(e, e.name == 'CONFCONTRACT_PATH')"


def of_container(sensitive: bool, begins: str, schemes: Iterable[str], image: SetByImage, container: str = "c") -> str:
    """An entry of `variables.given`. begins: the common prefix of all names of the contract, as names are compared."""
    value = "e.value"
    opaque = any_of((f"{value}.size() > {LONGEST}", *_expanded(value), _refers(value, schemes)))
    unseen = f"has(e.valueFrom) || (has({value}) && ({opaque}))"
    named = "string(e.name)" if sensitive else "e.name.lowerAscii()"
    ours = f"{_env(container)}.filter(e, {_concerns('e.name', sensitive, begins)})"
    env = f"{ours}.map(e, [{named}, {unseen} ? '?' : '=', has({value}) ? string({value}) : '', string(e.name)])"
    more = f"has({container}.envFrom) && {container}.envFrom.size() > 0"
    files = any_of(
        (
            f"{_words(container)}.exists(w, {any_of(f'w.startsWith({text(each)})' for each in _FILES)})",
            f"{_env(container)}.exists(e, e.name in {texts(LEADING)})",
            f"(has({container}.volumeMounts) && {container}.volumeMounts.exists(m, {_mounted('m.mountPath')}))",
        )
    )
    role = _role(image, container)
    links = "!has(variables.pod.enableServiceLinks) || variables.pod.enableServiceLinks"
    return (
        f"{{'env': dyn({env}), 'more': dyn({more}), 'files': dyn({files}), 'links': dyn({links}), 'role': dyn({role})}}"
    )


def _role(image: SetByImage, container: str) -> str:
    """The role that a container asks for: `?` if it can't be seen, empty if it names none. An option outranks the
    variable; the container's command replaces ENTRYPOINT and CMD of the image, and its arguments replace CMD.
    """
    option = f"{_words(container)}.exists(w, w == '--role' || w.startsWith('--role='))"
    variable = (
        f"[{_env(container)}.filter(e, e.name == {text(ROLE)})].map(r, r.size() == 0 ? '' : r.size() == 1 && "
        f"!has(r[0].valueFrom) && has(r[0].value) && !({any_of(_expanded('r[0].value'))}) ? r[0].value : '?')[0]"
    )
    of_line, of_entrypoint = (
        variable if each is None else text(each) for each in (image.role_of_line, image.role_of_entrypoint)
    )
    if of_line == of_entrypoint == variable:
        return f"{option} ? '?' : {variable}"
    given = {each: f"has({container}.{each}) && {container}.{each}.size() > 0" for each in ("command", "args")}
    return f"{option} ? '?' : {given['command']} ? {variable} : {given['args']} ? {of_entrypoint} : {of_line}"


def of_config_map(sensitive: bool, begins: str, schemes: Iterable[str]) -> str:
    """`variables.given` of a ConfigMap, as if a container got nothing else. Nothing in it is expanded."""
    data = "dyn(object).data"
    unseen = any_of((f"{data}[k].size() > {LONGEST}", _refers(f"{data}[k]", schemes)))
    named = "string(k)" if sensitive else "k.lowerAscii()"
    ours = f"{data}.filter(k, {_concerns('k', sensitive, begins)})"
    return _alone(f"has({data}) ? {ours}.map(k, [{named}, {unseen} ? '?' : '=', string({data}[k]), string(k)]) : []")


def of_secret(sensitive: bool, schemes: Iterable[str]) -> str:
    """The same for a Secret, whose values are in base64. CEL in an API server can't decode it, so short printable
    values are decoded here, character by character.
    """
    decoded = "variables.decoded"
    unseen = any_of(("p[1] == '?'", _refers("p[2]", schemes)))
    named = "p[0]" if sensitive else "p[0].lowerAscii()"
    return _alone(f"{decoded}.map(p, [{named}, {unseen} ? '?' : '=', p[2], p[0]])")


def decoded_secret(sensitive: bool, begins: str) -> str:
    """Name, `=` or `?`, and text of each entry of a Secret."""
    data = "dyn(object).data"
    at = f"[{', '.join(map(str, range(0, _LONGEST_SECRET, 4)))}]"
    digit = f"{text(_BASE64)}.indexOf(b.charAt(i + %d))"
    first = f"{digit % 0} * 4 + {digit % 1} / 16"
    second = f"({digit % 1} % 16) * 16 + {digit % 2} / 4"
    third = f"({digit % 2} % 4) * 64 + {digit % 3}"
    size = "b.size()"
    codes = (
        f"{at}.filter(i, i < {size}).map(i, "
        f"[{first}] + (b.charAt(i + 2) == '=' ? [] : [{second}]) + (b.charAt(i + 3) == '=' ? [] : [{third}]))"
    )
    is_printable = "q.all(g, g.all(n, n >= 32 && n < 127))"
    letters = f"q.map(g, g.map(n, {text(_PRINTABLE)}.charAt(n - 32)).join('')).join('')"
    unknown = "[string(k), '?', '']"
    known = f"[{codes}].map(q, {is_printable} ? [string(k), '=', {letters}] : {unknown})[0]"
    each = f"[{data}[k]].map(b, {size} <= {_LONGEST_SECRET} && {size} % 4 == 0 ? {known} : {unknown})[0]"
    return f"has({data}) ? {data}.filter(k, {_concerns('k', sensitive, begins)}).map(k, {each}) : []"


def _concerns(name: str, sensitive: bool, begins: str) -> str:
    """Whether a name can be one of the contract's."""
    return f"{name if sensitive else f'{name}.lowerAscii()'}.startsWith({text(begins)})" if begins else "true"


def _alone(env: str) -> str:
    return f"[{{'env': dyn({env}), 'more': dyn(false), 'files': dyn(true), 'links': dyn(false), 'role': dyn('')}}]"


def _env(container: str) -> str:
    return f"(has({container}.env) ? {container}.env : [])"


def _words(container: str) -> str:
    """The words of its command line."""
    lists = [f"(has({container}.{each}) ? {container}.{each} : [])" for each in ("command", "args")]
    return f"({' + '.join(lists)})"


def _expanded(value: str) -> tuple[str, ...]:
    """Whether the kubelet expands it to something else."""
    return f"{value}.contains('$(')", f"{value}.contains('$$')"


def _refers(value: str, schemes: Iterable[str]) -> str:
    words = "|".join(sorted(each.removesuffix(":") for each in schemes))
    return matches(value, f"(?i)(?:{words}):")


def _mounted(path: str) -> str:
    """A path with a dot in it may lead there indirectly."""
    return f"(({matches(path, _READ)} && !{matches(path, _OF_PLATFORMS)}) || {path}.contains('/.'))"
