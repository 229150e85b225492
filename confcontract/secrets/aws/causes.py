"""Why a request to AWS has failed: its error codes, and boto3's exceptions, as a `RequestFailed`.

AWS has a code for each failure, and only the code is evaluated. Its messages are shown only if they say who was denied
what: the answer to a wrong signature quotes the request, with the session's token.
"""

from __future__ import annotations

from confcontract.secrets.vault.failure import (
    DEFECT,
    DENIED,
    FOREIGN,
    MISSING,
    REJECTED,
    TLS,
    UNREACHABLE,
    UNWELL,
    RequestFailed,
    server_words,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# Kinds in addition to those of Vault.
CREDENTIALS = "credentials"  # credentials are missing, expired or unknown
DELETED = "deleted"  # marked for deletion: it can be restored, but not read
NOWHERE = "nowhere"  # no region, or an invalid address

# Causes.
KMS = "kms"

_KINDS = {
    "AccessDenied": DENIED,
    "AccessDeniedException": DENIED,
    "DecryptionFailure": DENIED,
    "DecryptionFailureException": DENIED,
    "InvalidKeyId": DENIED,
    "KMSAccessDeniedException": DENIED,
    "KMSDisabledException": DENIED,
    "KMSInvalidStateException": DENIED,
    "KMSNotFoundException": DENIED,
    "ResourceNotFoundException": MISSING,
    "ParameterNotFound": MISSING,
    "ParameterVersionNotFound": MISSING,
    "InvalidRequestException": DELETED,
    "ExpiredToken": CREDENTIALS,
    "ExpiredTokenException": CREDENTIALS,
    "RequestExpired": CREDENTIALS,
    "IncompleteSignature": CREDENTIALS,
    "IncompleteSignatureException": CREDENTIALS,
    "InvalidAccessKeyId": CREDENTIALS,
    "InvalidClientTokenId": CREDENTIALS,
    "InvalidSignatureException": CREDENTIALS,
    "MissingAuthenticationToken": CREDENTIALS,
    "MissingAuthenticationTokenException": CREDENTIALS,
    "NotAuthorized": CREDENTIALS,
    "OptInRequired": CREDENTIALS,
    "SignatureDoesNotMatch": CREDENTIALS,
    "UnrecognizedClientException": CREDENTIALS,
}
_LONGEST_CODE = 80  # AWS's own are half as long
_OF_KMS = frozenset(code for code in _KINDS if "KMS" in code or "Decryption" in code or "KeyId" in code)
# Codes with a status below 500 that can be retried; every 5xx can.
_THROTTLED = frozenset(
    ("LimitExceededException", "PriorRequestNotComplete", "ProvisionedThroughputExceededException")
    + ("RequestLimitExceeded", "RequestThrottled", "RequestThrottledException", "RequestTimeout")
    + ("RequestTimeoutException", "SlowDown", "Throttling", "ThrottledException", "ThrottlingException")
    + ("TooManyRequestsException", "InternalServiceError", "InternalServerError", "InternalFailure")
    + ("ServiceUnavailable", "ServiceUnavailableException")
)


def from_code(code: str, message: str, status: int | None, hidden: Iterable[str]) -> RequestFailed:
    """The meaning of an error code of AWS. status: of HTTP; None for a part of an answer. hidden: credentials."""
    is_code = len(code) <= _LONGEST_CODE and code.isascii() and code.replace(".", "").isalnum()
    words = code if is_code else f"HTTP {status}"
    if code in _THROTTLED or (code not in _KINDS and status is not None and (status >= 500 or status == 429)):
        return RequestFailed(UNWELL, words, status=status, retry=True, everywhere=status is not None)
    if status is not None and 300 <= status < 400:  # boto3 does not follow it
        return RequestFailed(
            FOREIGN, f"it answered with a redirect (HTTP {status}), which AWS does not do", status=status
        )
    kind = _KINDS.get(code, REJECTED)
    if kind == DENIED and message:
        words += f", {server_words({'errors': [message]}, hidden)}"
    absent = kind in (MISSING, DELETED)
    return RequestFailed(kind, words, cause=KMS if code in _OF_KMS else "", status=status, absent=absent)


def from_exception(error: BaseException, hidden: Iterable[str]) -> RequestFailed:
    """The meaning of boto3's exception. Its text is only used for a denial: it can quote a request or a file."""
    from botocore import exceptions as of

    if isinstance(error, of.ClientError):
        return _from_answer(error.response, hidden)
    if not isinstance(error, of.BotoCoreError) and _was_raised_by_answer(error):
        return not_of_aws()
    for kinds, kind, words, retry in _table():
        if isinstance(error, kinds):
            return RequestFailed(kind, words, retry=retry, everywhere=retry)
    if isinstance(error, of.BotoCoreError):
        return RequestFailed(REJECTED, f"boto3 could not send the request ({type(error).__name__})")
    if isinstance(error, OSError):
        return RequestFailed(UNREACHABLE, f"the connection failed ({type(error).__name__})", retry=True)
    return RequestFailed(DEFECT, f"a defect in confcontract or boto3 ({type(error).__name__})")


def not_of_aws() -> RequestFailed:
    """For an answer that does not come from AWS, even if it is JSON."""
    return RequestFailed(UNREACHABLE, "its answer was truncated, or is not from AWS", retry=True, everywhere=True)


def _was_raised_by_answer(error: BaseException) -> bool:
    """Whether botocore raised it because JSON has another form than AWS's: in its parser, or right after it."""
    step = error.__traceback__
    while step is not None:
        if step.tb_frame.f_globals.get("__name__") == "botocore.parsers":
            return True
        if step.tb_next is None:
            return step.tb_frame.f_code.co_name == "_do_get_response"
        step = step.tb_next
    return False


def _from_answer(response: Mapping[str, object], hidden: Iterable[str]) -> RequestFailed:
    error, about = response.get("Error"), response.get("ResponseMetadata")
    error = error if isinstance(error, dict) else {}
    status = about.get("HTTPStatusCode") if isinstance(about, dict) else None
    return from_code(str(error.get("Code", "")), str(error.get("Message", "")), status, hidden)


def _table() -> list[tuple[tuple[type[BaseException], ...], str, str, bool]]:
    """Exceptions, subclasses first → kind, words, whether another attempt may help."""
    from botocore import exceptions as of
    from botocore.parsers import ResponseParserError

    return [
        ((of.NoCredentialsError,), CREDENTIALS, "boto3 found no credentials", False),
        ((of.PartialCredentialsError,), CREDENTIALS, "the credentials are incomplete", False),
        ((of.ProfileNotFound, of.ConfigNotFound), CREDENTIALS, "there is no such profile", False),
        ((of.ConfigParseError,), CREDENTIALS, "a profile file can't be read", False),
        (
            (of.UnauthorizedSSOTokenError, of.SSOTokenLoadError, of.TokenRetrievalError),
            CREDENTIALS,
            "the single sign-on session has expired; log in again",
            False,
        ),
        ((of.CredentialRetrievalError,), CREDENTIALS, "the credentials provider failed", False),
        ((of.NoRegionError, of.InvalidRegionError), NOWHERE, "no region is set, or it does not exist", False),
        ((of.SSLError,), TLS, "its certificate was not accepted, or it does not speak TLS", False),
        ((of.ProxyConnectionError,), UNREACHABLE, "the proxy refused the connection", True),
        ((of.ConnectTimeoutError,), UNREACHABLE, "no connection in time", True),
        ((of.ReadTimeoutError,), UNREACHABLE, "no answer in time", True),
        ((of.ConnectionClosedError,), UNREACHABLE, "the connection was closed", True),
        ((of.EndpointConnectionError, of.HTTPClientError), UNREACHABLE, "the connection was refused or failed", True),
        ((ResponseParserError,), FOREIGN, "the answer is not from AWS (a proxy's page?)", False),
        ((of.ParamValidationError,), REJECTED, "AWS does not accept this name", False),
        ((ValueError,), NOWHERE, "AWS_ENDPOINT_URL or the region can't be used", False),
    ]
