"""The proposed Makefile, or the lines to add to an existing one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from confcontract.project.dockerfile_text import WHEELS

if TYPE_CHECKING:
    from confcontract.project.image_plan import ImagePlan

_TEXT = """\
# The image of @NAME@: `confcontract init` wrote these lines.
IMAGE ?= @NAME@
VERSION ?= $(shell git describe --tags --always --dirty)
SOURCE_COMMIT ?= $(shell git rev-parse HEAD)
# Without a login in the URL, because it becomes a label.
SOURCE_URL ?= $(shell git config --get remote.origin.url | sed 's,://[^/]*@,://,')
# The build uses the commit's time, so that building the commit again gives the same image.
export SOURCE_DATE_EPOCH ?= $(shell git log -1 --format=%ct)
@BASE@
# buildah builds without a daemon, and as root: BUILDER=buildah
BUILDER ?= docker
CONTRACT := build/contract
# With a pushed image, mode=max records how it was built; a local image has no place for that.
PROVENANCE ?= false
# Names of tags and remotes may contain characters that are special to a shell.
quoted = '$(subst ','\\'',$(1))'
argument = --build-arg $(call quoted,$(1)=$($(1)))
ARGUMENTS = $(if $(BASE),$(call argument,BASE)) $(call argument,SOURCE_COMMIT) $(call argument,SOURCE_URL) \\
	$(call argument,SOURCE_DATE_EPOCH) $(call argument,VERSION)
DIGEST = $$(sed -n 's/.*"digest":"\\(sha256:[0-9a-f]*\\)".*/\\1/p' $(CONTRACT)/contract.json)

ifeq ($(BUILDER),buildah)
# --timestamp also sets the time of folders that the builder creates. --layers keeps the contract in its own layer.
# The OCI format is buildah's default. Docker's contains the builder's host name, but also HEALTHCHECK.
BUILD = buildah build --layers --timestamp $(call quoted,$(SOURCE_DATE_EPOCH)) $(ARGUMENTS)
WRITE =
SAVED = containers-storage:localhost/$(IMAGE):$(VERSION)
SAVE = :
else
# rewrite-timestamp does the same; it needs a builder with the driver docker-container: docker buildx create --use
BUILD = docker buildx build --provenance=$(PROVENANCE) $(ARGUMENTS)
WRITE ?= --output type=docker,rewrite-timestamp=true
SAVED = docker-archive:build/image.tar
SAVE = docker save --output build/image.tar $(call quoted,$(IMAGE):$(VERSION))
endif

.PHONY: contract image smoke audit
contract: @LOCK@@WHEELS@ ## the contract, taken out of the build
	$(BUILD) --target contract --output type=local,dest=$(CONTRACT) .

image: contract ## the image, with labels that name its contract
	$(BUILD) --build-arg CONTRACT_DIGEST=$(DIGEST) $(WRITE) --tag $(call quoted,$(IMAGE):$(VERSION)) .

smoke: ## start the image, and stop it, as a platform would
	./image-smoke.sh $(call quoted,$(IMAGE):$(VERSION))

audit: ## no secret in any layer, and made as it should be
	$(SAVE)
	confcontract audit $(call quoted,$(SAVED)) --lock @LOCK@ $(AUDIT)
"""


def makefile(plan: ImagePlan) -> str:
    base = (
        "# The Dockerfile has it; to try another: BASE=IMAGE@sha256:...\nBASE ?="
        if plan.base
        else f"# python:{plan.python}-slim-bookworm@sha256:...; the Dockerfile says why it has no default.\nBASE ?="
    )
    text = (
        _TEXT.replace("@NAME@", plan.name)
        .replace("@BASE@", base)
        .replace("@LOCK@", plan.lock.file)
        .replace("@WHEELS@", "" if plan.lock.has_confcontract else f" {WHEELS}")
    )
    if plan.lock.command and plan.lock.made_from:
        text += (
            f"\n# {plan.lock.file} is committed, so that a build does not need {plan.lock.tool}. Run `make lock`\n"
            f"# when {plan.lock.made_from} has changed: a checkout does not show which of two files is newer.\n"
            f".PHONY: lock\nlock {plan.lock.file}:\n\t{plan.lock.command}\n"
        )
    if not plan.lock.has_confcontract:
        text += (
            f"\n# confcontract is not in {plan.lock.file}: put its wheel here, or add it to the dependencies.\n"
            f"{WHEELS}:\n"
            f'\t@echo "put the wheel of confcontract into {WHEELS}/, or add it to the dependencies" >&2; exit 1\n'
        )
    return text
