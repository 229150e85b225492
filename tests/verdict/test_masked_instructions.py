"""Instructions of an image's history are shown without the values of secrets, however the values stand in them."""

from __future__ import annotations

import pytest

from confcontract.verdict.masked_commands import mask_command

DECLARED = {"SHOP_PIN"}


@pytest.mark.parametrize(
    "written,shown",
    [
        ("ENV API_KEY tok", "ENV API_KEY ***"),
        ("ENV\tSHOP_PIN\ttok and more", "ENV\tSHOP_PIN\t***"),
        ("env shop_pin tok", "env shop_pin ***"),
        ("/bin/sh -c #(nop)  ENV SHOP_PIN=tok and more", "/bin/sh -c #(nop)  ENV SHOP_PIN=***"),
        ("ENV A=1 SHOP_PIN=tok and more B=2", "ENV A=1 SHOP_PIN=***"),
        ('ENV A=1 SHOP_PIN="tok and" B=2', "ENV A=1 SHOP_PIN=*** B=2"),
        ('ENV SHOP_PIN="tok never closed', "ENV SHOP_PIN=***"),
        (r"ENV SHOP_PIN=tok\ and\ more B=2", "ENV SHOP_PIN=*** B=2"),
        ("ENV SHOP_PIN__PART tok", "ENV SHOP_PIN__PART ***"),
        ("LABEL shop.pin tok and more", "LABEL shop.pin ***"),
        ('LABEL "shop.pin"="tok" team=a', 'LABEL "shop.pin"=*** team=a'),
        ("ARG SHOP_PIN=tok and more", "ARG SHOP_PIN=***"),
        ("RUN |1 SHOP_PIN=tok and more /bin/sh -c make", "RUN |1 SHOP_PIN=*** /bin/sh -c make"),
        ("""RUN echo '{"SHOP_PIN": "tok"}' > y""", """RUN echo '{"SHOP_PIN": ***}' > y"""),
        ("""RUN echo '{"SHOP_KEY": "tok", "a": 1}' > y""", """RUN echo '{"SHOP_KEY": ***, "a": 1}' > y"""),
        (r"""RUN echo '{"SHOP_PIN": "tok\"tok"}' > y""", """RUN echo '{"SHOP_PIN": ***}' > y"""),
        (r'RUN echo "{\"SHOP_PIN\": \"tok, tok\"}" > y', 'RUN echo "{\\"SHOP_PIN\\": ***}" > y'),
        (r'RUN echo "{\"SHOP_PIN\": \"tok\\\"tok\"}" > y', 'RUN echo "{\\"SHOP_PIN\\": ***}" > y'),
        ("RUN echo '{\"SHOP_PIN\": 4711}' > y", "RUN echo '{\"SHOP_PIN\": ***}' > y"),
        ('RUN echo \'{"SHOP_PIN": ["tok"]}\' > y', 'RUN echo \'{"SHOP_PIN": ***'),
        ("RUN echo SHOP_PIN: tok", "RUN echo SHOP_PIN: ***"),
        ("RUN make --shop-pin tok all", "RUN make --shop-pin *** all"),
        ("ENV SHOP_PORT 8000", "ENV SHOP_PORT 8000"),
        ("ENV A=1 B=two words", "ENV A=1 B=two words"),
        ("LABEL team shop and others", "LABEL team shop and others"),
        ("RUN echo '{\"port\": 80}' > y", "RUN echo '{\"port\": 80}' > y"),
        ("ENV", "ENV"),
        ("ARG SHOP_PIN", "ARG SHOP_PIN"),
    ],
)
def test_the_value_of_a_secret_is_masked(written: str, shown: str) -> None:
    assert mask_command(written, DECLARED) == shown
