"""What of a module's text reads the environment, and by which name; what can't be told is told as such."""

from __future__ import annotations

import pytest

from confcontract.compare.drift.environ_reads import NotParsed, environ_reads

READS = {
    "a subscript": "import os\nos.environ['A']",
    "get": "import os\nos.environ.get('A')",
    "get with a default": "import os\nos.environ.get('A', 'x')",
    "get by keyword": "import os\nos.environ.get(default=1, key='A')",
    "getenv": "import os\nos.getenv('A')",
    "getenv by keyword": "import os\nos.getenv(key='A')",
    "setdefault": "import os\nos.environ.setdefault('A', 'x')",
    "pop": "import os\nos.environ.pop('A', None)",
    "in": "import os\n'A' in os.environ",
    "not in": "import os\nif 'A' not in os.environ: pass",
    "in a chain": "import os\nx == 'A' in os.environ",
    "the dunder": "import os\nos.environ.__getitem__('A')",
    "added to": "import os\nos.environ['A'] += ':/bin'",
    "bytes": "import os\nos.environb[b'A']\n",
    "getenvb": "from os import getenvb\ngetenvb(b'A')",
    "os by another name": "import os as system\nsystem.environ['A']",
    "os by its submodule": "import os.path\nos.environ['A']",
    "imported names": "from os import environ\nenviron['A']",
    "imported by other names": "from os import environ as e, getenv as g\ne.get('A'); g('A')",
    "all of os": "from os import *\ngetenv('A'); environ['A']",
    "imported in a function": "def f():\n    import os\n    return os.environ['A']",
    "imported if it can be": "try:\n    from os import environ\nexcept ImportError:\n    environ = {}\nenviron['A']",
    "assigned": "import os\nenv = os.environ\nenv['A']",
    "assigned in a function": "import os\ndef f():\n    env = os.environ\n    return lambda: env['A']",
    "assigned with an annotation": "import os\nenv: dict = os.environ\nenv['A']",
    "assigned on the way": "import os\n(env := os.environ)['A']\nenv['A']",
    "a copy": "import os\nenv = os.environ.copy()\nenv['A']",
    "a dict of it": "import os\nenv = dict(os.environ)\nenv.get('A')",
    "its method assigned": "import os\nget = os.environ.get\nget('A')",
    "a constant": "import os\nNAME = 'A'\nos.environ[NAME]",
    "a constant that is annotated": "import os\nfrom typing import Final\nNAME: Final = 'A'\ndef f(): os.getenv(NAME)",
    "a constant below": "import os\ndef f():\n    return os.getenv(NAME)\nNAME = 'A'",
    "a constant of a function": "import os\ndef f():\n    name = 'A'\n    return os.getenv(name)",
    "a constant of a class": "import os\nclass C:\n    NAME = 'A'\n    value = os.getenv(NAME)",
    "constants put together": "import os\nPRE = ''\nos.environ[PRE + 'A']; os.environ[f'{PRE}A']",
    "adjacent texts": "import os\nos.environ['' 'A']",
    "a default of an argument": "import os\ndef f(x=os.environ['A']): pass",
    "a keyword default": "import os\nf = lambda *, x=os.getenv('A'): x",
    "a decorator": "import os\n@deco(os.getenv('A'))\ndef f(): pass",
    "an annotation": "import os\nx: os.environ['A'] = 1",
    "a base of a class": "import os\nclass C(base(os.getenv('A'))): pass",
    "an f-string": "import os\nf\"{os.environ['A']!r:>{os.environ['A']}}\"",
    "a comprehension": "import os\n[os.environ['A'] for os2 in range(3) if os.getenv('A')]",
    "the iterable of a comprehension": "import os\n[os for os in os.environ['A']]",
    "a dict comprehension": "import os\n{os.getenv('A'): x for x in y}",
    "a match": "import os\nmatch os.getenv('A'):\n    case 'x': pass",
    "async code": "import os\nasync def f():\n    async with x(os.environ['A']) as y: await y",
    "one under a condition": "import os\nif DEBUG:\n    os.environ['A']",
    "a name of a class is not seen in its methods": (
        "from os import environ\nclass C:\n    environ = {}\n    def f(self): return environ['A']"
    ),
    "a global": "import os\nE = None\ndef f():\n    global E\n    E = os.environ\ndef g(): return E['A']",
    "either of two": "import os\nenv = given or os.environ\nenv['A']",
    "with a byte order mark": "\ufeffimport os\nos.environ['A']",
}
NOTHING = {
    "an assignment": "import os\nos.environ['A'] = 'x'",
    "a deletion": "import os\ndel os.environ['A']",
    "an update": "import os\nos.environ.update(A='x'); os.environ.clear()",
    "putenv": "import os\nos.putenv('A', 'x'); os.unsetenv('A')",
    "another environ": "environ = {}\nenviron['A']",
    "a request's environ": "def app(environ, start): return environ['A']",
    "one that hides ours": "from os import environ\ndef app(environ): return environ['A']",
    "one of a loop": "from os import environ\ndef f():\n    for environ in x: environ['A']",
    "one of a comprehension": "from os import environ\n[environ['A'] for environ in x]",
    "another module's": "import shop as os2\nos2.environ['A']",
    "another module called so": "from shop import os\nos.environ['A']",
    "a relative one": "from .os import environ\nenviron['A']",
    "an attribute": "class C:\n    def f(self): return self.environ['A']",
    "text": "'''os.environ['A']'''\n# os.getenv('A')",
    "an import alone": "from os import environ, getenv",
    "a copy that nobody looks into": "import os\nenv = os.environ.copy()\nenv['A'] = 'x'",
}
UNDECIDED = {
    "a variable": ("import os\nos.environ[name]", "by the name name"),
    "an argument": ("import os\ndef f(name): return os.getenv(name)", "by the name name"),
    "a format": ("import os\nos.environ[f'SHOP_{name}']", "by the name f'SHOP_{name}'"),
    "a call": ("import os\nos.environ.get(name.upper())", "by the name name.upper()"),
    "a constant that changes": ("import os\nN = 'A'\nN = 'B'\nos.environ[N]", "by the name N"),
    "a constant of another module": ("import os\nfrom shop import N\nos.environ[N]", "by the name N"),
    "an argument that hides a constant": ("import os\nN = 'A'\ndef f(N): os.environ[N]", "by the name N"),
    "one of several": ("import os\nfor n in ('A', 'B'): os.environ[n]", "by the name n"),
    "starred": ("import os\nos.getenv(*args)", "as a whole: os.getenv(*args)"),
    "handed on": ("import os\nrun(env=os.environ)", "as a whole: os.environ"),
    "spread": ("import os\n{**os.environ, 'B': 'x'}", "as a whole: os.environ"),
    "items": ("import os\nfor k, v in os.environ.items(): pass", "as a whole: os.environ"),
    "iterated": ("import os\n[k for k in os.environ]", "as a whole: os.environ"),
    "kept in an object": ("import os\nself.env = os.environ", "as a whole: os.environ"),
    "its method handed on": ("import os\nmap(os.environ.get, names)", "as a whole: os.environ.get"),
    "a long name": ("import os\nos.environ['x'.join(" + "name, " * 30 + ")]", "by the name 'x'.join(name, name, "),
}


