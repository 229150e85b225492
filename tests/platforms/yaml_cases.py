"""Texts that readers of YAML, shells and templates take for something else."""

from __future__ import annotations

from hypothesis import strategies as st

KNOWN = [
    *("", " ", " a", "a ", "\n", "a\n", "a\n\n", "a\r\n", "\ta", "a: b", "a #b", "#a", "- a", "? a", "a:", ": a"),
    *("yes", "No", "ON", "off", "y", "N", "true", "False", "null", "~", "NULL", "1e3", "0123", "0x1F", "0o7", "1_000"),
    *("1.5", ".5", "-1", "+1", ".inf", "-.INF", ".nan", "12:30", "1:30:00", "2026-01-02", "=", "<<", "*a", "&a", "!a"),
    *("|", ">", "|-", "%a", "@a", "`a", "{a}", "[a]", "a, b", "'a'", '"a"', "a'b", 'a"b', "\\", "\\n", "a\\"),
    *(
        "$(X)",
        "$$(X)",
        "$$",
        "$",
        "${X}",
        "$X",
        "a$(",
        "{{ .Values.x }}",
        "{{",
        "}}",
        "{{- end }}",
        "---",
        "...",
        "--- a",
    ),
    *(
        "ü",
        "日本",
        "🙂",
        "\u00a0",
        "\u2028",
        "\u2029",
        "\ufeff",
        "\u0085",
        "\x7f",
        "\x1b[31m",
        "\x01",
        "\u200b",
        "\ue000",
    ),
    *("\U000e0001", "e\u0301", "x" * 200, "a b " * 60, "vault", "https://u@h/p?q=1#f"),
]
NASTY = st.one_of(
    st.sampled_from(KNOWN),
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12),
    st.tuples(st.sampled_from(KNOWN), st.sampled_from(KNOWN)).map("".join),
)
