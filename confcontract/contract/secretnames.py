"""Does a name sound like a secret? Decided by its words, as people write them: DB_PASSWORD, apiKey, x-secret.

In doubt yes: a masked bucket name is a nuisance, a shown password an incident. `Secret(False)` is for the exceptions.
"""

from __future__ import annotations

# Words that mark a name as secret in any position.
_WORDS_TEXT = """
    password passwords passwd passwort pwd pwds passphrase passphrases passcode secret secrets token tokens jwt
    credential credentials creds apikey apikeys apitoken authtoken accesstoken accesskey secretkey privatekey
    authkey masterkey signingkey encryptionkey clientsecret bearer otp totp pass private
"""
_WORDS = frozenset(_WORDS_TEXT.split())
# Such a word may be written together with others: dbpassword, mysecret, pgpassword.
_ENDINGS = (
    "password",
    "passwords",
    "passwd",
    "passphrase",
    "secret",
    "secrets",
    "apikey",
    "apikeys",
    "token",
    "tokens",
)
# These mark a secret only as the last word, and not after the words below: a PRIMARY_KEY is not a secret, nor is a
# PUBLIC_KEY.
_KEYS = ("key", "keys")
_NO_SECRET_KEYS_TEXT = """
    public primary foreign partition sort routing shard cache object idempotency natural composite translation
    lookup group message row record dedup hash index map json dict registry
"""
_NO_SECRET_KEYS = frozenset(_NO_SECRET_KEYS_TEXT.split())
# Last words of names for something *about* a secret: TOKEN_URL, PASSWORD_FILE, SECRET_NAME, KEY_PREFIX.
_ABOUT_TEXT = """
    url urls uri uris host hosts hostname port ports address addr ip ips cidr network networks subnet endpoint
    endpoints domain file files filename path paths dir directory folder location mount name names username user
    users id ids uid kind type types class algorithm algorithms alg scheme schemes format encoding charset
    version mode policy rule rules pattern regex prefix suffix separator header headers field fields param
    params parameter claim claims scope scopes role roles issuer audience realm region zone bucket provider
    backend store engine service services manager source timeout ttl lifetime expiry expiration expires interval
    age period duration deadline length size count limit limits max min number bits rounds cost iterations
    enabled disabled required optional allowed env variable label title description help hint message
    placeholder template subject owner group environment usage status state link page route view tokenizer
    through cls backends validators hasher hashers context
"""
_ABOUT = frozenset(_ABOUT_TEXT.split())
# Words that may follow without changing the meaning.
_MORE_TEXT = """
    old new current previous next primary secondary backup default value raw plain base64 b64 hex pem
"""
_MORE = frozenset(_MORE_TEXT.split())


# A key in a URL, a connection string or JSON that contains one of these names a secret (sslpassword, PGPASSFILE, …).
_IN_KEYS = ("pass", "pwd", "secret", "token", "credential", "signature", "bearer", "apikey")
_BEFORE_KEY = (
    "api",
    "access",
    "account",
    "auth",
    "private",
    "shared",
    "encryption",
    "subscription",
    "master",
    "storage",
)
_WHOLE_KEYS = ("pw", "sig", "key", "auth", "sas", "jwt", "otp", "pat", "authorization", "assertion")


def is_secret_key(key: str) -> bool:
    """Whether a key in a URL, a connection string or JSON says that its value is a secret; wider than for variables."""
    key = key.lower()
    if key in _WHOLE_KEYS or any(word in key for word in _IN_KEYS):
        return True
    return key.endswith("key") and any(word in key for word in _BEFORE_KEY)


def is_secret_member(key: str) -> bool:
    """Whether a key of a mapping in an application's code marks the text under it as a secret."""
    words = words_of(key)
    return is_secret_name(key) or (is_secret_key(key) and bool(words) and words[-1] not in _ABOUT)


def is_secret_name(name: str) -> bool:
    """Whether the words of a name mark it as a secret."""
    words = words_of(name)
    while len(words) > 1 and (words[-1] in _MORE or words[-1].isdigit()):
        words.pop()
    if not words or (words[-1] in _ABOUT and words[-2:] != ["secret", "id"]):  # AppRole's is one
        return False
    if words[-1] in _KEYS:
        return len(words) == 1 or words[-2] not in _NO_SECRET_KEYS
    return any(word in _WORDS or word.endswith(_ENDINGS) for word in words)


def as_variable(name: str) -> str:
    """The name of a label or an option in the form of a variable: shop.api-key is shop_api_key."""
    return name.replace("-", "_").replace(".", "_")


def words_of(name: str) -> list[str]:
    """The words of a name, in lower case: "dbPassword2" has db, password and 2."""
    words: list[str] = []
    word = ""
    before = ""
    for index, character in enumerate(name):
        following = name[index + 1 : index + 2]
        starts = (
            (character.isupper() and (before.islower() or (before.isupper() and following.islower())))
            or (character.isdigit() and before.isalpha())
            or (character.isalpha() and before.isdigit())
        )
        if word and (starts or not character.isalnum()):
            words.append(word.lower())
            word = ""
        if character.isalnum():
            word += character
        before = character
    return [*words, word.lower()] if word else words