@pytest.mark.parametrize("case", READS)
def test_a_read_by_a_name_that_stands_there(case: str) -> None:
    reads = environ_reads(READS[case].encode())
    assert {read.name for read in reads} == {"A"}, reads


@pytest.mark.parametrize("case", NOTHING)
def test_what_reads_nothing(case: str) -> None:
    assert environ_reads(NOTHING[case].encode()) == []


@pytest.mark.parametrize("case", UNDECIDED)
def test_a_read_by_a_name_that_can_not_be_told(case: str) -> None:
    source, words = UNDECIDED[case]
    (read,) = environ_reads(source.encode())
    assert read.name is None
    assert read.expression.startswith(words)
    assert len(read.expression) < 80


def test_each_read_has_its_line() -> None:
    source = "import os\nos.environ['A'], os.getenv(\n    'B',\n)\n\n'C' in os.environ\nos.environ[x]\n"
    assert [(read.name, read.line) for read in environ_reads(source.encode())] == [
        ("A", 2),
        ("B", 2),
        ("C", 6),
        (None, 7),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1", "utf-8-sig", "shift_jis"])
def test_a_module_in_another_encoding(encoding: str) -> None:
    text = "é" if encoding == "latin-1" else "ア" if encoding == "shift_jis" else "ü"
    source = f"# -*- coding: {encoding} -*-\nimport os\nos.environ['A{text}']\n"
    (read,) = environ_reads(source.encode(encoding))
    assert read.name == f"A{text}"


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (b"import os\nos.environ['A'\n", "line 2"),
        (b"print 'environ'\n", "line 1"),
        (b"# coding: nonsense\nos.environ['A']\n", "nonsense"),
        (b"os.environ['\xff']\n", "utf-8"),
        (b"os.environ['A']\0\n", "null bytes"),
        (b"os.environ" + b"[" * 5000, "nested too deeply|too many nested"),
        (b"environ = " + b"-" * 100_000 + b"1", "nested too deeply"),
    ],
)
def test_a_module_that_can_not_be_parsed(source: bytes, words: str) -> None:
    with pytest.raises(NotParsed, match=f"(?i){words}"):
        environ_reads(source)


def test_a_module_that_mentions_no_environment_is_not_parsed() -> None:
    assert environ_reads(b"def {{ cookiecutter.name }}") == []
