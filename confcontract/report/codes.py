"""Every kind of problem: what it means, what to do. Loaded only if there is a problem to report."""

from __future__ import annotations

# Code → what it means, what to do. Codes never change their meaning. The exit code of each is in exit_codes.py.
CODES: dict[str, tuple[str, str]] = {
    "value-invalid": (
        "A value does not satisfy the type or the constraints that the contract declares.",
        "Correct the value where the report says it came from.",
    ),
    "value-missing": (
        "A required variable has no value in any source.",
        "Set the variable, or give it a default in the settings class and bake again.",
    ),
    "value-ignored": (
        "A variable is set, but the application's code passes its own value to the settings class.",
        "Remove it: the application does not read it.",
    ),
    "value-unverifiable": (
        "A manifest sets a variable, or may set it, and its value can't be seen in the files that were given.",
        "Nothing to do if the value comes from the right place; to have it checked, pass the missing file as well.",
    ),
    "value-undecodable": (
        "A list, mapping or nested value is not valid JSON.",
        'Write the value as JSON, for example ["a", "b"] or {"key": 1}.',
    ),
    "secret-missing": (
        "A required secret has no value in any source.",
        "Provide it through Vault, through NAME_FILE or through the environment.",
    ),
    "secret-empty": (
        "A required secret is set to the empty string.",
        "Provide the secret. The usual cause of an empty secret is an unset ${NAME:-} in a Compose file.",
    ),
    "secret-default": (
        "A secret still has its default, which is in the application's code.",
        "Provide the secret: anyone who can pull the image can read its default. With --strict this is an error.",
    ),
    "name-unknown": (
        "A name with the application's prefix, a name in an env file, or a key of a config file is not a setting.",
        "Correct the spelling, or remove it. --strict refuses it if it has the prefix, or if a setting has no value.",
    ),
    "name-deprecated": (
        "A variable was set by a name that is deprecated.",
        "Use the new name; the old one still works for now.",
    ),
    "name-twice": (
        "Two spellings of one variable are set at the same level.",
        "Keep one of them.",
    ),
    "name-collides": (
        "A setting gets its value from a variable that Kubernetes set for a Service in the namespace.",
        "Set enableServiceLinks: false in the pod's spec, or set the variable there yourself.",
    ),
    "source-conflict": (
        "Two sources give parts of one setting by names that the application can't read together.",
        "Give the setting in one of the sources only, or by the same name in both.",
    ),
    "source-unreadable": (
        "A file that was named as a source of values can't be read.",
        "Check the path, its owner and its mode.",
    ),
    "value-quoted": (
        "A value begins and ends with the same quote, and the quotes are a part of it.",
        "Write it without quotes: docker run --env-file and kubectl create --from-env-file keep them.",
    ),
    "binding-unusable": (
        "Several service bindings fit a setting, or the one that fits does not have the required entries.",
        "Name the intended one with provider or name in the class's Binding(), or bind only one.",
    ),
    "source-malformed": (
        "An env file has lines that are not NAME=VALUE, or a configuration file is not valid TOML, YAML or JSON.",
        "Correct the lines that the report names.",
    ),
    "value-outranked": (
        "A value is set, but a file that the application reads itself overrides it.",
        "Change the value in that file, or remove it there.",
    ),
    "source-foreign": (
        "The application reads settings from a custom source that boot can't see.",
        "Nothing to do; the application decides about these values.",
    ),
    "check-deferred": (
        "The contract can't express all checks of this value; the application does the rest.",
        "Nothing to do. To run the real class: confcontract validate --model module:Class.",
    ),
    "delivery-impossible": (
        "Secrets can't be delivered in the requested way.",
        "Give boot a directory in memory (--secrets-dir), or choose another way (--deliver env, files or memfd).",
    ),
    "policy-violated": (
        "The resolved settings break a policy overlay of the organisation.",
        "Change the value, or ask the owner of the policy.",
    ),
    "policy-unreadable": (
        "A policy overlay is not a readable JSON Schema.",
        "Correct or remove the file that the report names.",
    ),
    "check-failed": (
        "A dependency did not become ready before the deadline.",
        "Check the dependency, the address in the variable, and the network.",
    ),
    "check-impossible": (
        "A check can't be run in this image: its driver, its program or its function is missing.",
        "Install it in the image, or correct the check where it is declared and bake again.",
    ),
    "vault-unavailable": (
        "Vault could not be reached, or was sealed, until the deadline.",
        "Check VAULT_ADDR, the network, and the seal status of the server.",
    ),
    "vault-denied": (
        "Vault refused: the token or the login is not valid, or the policy does not allow the path.",
        "Check the identity that boot uses and the policies attached to it.",
    ),
    "vault-not-configured": (
        "A variable refers to Vault, but no Vault server is configured.",
        "Set VAULT_ADDR (or BAO_ADDR) and credentials, or set the variable itself.",
    ),
    "vault-not-asked": (
        "Vault creates this secret on request, and boot had already failed.",
        "Fix the other problems of the report; then it is requested.",
    ),
    "vault-path-missing": (
        "Vault has nothing at this path.",
        "Check the mount and the path, or write the secret.",
    ),
    "vault-key-missing": (
        "The secret in Vault has no such key.",
        "Check the part after #; add the key to the secret.",
    ),
    "vault-version-deleted": (
        "This version of the secret in Vault is deleted or destroyed.",
        "Undelete it, write a new version, or refer to another version.",
    ),
    "vault-value-unusable": (
        "The value in Vault can't be handed over as an environment variable.",
        "Store a string, a number, a boolean or a JSON list or object without NUL.",
    ),
    "store-unavailable": (
        "A secret store other than Vault could not be reached, or could not answer, until the deadline.",
        "Check the region, the network, and AWS_ENDPOINT_URL if that is set.",
    ),
    "store-denied": (
        "A secret store other than Vault refused: the identity is valid, but may not read this secret.",
        "Check the policy of the identity that boot uses: confcontract secrets policy prints the minimal one.",
    ),
    "store-credentials": (
        "There are no credentials for a secret store, or they have expired or are unknown to it.",
        "Give this process an identity: a role of the pod, task or machine, or the AWS_ variables.",
    ),
    "store-not-configured": (
        "A variable refers to a secret store that is not configured here, or whose client is not installed.",
        "Set AWS_REGION and credentials, or set the variable itself; the client is in confcontract[aws].",
    ),
    "store-secret-missing": (
        "There is no secret or parameter of this name in the store, or it is marked for deletion.",
        "Check the name, the region and the account; create or restore the secret.",
    ),
    "store-key-missing": (
        "The secret in the store has no such key.",
        "Check the part after #; add the key to the JSON of the secret.",
    ),
    "store-version-missing": (
        "The secret or parameter in the store has no such version.",
        "Check the part after @: a version id, a stage such as AWSPREVIOUS, or the number or label of a parameter.",
    ),
    "store-value-unusable": (
        "The value in the store can't be handed over as an environment variable.",
        "Store text; for one key of a secret, a JSON object whose value there is no null and has no NUL.",
    ),
    "seed-value-missing": (
        "A secret is in no store, no value was given for it, and the contract does not say how to generate one.",
        "Give it in --values, or mark the field Generate(length=32).",
    ),
    "seed-value-unplaced": (
        "A value was given, but no store is configured to which it could be written.",
        "Remove it from the values; or mark the field Vault(...) or FromStore(...), or refer to a store.",
    ),
    "seed-conflict": (
        "The secret was changed after it was read; the newer value was kept.",
        "Run confcontract secrets plan again, and check what differs now.",
    ),
    "seed-not-written": (
        "A store did not accept a secret; or the secret was not written because of other errors, which is a warning.",
        "Correct what the report names, and run confcontract secrets apply again; secrets already written are kept.",
    ),
    "reference-invalid": (
        "A reference is not of the form vault:MOUNT/PATH#KEY or …#KEY@VERSION, aws-sm:NAME#KEY or aws-ssm:/PATH/NAME.",
        "Correct the reference.",
    ),
    "reference-unresolved": (
        "A reference to Vault is in a place where references are not read: in JSON, a mapping or a file.",
        "Give it as the whole value of a variable that the contract declares.",
    ),
    "reference-foreign": (
        "A value or a variable looks like a reference in the form of another tool, which boot does not read.",
        "Write vault:MOUNT/PATH#KEY as the value of a variable that the contract declares.",
    ),
    "contract-unreadable": (
        "The contract is missing, unreadable or damaged.",
        "Bake the contract into the image, or name it with --contract.",
    ),
    "bundle-impossible": (
        "The Python that runs confcontract can't be bundled, or the bundle does not start.",
        "Follow the report; usually: make the bundle in a stage FROM python:3-slim.",
    ),
    "image-unreadable": (
        "An image is damaged, has an unknown format, or contains entries that no runtime would unpack.",
        "Copy, pull or build the image again.",
    ),
    "image-digest": (
        "Parts of an image do not have the digest or size that the image declares: they were changed or truncated.",
        "Do not trust it. Copy or pull the image again, and check the registry or disk that it comes from.",
    ),
    "image-not-found": (
        "There is no image at this reference, or none for the platform.",
        "Correct the reference, the tag or the platform.",
    ),
    "image-without-contract": (
        "The image was read, but contains no contract.",
        "Bake one when the image is built, at the default path or where the label confcontract.path says.",
    ),
    "registry-unavailable": (
        "A registry of images could not be reached, or answered with an error.",
        "Check the network, the proxy and the registry; try again later.",
    ),
    "registry-denied": (
        "A registry of images refuses access, or the credentials for it can't be used.",
        "Log in with skopeo login, podman login or docker login; someone may have to grant access.",
    ),
    "attestation-missing": (
        "An image lacks an attestation that it should have.",
        "Attest it where it is built: confcontract attest REF --key FILE.",
    ),
    "attestation-mismatch": (
        "An attestation, a label or an option contradicts the image.",
        "Do not trust it until you know who changed what; then build and attest the image again.",
    ),
    "attestation-unsigned": (
        "An attestation is not signed with the named key, or was changed after signing.",
        "Name the key that signs this image; do not trust anything that it does not verify.",
    ),
    "attestation-unreadable": (
        "An attestation is neither an in-toto statement nor an envelope that contains one.",
        "Attest the image again, and check who can write to the place of its attestations.",
    ),
    "key-unusable": (
        "A key can't be read, decrypted or used to sign and verify.",
        "Name a key in PEM, ECDSA on P-256 or Ed25519; the password of a private key is in CONFCONTRACT_KEY_PASSWORD.",
    ),
    "lock-unusable": (
        "A lock file can't be read, or has no hashes.",
        "Name requirements with hashes, or a lock of uv, Poetry or PDM.",
    ),
    "manifest-unreadable": (
        "A file or folder of manifests can't be read.",
        "Correct the path, its owner and its mode; save text as UTF-8.",
    ),
    "manifest-malformed": (
        "A manifest is not valid for Kubernetes or Compose.",
        "Correct the line that the report names.",
    ),
    "manifest-not-rendered": (
        "A file is a Helm template that was not rendered, so its result is unknown.",
        "Render it first: helm template ... | confcontract validate --manifest -",
    ),
    "manifest-ignored": (
        "Part of a manifest sets no container's variables, and was not checked.",
        "Nothing to do, if that is intended.",
    ),
    "manifest-key-missing": (
        "A container refers to a key that its ConfigMap or Secret does not have: Kubernetes would not start it.",
        "Add the key, correct its name, or mark the reference optional.",
    ),
    "secret-in-plain": (
        "The value of a secret is plain text in a manifest, outside of a Secret.",
        "Remove it, change the secret, and refer to a Secret, to a file or to a secret store.",
    ),
    "probe-mismatch": (
        "A platform's probe uses a port or command that does not answer.",
        "Use the port that the application listens on, or run confcontract probe live, ready or startup.",
    ),
    "boot-bypassed": (
        "A container does not start by confcontract boot, so nothing checks its environment.",
        "Make confcontract boot -- the image's ENTRYPOINT, and give the command as args, not in its place.",
    ),
    "container-unjudged": (
        "There is no contract for a container, so it can't be checked.",
        "Name its contract: --contract with --container, or --contracts FILE; or bake one into its image.",
    ),
    "contract-edited": (
        "The contract's content does not match its digest: it was changed after bake.",
        "Bake again instead of editing the file.",
    ),
    "contract-stale": (
        "The contract was compiled for another release of pydantic_core and can't be used with this one.",
        "Bake again in the image that boots.",
    ),
    "bake-refused": (
        "A contract can't be made from the settings class.",
        "Follow the remedy in the message.",
    ),
    "bake-doubtful": (
        "The settings class becomes a contract, but part of it is probably unintended.",
        "Follow the remedy in the message.",
    ),
    "drift-code": (
        "The contract differs from what bake makes of the code beside it.",
        "Bake again, and commit the contract or build the image with it.",
    ),
    "drift-undeclared": (
        "The code reads a variable of the environment that the contract does not declare.",
        "Declare it in the settings class, or ignore it with a reason in [tool.confcontract.drift.ignore].",
    ),
    "drift-undecided": (
        "The code reads the environment by a computed name, or all of it at once.",
        "Check that the contract declares what is read there.",
    ),
    "drift-unused": (
        "An entry of [tool.confcontract.drift] in pyproject.toml matches nothing.",
        "Remove it, or correct it.",
    ),
    "drift-not-evaluated": (
        "Something to be compared with the contract can't be read, so it was not compared.",
        "Correct what the message names, or leave it out.",
    ),
    "drift-settings-invalid": (
        "The table [tool.confcontract.drift] in pyproject.toml is not valid.",
        "Correct the line that the message names.",
    ),
    "lock-unreadable": (
        "The lock file that an audit was given can't be read, or locks nothing.",
        "Name the lock file that the image was installed from.",
    ),
    "scanner-unusable": (
        "The scanner that an audit should run is missing, failed, or can't read this kind of image.",
        "Install it, copy the image to oci:DIR with skopeo first, or audit with --scanner none.",
    ),
    "export-withheld": (
        "One of the values for an export is a secret, or may contain one: it is not written.",
        "Give it to the platform as a secret, under the name that the export has for it.",
    ),
    "export-image": (
        "The image for an export is not named, or is named by a tag, which may point to another image later.",
        "Give it by its digest: --image HOST/REPO@sha256:...",
    ),
    "export-impossible": (
        "The platform can't express something in the contract or a value.",
        "Do what the message says in addition to the export.",
    ),
    "export-unjudged": (
        "An admission policy can't check a variable, or can't check everything that boot checks.",
        "Nothing to do: boot checks it.",
    ),
    "export-assumed": (
        "An export relies on something that is neither in the contract nor in its files.",
        "Provide what the message names, or change it with the option that it names.",
    ),
    "export-cost": (
        "The cost of an admission policy for a large object, as the API server counts it.",
        "Nothing to do: a policy that would cost too much is split.",
    ),
    "approvals-invalid": (
        "The file of approvals for findings of confcontract diff or confcontract audit is not valid.",
        "Correct the line that the message names: each entry has fingerprint, reason and expires.",
    ),
    "fleet-invalid": (
        "A fleet can't be read from the folder or file that was named.",
        "Correct what the message names: services with their contracts and environments, in a folder or a file.",
    ),
    "fleet-part-unusable": (
        "A part of a fleet, or the state file of a run, is damaged or belongs to another fleet.",
        "Write the part again, from the same fleet; a file of --state can be deleted.",
    ),
    "fleet-worker-ended": (
        "The process that checked a service of a fleet ended twice without a result.",
        "Give it more memory, if it was killed; validate the service on its own to see its report.",
    ),
    "changelog-unusable": (
        "The changelog that entries are to be written to can't be read or written, or its markers are not pairs.",
        "Correct what the message names: the file must be UTF-8 text, and each begin marker must have its end marker.",
    ),
    "advisories-unusable": (
        "A scanner's report can't be read, or does not cover a package that was affected before.",
        "Write it as JSON: pip-audit --format json, or trivy image --format json; let the scanner check the package.",
    ),
    "version-not-semantic": (
        "A version to be raised or checked is not a semantic version.",
        "Bake with a version such as 1.5.0 or 2.0.0-rc.1: confcontract bake --version.",
    ),
    "diff-settings-invalid": (
        "[tool.confcontract.diff] in pyproject.toml is not valid.",
        "Correct the line that the message names.",
    ),
    "release-unsupported": (
        "A package that confcontract needs is not installed, or its release is not supported.",
        "Install the release that the message names, in the image that bakes and boots.",
    ),
    "usage": (
        "The command line is not valid.",
        "See confcontract --help.",
    ),
    "command-not-found": (
        "The command to start was not found.",
        "Check the command after -- and PATH.",
    ),
    "command-not-executable": (
        "The command to start is not executable.",
        "Check its mode, its first line and its format.",
    ),
    "limit-reached": (
        "A limit on memory, open files or processes was reached.",
        "Raise the limit that the message names.",
    ),
    "internal": (
        "A defect in confcontract itself.",
        "Please report it, with the contract and the command line.",
    ),
}
