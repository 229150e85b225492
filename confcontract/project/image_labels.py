"""Labels of an image that say where its contract is, in which format, and which one. Large labels break runtimes."""

from __future__ import annotations

CONTRACT_PATH = "confcontract.path"
CONTRACT_VERSION = "confcontract.version"
CONTRACT_DIGEST = "confcontract.digest"
