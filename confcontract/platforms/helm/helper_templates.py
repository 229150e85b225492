"""templates/_helpers.tpl: names, labels, the values as text, the checksum, and the environment of each role."""

from __future__ import annotations

import dataclasses
import re

from confcontract.contract.artifact import is_hidden
from confcontract.contract.declared import Declared
from confcontract.platforms.comments import about
from confcontract.platforms.export_input import Way
from confcontract.platforms.helm.template_text import literal, quoted
from confcontract.platforms.kubernetes.container_spec import LIVE_FOLDER, environment
from confcontract.platforms.kubernetes.value_places import Effect, ValuePlaces, change_of
from confcontract.platforms.kubernetes.workload_objects import RESTART
from confcontract.platforms.ways_to_give import ways_to_give
from confcontract.platforms.written_yaml import to_yaml

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from confcontract.contract.artifact import Contract
    from confcontract.platforms.export_input import ExportInput, Process
    from confcontract.platforms.helm.template_text import Template
    from confcontract.platforms.kubernetes.export_files import ObjectPlan

NO_VALUES = ValuePlaces({}, {}, {}, {}, {}, ())  # they belong to the chart and are known when it is rendered

_FULL_NAME = """\
{{- if .Values.fullnameOverride }}{{ .Values.fullnameOverride | trunc 40 | trimSuffix "-" }}
{{- else if contains "NAME" .Release.Name }}{{ .Release.Name | trunc 40 | trimSuffix "-" }}
{{- else }}{{ printf "%s-%s" .Release.Name "NAME" | trunc 40 | trimSuffix "-" }}{{- end }}"""

_ACCOUNT = """\
{{- if .Values.serviceAccount.name }}{{ .Values.serviceAccount.name }}
{{- else if .Values.serviceAccount.create }}{{ include "NAME.fullname" . }}{{- else }}default{{- end }}"""

_IMAGE = """\
{{- with .Values.image }}
{{- if not .repository }}
{{- fail "image.repository is not set: name the image, and its digest in image.digest" }}
{{- end }}
{{- .repository }}{{ with .tag }}:{{ . }}{{ end }}{{ with .digest }}@{{ . }}{{ end }}
{{- end }}"""

_TEXT = """\
{{- if kindIs "string" . }}{{ . }}{{ else }}{{ toJson . }}{{ end }}"""

_CHECKSUM = """\
{{- $restart := dict }}
{{- range $name, $value := .Values.config }}
{{- SET }}
{{- end }}
{{- dict "config" $restart "boot" .Values.boot | toJson | sha256sum }}"""

_SET = '$_ := set $restart $name (include "NAME.text" $value)'
_SET_UNLESS_QUIET = f"if not (regexMatch QUIET $name) }}}}{{{{ {_SET} }}}}{{{{ end"

_CONFIG = """\
REQUIRED{{- range $name, $value := .Values.boot }}
{{ $name | quote }}: {{ $value | quote }}
{{- end }}
{{- range $name, $value := VARIABLES }}
{{ $name | quote }}: {{ include "NAME.text" $value | quote }}
{{- end }}"""

# boot removes one line ending at the end
_LIVE = """\
{{- range $name, $value := pick .Values.config LIVE }}
{{- $text := include "NAME.text" $value }}
{{- if hasSuffix "\\n" $text }}{{ $text = printf "%s\\n" $text }}{{ end }}
{{ $name | quote }}: {{ $text | quote }}
{{- end }}"""

_VALUES = """\
{{- range $name, $value := .Values.boot }}
- name: {{ $name | quote }}
  value: {{ $value | replace "$" "$$" | quote }}
{{- end }}
{{- range $name, $value := .Values.config }}
- name: {{ $name | quote }}
  value: {{ include "NAME.text" $value | replace "$" "$$" | quote }}
{{- end }}"""

_LIVE_FILES = """\
{{- $config := .Values.config }}
{{- range $name := list LIVE }}
{{- if hasKey $config $name }}
- name: {{ printf "%s_FILE" $name | quote }}
  value: {{ printf "FOLDER/%s" $name | quote }}
{{- end }}
{{- end }}"""

_MORE = """\
{{- with .Values.env }}
{{ toYaml . }}
{{- end }}"""

_POD_ANNOTATIONS = """\
CHECKSUM: {{ include "NAME.checksum" . }}
{{- with .Values.podAnnotations }}
{{ toYaml . }}
{{- end }}"""


