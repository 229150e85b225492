"""The proposed workflow for GitHub: only commands that are there, no action but the one that checks out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from confcontract.project.dockerfile_text import WHEELS

if TYPE_CHECKING:
    from confcontract.project.image_plan import ImagePlan

PATH = ".github/workflows/image.yml"
_TEXT = """\
# The image of @NAME@: built, tried, compared with the last release, published for a tag.
# `confcontract init` wrote it.
name: image

on:
  pull_request:
  push:
    tags: ["v*"]

# No permissions by default: each job names the ones that it needs.
permissions: {}

# A newer commit of a pull request makes the run of the older one worthless; a release is never cut off.
concurrency:
  group: image-${{ github.ref }}
  cancel-in-progress: ${{ github.event_name == 'pull_request' }}

@BASE@jobs:
  image:
    name: Build and try the image
    runs-on: ubuntu-latest
    permissions:
      contents: read # the source
      packages: read # the image of the last release, to compare with
    steps:
      # By its commit: a tag of somebody else's repository can be moved.
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
        with:
          fetch-depth: 0 # the version is counted from the last tag
          persist-credentials: false
      - name: Build
        run: |
          docker buildx create --use # this kind of builder can rewrite timestamps
          make @MAKE@image
      - name: Install confcontract, as the lock has it
        run: |
          python3 -m venv "$RUNNER_TEMP/tools"
          "$RUNNER_TEMP/tools/bin/pip" install --no-deps --require-hashes -r @LOCK@
@WHEELS@          echo "$RUNNER_TEMP/tools/bin" >> "$GITHUB_PATH"
      - name: Start it, ask it, stop it
        run: make @MAKE@smoke
      - name: Look for secrets in its layers, and hold it against its contract and its lock
        run: make @MAKE@audit AUDIT="--format github"
      - name: Look for known vulnerabilities in what is installed
        run: pipx run --spec pip-audit==2.9.0 pip-audit --disable-pip --require-hashes -r @LOCK@
      - name: Compare the contract with that of the last release
        env:
          GITHUB_TOKEN: ${{ github.token }}
        run: |
          last=$(git describe --tags --abbrev=0 --match 'v*' HEAD^ 2> /dev/null) || exit 0 # the first release
          echo "$GITHUB_TOKEN" | docker login ghcr.io --username "$GITHUB_ACTOR" --password-stdin
          container=$(docker create "ghcr.io/${GITHUB_REPOSITORY,,}:$last")
          docker cp "$container:/etc/confcontract/contract.json" "$RUNNER_TEMP/last.json"
          confcontract diff "$RUNNER_TEMP/last.json" build/contract/contract.json --format github

  publish:
    name: Publish the image
    if: github.event_name == 'push'
    needs: image
    runs-on: ubuntu-latest
    permissions:
      contents: read
      packages: write # the image
    steps:
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
        with:
          fetch-depth: 0
          persist-credentials: false
      - name: Build and push, with an SBOM and provenance beside the image
        env:
          GITHUB_TOKEN: ${{ github.token }}
        run: |
          echo "$GITHUB_TOKEN" | docker login ghcr.io --username "$GITHUB_ACTOR" --password-stdin
          docker buildx create --use
          make @MAKE@image IMAGE="ghcr.io/${GITHUB_REPOSITORY,,}" VERSION="$GITHUB_REF_NAME" \\
              PROVENANCE=mode=max WRITE="--sbom=true --output type=image,push=true,rewrite-timestamp=true"
      - name: Tag it with its contract
        run: |
          python3 -m venv "$RUNNER_TEMP/tools"
          "$RUNNER_TEMP/tools/bin/pip" install --no-deps --require-hashes -r @LOCK@
@WHEELS@          tag=$("$RUNNER_TEMP/tools/bin/confcontract" tag build/contract/contract.json)
          docker buildx imagetools create --tag "ghcr.io/${GITHUB_REPOSITORY,,}:$tag" \\
              "ghcr.io/${GITHUB_REPOSITORY,,}:$GITHUB_REF_NAME"
"""
_BASE = """\
# The base image with its digest, a variable of the repository: the Dockerfile says why it has no default.
env:
  BASE: ${{ vars.BASE }}

"""


def workflow(plan: ImagePlan, makefile: str) -> str:
    """makefile: the file with our lines."""
    wheels = f'          "$RUNNER_TEMP/tools/bin/pip" install --no-deps --no-index {WHEELS}/*.whl\n'
    return (
        _TEXT.replace("@NAME@", plan.name)
        .replace("@BASE@", "" if plan.base else _BASE)
        .replace("@MAKE@", "" if makefile == "Makefile" else f"--file {makefile} ")
        .replace("@LOCK@", plan.lock.file)
        .replace("@WHEELS@", "" if plan.lock.has_confcontract else wheels)
    )
