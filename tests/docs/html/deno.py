"""The page's scripts without a page: one deno judges the env files of all tests of a worker."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Any

from confcontract.contract.artifact import Contract
from confcontract.docs.build import page_of
from confcontract.docs.html import document
from confcontract.docs.html.rules import rules_of
from confcontract.verdict.mask import mask_credentials

DENO = Path(sys.prefix) / "bin/deno"
SCRIPTS = Path(document.__file__).parent / "js"
# A line in, a line out: a contract to judge by from now on, an env file, or a rule and texts.
LOOP = """
import { createInterface } from "node:readline";
import { stdin } from "node:process";
let contract;
const answer = (found) => console.log(JSON.stringify(found));
for await (const asked of createInterface({ input: stdin })) {
  const { data, text, role, strict, rule, texts, lines } = JSON.parse(asked);
  if (data) {
    contract = new Contract(data);
    answer(contract.variables.length);
  } else if (rule) {
    answer(texts.map((each) => { const found = judged(rule, each); return found === UNSURE ? null : found === undefined; }));
  } else if (lines) {
    answer(writeEnvFile(Object.entries(lines)));
  } else {
    const file = readEnvFile(text);
    answer({ ...judge(contract, file.values, { open: file.open, role, strict }), malformed: file.bad, values: [...file.values] });
  }
}
"""


class Deno:
    """What the scripts say, for who has no browser."""

    def __init__(self, folder: Path) -> None:
        script = folder / "page.js"
        parts = [file.read_text(encoding="utf-8") for file in sorted(SCRIPTS.iterdir()) if file.name < "80"]
        script.write_text("\n".join([*parts, LOOP]), encoding="utf-8")
        environ = {"DENO_DIR": str(folder / "cache"), "DENO_NO_UPDATE_CHECK": "1", "NO_COLOR": "1"}
        command = [str(DENO), "run", "--no-config", "--no-remote", "--no-npm", "--quiet", str(script)]
        self._process = subprocess.Popen(
            command, cwd=folder, env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
        )
        self._contract: Contract | None = None

    def __enter__(self) -> Deno:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.communicate(timeout=60)

    def _ask(self, **question: Any) -> Any:
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        stdin.write(json.dumps(question) + "\n")
        stdin.flush()
        return json.loads(stdout.readline())

    def verdict(
        self, contract: Contract, text: str, *, strict: bool = False, role: str | None = None
    ) -> dict[str, Any]:
        """The verdict on an env file, as js/40-verdict.js gives it, and what was read of the file."""
        if contract is not self._contract:
            self._ask(data=rules_of(contract, page_of(contract, mask_credentials)))
            self._contract = contract
        asked = {"text": text, "strict": strict} | ({} if role is None else {"role": role})
        found: dict[str, Any] = self._ask(**asked)
        return found

    def judged(self, rule: dict[str, Any], texts: list[str]) -> list[bool | None]:
        """Whether each text has a value by a rule; None where only boot can tell."""
        found: list[bool | None] = self._ask(rule=rule, texts=texts)
        return found

    def written(self, values: dict[str, str]) -> str:
        """The env file that a form with these values shows."""
        text: str = self._ask(lines=values)
        return text