def helper_templates(name: str, plan: ObjectPlan, template: Template, hook: str) -> str:
    """name: of the chart. hook: when a Job runs."""
    live, quiet = names_by_effect(plan.given.contract)
    names, pattern = " ".join(map(quoted, sorted(live))), _any_of(plan.given.contract, quiet)
    words = {
        "NAME": name,
        "LIVE": names,
        "QUIET": quoted(pattern),
        "VARIABLES": f"omit .Values.config {names}" if live else ".Values.config",
        "FOLDER": LIVE_FOLDER,
        "CHECKSUM": RESTART,
        "REQUIRED": _required(plan.given),
    }
    labels = {
        "app.kubernetes.io/name": name,
        **{key: value for key, value in plan.metadata["labels"].items() if key.startswith("confcontract/")},
    }
    annotations = literal(to_yaml(plan.metadata["annotations"])).rstrip()
    of_release = "app.kubernetes.io/instance: {{ .Release.Name }}\napp.kubernetes.io/managed-by: {{ .Release.Service }}"
    hooked = f"helm.sh/hook: {hook}\nhelm.sh/hook-delete-policy: before-hook-creation"
    bodies = {
        "fullname": _FULL_NAME,
        "secret": '{{- .Values.secret.name | default (include "NAME.fullname" .) }}',
        "serviceAccount": _ACCOUNT,
        "image": _IMAGE,
        "text": _TEXT,
        "checksum": _CHECKSUM.replace("SET", _SET_UNLESS_QUIET if pattern else _SET),
        "podAnnotations": _POD_ANNOTATIONS,
        "config": _CONFIG,
        **({"live": _LIVE} if live else {}),
    }
    texts = {key: _filled(body, words) for key, body in bodies.items()}
    texts["labels"] = f"{literal(to_yaml(labels)).rstrip()}\n{of_release}"
    texts["annotations"] = annotations
    texts["hook"] = f"{annotations}\n{hooked}"
    for process in plan.given.processes:
        key = process.label or "workload"
        texts[f"env-{key}"] = _environment(process, plan, template, live, words)
    return "\n".join(f'{{{{- define "{name}.{key}" -}}}}\n{body}\n{{{{- end }}}}\n' for key, body in texts.items())


def _filled(body: str, words: dict[str, str]) -> str:
    return re.sub("|".join(rf"\b{word}\b" for word in words), lambda found: words[found[0]], body)


def _any_of(contract: Contract, names: set[str]) -> str:
    """A pattern of names, and of the parts of variables that ask for nothing; "" where there are none."""
    heads = [
        re.escape(head) + ".+"
        for variable in contract.variables
        if variable.get("onChange") == "ignore"
        for head in variable.get("open", ())
    ]
    known = [*map(re.escape, sorted(names)), *heads]
    return f"^({'|'.join(known)})$" if known else ""


def _required(given: ExportInput) -> str:
    """In the contract's own words."""
    lines = []
    declared = Declared(given.contract)
    for setting in given.settings:
        insisted = setting.variable["required"] and not setting.deferred
        written = setting.way is Way.GIVEN and insisted and not setting.secret
        if setting.way is not Way.ASKED and not written:
            continue
        names, heads = ways_to_give(setting.variable, declared)
        message = f"config.{setting.name} is required: {about(setting.variable)}"
        lines.append(f"{{{{- if {_lacks('config', names, heads)} }}}}{{{{ fail {quoted(message)} }}}}{{{{ end }}}}\n")
    return "".join(lines)


def _lacks(where: str, names: Iterable[str], heads: Iterable[str] = ()) -> str:
    """A condition: none of the names is among these values, nor one that begins with a head."""
    there = [f"hasKey .Values.{where} {quoted(name)}" for name in dict.fromkeys(names)]
    for head in dict.fromkeys(heads):
        pattern = quoted(f"(?m)^{re.escape(head)}.")
        there.append(f'regexMatch {pattern} (keys .Values.{where} | join "\\n")')
    return f"not ({there[0]})" if len(there) == 1 else f"not (or ({') ('.join(there)}))"


def _environment(process: Process, plan: ObjectPlan, template: Template, live: set[str], words: dict[str, str]) -> str:
    """The environment of a role, without what is in the ConfigMap; for a role that ends on its own, all of it."""
    is_live = bool(live) and not process.runs_once
    parts = dataclasses.replace(
        plan.parts(process, ""), places=NO_VALUES, live=plan.name if is_live else None, of_boot={}
    )
    lines = []
    for entry in environment(parts):
        where = "boot" if entry["name"].startswith("CONFCONTRACT_") else "config"
        given = entry["name"].removesuffix("_FILE") if where == "config" and "value" in entry else entry["name"]
        text = template.text([entry]).rstrip()
        lines.append(f"{{{{- if {_lacks(where, (given, f'{given}_FILE'))} }}}}\n{text}\n{{{{- end }}}}")
    if process.runs_once:
        lines.append(_filled(_VALUES, words))
    elif is_live:
        lines.append(_filled(_LIVE_FILES, words))
    return "\n".join([*lines, _MORE])


def names_by_effect(contract: Contract) -> tuple[set[str], set[str]]:
    """Names that are files, and names whose new value restarts nothing."""
    declared = Declared(contract)
    live, quiet = set(), set()
    for variable in contract.variables:
        for name in (variable["name"], *variable.get("aliases", ())):
            effect = change_of(name, variable, declared)
            if effect is Effect.LIVE and not is_hidden(variable):
                live.add(name)
            if effect is not Effect.RESTART:
                quiet.add(name)
    return live, quiet
