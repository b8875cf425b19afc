"""Why an item could not be judged: the closed list of stages and codes.

A code is what a person greps for and what a retry decides on. Adding one is a
change of the contract; free text belongs in the message beside it.
"""

from __future__ import annotations

from enum import Enum


class Stage(str, Enum):
    """Where in the run a row was lost."""

    READ = "read"
    VALIDATE = "validate"
    FETCH = "fetch"
    DECODE = "decode"
    INFER = "infer"
    DECIDE = "decide"
    EXPORT = "export"
    PREPROCESS = "preprocess"
    EVALUATE = "evaluate"


class Code(str, Enum):
    """What was wrong. ``Code.retryable`` says whether trying again later may help."""

    # read: the bytes of a file or of one of its rows
    UNREADABLE_FILE = "unreadable_file"
    INVALID_JSON = "invalid_json"
    INVALID_CSV = "invalid_csv"
    ROW_TOO_LARGE = "row_too_large"
    TOO_DEEP = "too_deep"

    # validate: the fields of a row
    UNKNOWN_KIND = "unknown_kind"
    MISSING_FIELD = "missing_field"
    WRONG_TYPE = "wrong_type"
    INVALID_VALUE = "invalid_value"
    REDACTED_RECORD = "redacted_record"

    # fetch: from a reference to bytes
    NO_IMAGE = "no_image"
    INVALID_REFERENCE = "invalid_reference"
    OUTSIDE_ROOT = "outside_root"
    NOT_FOUND = "not_found"
    GONE = "gone"
    FORBIDDEN = "forbidden"
    UNAVAILABLE_LEGALLY = "unavailable_legally"
    RATE_LIMITED = "rate_limited"
    HTTP_STATUS = "http_status"
    SERVER_ERROR = "server_error"
    TOO_MANY_REDIRECTS = "too_many_redirects"
    BLOCKED_ADDRESS = "blocked_address"
    BLOCKED_HOST = "blocked_host"
    BLOCKED_BUCKET = "blocked_bucket"
    HOST_GIVEN_UP = "host_given_up"
    DNS = "dns"
    TLS = "tls"
    CONNECTION = "connection"
    TIMEOUT = "timeout"
    TOO_LARGE_BYTES = "too_large_bytes"
    LENGTH_MISMATCH = "length_mismatch"
    EMPTY = "empty"
    STORAGE = "storage"

    # decode: from bytes to pixels
    UNSUPPORTED_FORMAT = "unsupported_format"
    TOO_MANY_PIXELS = "too_many_pixels"
    TRUNCATED = "truncated"
    CORRUPT = "corrupt"
    DECODE_TIMEOUT = "decode_timeout"
    DECODER_CRASHED = "decoder_crashed"

    # preprocess: from a labelled record to an example
    UNLABELLED = "unlabelled"
    CONFLICTING_LABEL = "conflicting_label"

    # infer: from inputs to scores
    UNSUPPORTED_KIND = "unsupported_kind"
    MISSING_MODALITY = "missing_modality"
    MODEL_ERROR = "model_error"
    MODEL_OUTPUT = "model_output"
    RESOURCE_EXHAUSTED = "resource_exhausted"

    # decide: from reviewers' decisions to a label
    UNKNOWN_ITEM = "unknown_item"
    UNKNOWN_TASK = "unknown_task"
    UNKNOWN_LABEL = "unknown_label"
    TIED_DECISIONS = "tied_decisions"
    AMBIGUOUS_ITEM = "ambiguous_item"

    # export: from a verdict back to the record it judged
    SOURCE_CHANGED = "source_changed"

    @property
    def retryable(self) -> bool:
        """True where the same record may pass later without anybody changing it."""
        return self in _RETRYABLE


_RETRYABLE = frozenset(
    {
        Code.RATE_LIMITED,
        Code.SERVER_ERROR,
        Code.HOST_GIVEN_UP,
        Code.DNS,
        Code.CONNECTION,
        Code.TIMEOUT,
        Code.LENGTH_MISMATCH,
        Code.STORAGE,
        Code.DECODE_TIMEOUT,
        Code.RESOURCE_EXHAUSTED,
    }
)
