"""The proposed GitHub workflow. It runs only existing commands, and uses no action except checkout."""

from __future__ import annotations

from typing import TYPE_CHECKING

from confcontract.project.dockerfile_text import WHEELS

if TYPE_CHECKING:
    from confcontract.project.image_plan import ImagePlan

PATH = ".github/workflows/image.yml"
_TEXT = """\
# The image of @NAME@: built, tested and compared with the last release; for a tag also published, attested, verified.
# `confcontract init` wrote it.
#
# Publishing needs a key. The private one is the secret SIGNING_KEY (its password, if it has one, SIGNING_KEY_PASSWORD),
# the public one the variable SIGNING_PUBLIC_KEY of the repository:
#     openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out signing.key
#     openssl pkey -in signing.key -pubout -out signing.pub
name: image

on:
  pull_request:
  push:
    tags: ["v*"]

# No permissions by default: each job names the ones that it needs.
permissions: {}

# A newer commit of a pull request cancels the run of the older one; a release is never cancelled.
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
      # Pinned to a commit, because tags of other repositories can be moved.
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
          # A release before this workflow has no image with a contract; for later ones, it must be readable.
          git cat-file -e "$last:./@PATH@" 2> /dev/null || exit 0
          echo "$GITHUB_TOKEN" | docker login ghcr.io --username "$GITHUB_ACTOR" --password-stdin
          # Read from the registry: the contract is a small separate layer, and nothing else is fetched.
          confcontract diff "docker://ghcr.io/${GITHUB_REPOSITORY,,}:$last" build/contract/contract.json --format github

  publish:
    name: Publish the image
    if: github.event_name == 'push'
    needs: image
    runs-on: ubuntu-latest
    permissions:
      contents: read
      packages: write # the image, and what is attested of it
    steps:
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
        with:
          fetch-depth: 0
          persist-credentials: false
      - name: Look for the keys, before anything is published that no deployment could verify
        env:
          SIGNING_KEY: ${{ secrets.SIGNING_KEY }}
          SIGNING_PUBLIC_KEY: ${{ vars.SIGNING_PUBLIC_KEY }}
        run: |
          if [ -z "$SIGNING_KEY" ] || [ -z "$SIGNING_PUBLIC_KEY" ]; then
            echo "::error::there is no key to sign with: the first lines of @PATH@ say what to set"
            exit 1
          fi
      - name: Install confcontract, as the lock has it, and what it signs with
        run: |
          python3 -m venv "$RUNNER_TEMP/tools"
          "$RUNNER_TEMP/tools/bin/pip" install --no-deps --require-hashes -r @LOCK@
@WHEELS@          # What signs is not in the image, so not in its lock, and comes without hashes. To have them checked,
          # commit a lock for confcontract[attest] that pip-compile --generate-hashes wrote, and install that.
          "$RUNNER_TEMP/tools/bin/pip" install --only-binary :all: "confcontract[attest]"
          echo "$RUNNER_TEMP/tools/bin" >> "$GITHUB_PATH"
      # BuildKit's SBOM and provenance are attached to the image as well: they also list system packages and record
      # how the image was built. The attestations below cover the contract, source and lock file, and are signed.
      - name: Build and push
        env:
          GITHUB_TOKEN: ${{ github.token }}
        run: |
          echo "$GITHUB_TOKEN" | docker login ghcr.io --username "$GITHUB_ACTOR" --password-stdin
          docker buildx create --use
          make @MAKE@image IMAGE="ghcr.io/${GITHUB_REPOSITORY,,}" VERSION="$GITHUB_REF_NAME" \\
              PROVENANCE=mode=max WRITE="--sbom=true --metadata-file build/image.json \\
              --output type=image,push=true,rewrite-timestamp=true"
      - name: Attest it, and verify it as a deployment would
        env:
          SIGNING_KEY: ${{ secrets.SIGNING_KEY }}
          CONFCONTRACT_KEY_PASSWORD: ${{ secrets.SIGNING_KEY_PASSWORD }}
          SIGNING_PUBLIC_KEY: ${{ vars.SIGNING_PUBLIC_KEY }}
        run: |
          # By the digest that the builder wrote, because a tag could have been moved since.
          image="docker://ghcr.io/${GITHUB_REPOSITORY,,}@$(jq --raw-output '."containerimage.digest"' build/image.json)"
          umask 077 # the key is for this user only
          trap 'rm -f "$RUNNER_TEMP/signing.key"' EXIT
          echo "$SIGNING_KEY" > "$RUNNER_TEMP/signing.key"
          echo "$SIGNING_PUBLIC_KEY" > "$RUNNER_TEMP/signing.pub"
          confcontract attest "$image" --key "$RUNNER_TEMP/signing.key" --lock @LOCK@ \\
              --builder-id "$GITHUB_SERVER_URL/$GITHUB_WORKFLOW_REF"
          # With the public key that deployments use, so that a wrong secret key is found here.
          confcontract verify "$image" --key "$RUNNER_TEMP/signing.pub"
      - name: Tag it with its contract
        run: |
          tag=$(confcontract tag build/contract/contract.json)
          docker buildx imagetools create --tag "ghcr.io/${GITHUB_REPOSITORY,,}:$tag" \\
              "ghcr.io/${GITHUB_REPOSITORY,,}@$(jq --raw-output '."containerimage.digest"' build/image.json)"
"""
_BASE = """\
# The base image with its digest, a variable of the repository: the Dockerfile says why it has no default.
env:
  BASE: ${{ vars.BASE }}

"""


def workflow(plan: ImagePlan, makefile: str) -> str:
    """makefile: the file that has our lines."""
    wheels = f'          "$RUNNER_TEMP/tools/bin/pip" install --no-deps --no-index {WHEELS}/*.whl\n'
    return (
        _TEXT.replace("@NAME@", plan.name)
        .replace("@BASE@", "" if plan.base else _BASE)
        .replace("@MAKE@", "" if makefile == "Makefile" else f"--file {makefile} ")
        .replace("@LOCK@", plan.lock.file)
        .replace("@PATH@", PATH)
        .replace("@WHEELS@", "" if plan.lock.has_confcontract else wheels)
    )
