"""A project's own template: what it can use, and that it can do no harm."""

from __future__ import annotations

from pathlib import Path

import pytest

from confcontract.docs import markdown, markdown_columns, template
from confcontract.report.errors import UsageError
from tests.docs.making import made, page, shop, variable

LAYOUT = markdown.Layout(markdown_columns.DEFAULT, tuple(markdown.PARTS))


def rendered(folder: Path, text: str, name: str = "page.md.j2") -> str:
    (folder / name).write_text(text, encoding="utf-8")
    return template.render(page(shop()), LAYOUT, str(folder / name))


def test_a_template_has_the_page_the_parts_and_the_table(tmp_path: Path) -> None:
    text = rendered(
        tmp_path,
        "{{ page.name | prose }} needs {{ page.entries | selectattr('required') | map(attribute='name') | map('code')"
        " | list | listed }}\n"
        "{% for section in page.sections %}\n## {{ section.title }}\n{{ table(section.entries, 'name', 'default') }}\n"
        "{% endfor %}\n{{ parts.exit_codes }}",
    )
    assert text.startswith("shop needs `SHOP_SIGNING_KEY`, `SHOP_DATABASE` and `SHOP_DATABASE__URL`\n## General\n| Var")
    assert "| Variable | Default |\n" in text
    assert text.endswith(markdown.PARTS["exit-codes"](page(shop()), LAYOUT))


def test_all_built_in_parts_together_are_the_built_in_page(tmp_path: Path) -> None:
    text = rendered(tmp_path, "{{ parts.values() | select | join('\n') }}")
    assert text == markdown.render(page(shop()), LAYOUT)


def test_templates_beside_it_are_included_and_those_elsewhere_are_not(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    (tmp_path / "outside.j2").write_text("outside")
    (tmp_path / "inner/row.j2").write_text("row {{ page.version }}")
    assert rendered(tmp_path / "inner", "{% include 'row.j2' %}") == "row 1.4.0"
    with pytest.raises(UsageError, match="TemplateNotFound"):
        rendered(tmp_path / "inner", "{% include '../outside.j2' %}")


@pytest.mark.parametrize(
    "text, said",
    [
        ("a\n{% for x %}", r"page\.md\.j2: TemplateSyntaxError, line 2"),
        ("a\n\n{{ page.colour }}", r"UndefinedError, line 3: .*colour"),
        ("{{ ''.__class__.__mro__ }}", "SecurityError"),
        ("{{ page.sections.append(1) }}", "UndefinedError|SecurityError"),
        ("{{ parts.clear() }}", "SecurityError"),
        ("{{ page._replace(name='x') }}", "SecurityError"),
        ("{{ table.__globals__ }}", "SecurityError"),
        ("\n{{ 1 / 0 }}", "ZeroDivisionError, line 2"),
        ("{{ range(10000000) | list }}", "OverflowError"),
        ("{{ table(page.entries, 'colour') }}", "there is no column 'colour'"),
        ("{% include 'missing.j2' %}", "TemplateNotFound"),
    ],
)
def test_a_template_that_is_wrong_or_reaches_out_is_refused_by_its_line(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        rendered(tmp_path, text)


def test_a_template_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is not a file"):
        template.render(page(shop()), LAYOUT, str(tmp_path / "missing.j2"))
    (tmp_path / "latin.j2").write_bytes(b"\xff\xfe")
    with pytest.raises(UsageError, match="not UTF-8"):
        template.render(page(shop()), LAYOUT, str(tmp_path / "latin.j2"))


def test_what_an_author_wrote_is_data_to_a_template_never_code(tmp_path: Path) -> None:
    (tmp_path / "page.j2").write_text("{{ page.entries[0].description }}")
    contract = made(variable(description="{{ 1 + 1 }} {% include 'page.j2' %}"))
    assert template.render(page(contract), LAYOUT, str(tmp_path / "page.j2")) == "{{ 1 + 1 }} {% include 'page.j2' %}"
