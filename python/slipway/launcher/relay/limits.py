"""What MLflow's server refuses or shortens, checked before a call is made durable, so that it is not refused later."""

from __future__ import annotations

import json
import math
import posixpath
import re
from typing import Any, Dict, List, Optional, Set

from .wire import Refusal, invalid

KEY, PARAM_VALUE, TAG_VALUE = 250, 6000, 8000
BATCH_METRICS, BATCH_PARAMS, BATCH_TAGS, BATCH_TOTAL, BATCH_BYTES = 1000, 100, 100, 1000, 1_000_000
DATASETS = 1000
_DATASET_FIELDS = (("name", 500), ("digest", 36), ("source_type", 36), ("source", 65535), ("schema", 1048575))
STATUSES = ("RUNNING", "SCHEDULED", "FINISHED", "FAILED", "KILLED")
_RUN_ID = re.compile(r"[a-zA-Z0-9][\w\-]{0,255}\Z")
_NAME = re.compile(r"[/\w.\- :]*\Z")
_INT64 = 1 << 63
_good_names: Set[str] = set()


def required(call: Dict[str, Any], name: str) -> Any:
    """The field, which must be there and not empty."""
    value = call.get(name)
    if value is None or value == "":
        raise invalid(
            "Missing value for required parameter '%s'. See the API docs for more information about request parameters."
            % name
        )
    return value


def run_id(call: Dict[str, Any]) -> str:
    """The run that a call is about (`run_id`, or the older `run_uuid`)."""
    value = call.get("run_id") or call.get("run_uuid")
    if value is None or value == "":
        required(call, "run_id")
    if not isinstance(value, str) or not _RUN_ID.match(value):
        raise invalid("Invalid value %s for parameter 'run_id' supplied." % json.dumps(value))
    return value


def name(value: Any, path: str, what: str) -> str:
    """A metric, param or tag key."""
    if isinstance(value, str) and value in _good_names:
        return value
    if value is None or value == "":
        raise invalid("Missing value for required parameter '%s'." % path)
    shown = json.dumps(value)
    if not isinstance(value, str) or not _NAME.match(value):
        raise invalid(
            "Invalid value %s for parameter '%s' supplied: Names may only contain alphanumerics, underscores (_), "
            "dashes (-), periods (.), spaces ( ), colon(:) and slashes (/)." % (shown, path)
        )
    normal = posixpath.normpath(value)
    if normal != value or normal == "." or normal.startswith(("..", "/")):
        raise invalid(
            "Invalid value %s for parameter '%s' supplied: Names may be treated as files in certain cases, and must "
            "not resolve to other names when treated as such. This name would resolve to '%s'" % (shown, path, normal)
        )
    if len(value) > KEY:
        raise invalid("'%s' exceeds the maximum length of %d characters" % (what, KEY))
    if len(_good_names) < 10000:
        _good_names.add(value)
    return value


def integer(value: Any, path: str) -> int:
    """An int64; JSON numbers and decimal strings are both accepted, as protobuf does."""
    if type(value) is int:
        number = value
    else:
        try:
            if isinstance(value, bool) or isinstance(value, float) and value != int(value):
                raise ValueError
            number = int(value)
        except (TypeError, ValueError, OverflowError):
            raise _wrong(value, path) from None
    if not -_INT64 <= number < _INT64:
        raise _wrong(value, path)
    return number


def double(value: Any, path: str) -> float:
    """A double; "NaN", "Infinity" and "-Infinity" come as strings."""
    if type(value) is float or type(value) is int:
        try:
            return float(value)
        except OverflowError:
            raise _wrong(value, path) from None
    if isinstance(value, str) and value.strip() == value:
        try:
            return float(value)
        except ValueError:
            pass
    raise _wrong(value, path)


def text(value: Any, path: str) -> str:
    """A string; absent counts as empty."""
    if value is None:
        return ""
    if not isinstance(value, str):
        raise _wrong(value, path)
    return value


def rows(call: Dict[str, Any], field: str) -> List[Dict[str, Any]]:
    """A list of objects; absent counts as empty."""
    value = call.get(field)
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        raise _wrong(value, field)
    return value


def _wrong(value: Any, path: str) -> Exception:
    return invalid(
        "Invalid value %s for parameter '%s' supplied. Hint: Value was of type '%s'. See the API docs for more "
        "information about request parameters." % (json.dumps(value)[:200], path, type(value).__name__)
    )


class Metric:
    """A checked metric. `value` is what the store keeps: infinities become the largest doubles."""

    __slots__ = ("key", "value", "timestamp", "step")

    def __init__(self, row: Dict[str, Any], path: str) -> None:
        prefix = path + "." if path else ""
        self.key = name(row.get("key"), prefix + "key", "Metric name")
        raw = row.get("value")
        if raw is None or raw == "":
            raise invalid("Missing value for required parameter '%svalue'." % prefix)
        value = double(raw, prefix + "value")
        if math.isinf(value):
            value = math.copysign(1.7976931348623157e308, value)
        self.value = value
        stamp = row.get("timestamp")
        if stamp is None:
            raise invalid("Missing value for required parameter '%stimestamp'." % prefix)
        self.timestamp = integer(stamp, prefix + "timestamp")
        if self.timestamp < 0:
            raise invalid(
                "Invalid value %d for parameter '%stimestamp' supplied: metric '%s' (value=%s). Timestamp must be a "
                "nonnegative long (64-bit integer) " % (self.timestamp, prefix, self.key, self.value)
            )
        step = row.get("step")
        self.step = 0 if step is None else integer(step, prefix + "step")


def shorten(row: Dict[str, Any], limit: int, path: str) -> bool:
    """Cuts a param's or tag's value to what the store keeps, as MLflow does; True where it did."""
    value = text(row.get("value"), path)
    if len(value) <= limit:
        return False
    row["value"] = value[:limit]
    return True


def batch(metrics: List[Any], params: List[Any], tags: List[Any], size: int) -> None:
    """The limits of one log-batch call."""
    if size > BATCH_BYTES:
        raise invalid(
            "Batched logging API requests must be at most %d bytes, got a request of size %d." % (BATCH_BYTES, size)
        )
    total = len(metrics) + len(params) + len(tags)
    for what, limit, count in (
        ("metrics", BATCH_METRICS, len(metrics)),
        ("params", BATCH_PARAMS, len(params)),
        ("tags", BATCH_TAGS, len(tags)),
        ("metrics, params, and tags", BATCH_TOTAL, total),
    ):
        if count > limit:
            raise invalid(
                "A batch logging request can contain at most %d %s. Got %d %s. Please split up %s across multiple "
                "requests and try again." % (limit, what, count, what, what)
            )


def unique_params(params: List[Dict[str, Any]]) -> None:
    """One value per key in one call."""
    seen: Set[str] = set()
    twice = []
    for row in params:
        if row["key"] in seen:
            twice.append(row["key"])
        seen.add(row["key"])
    if twice:
        raise invalid(
            "Duplicate parameter keys have been submitted: %s. Please ensure the request contains only one param value "
            "per param key." % twice
        )


def datasets(inputs: List[Dict[str, Any]]) -> None:
    """The dataset inputs of runs/log-inputs."""
    if len(inputs) > DATASETS:
        raise invalid("A request can contain at most %d datasets. Got %d." % (DATASETS, len(inputs)))
    for index, row in enumerate(inputs):
        path = "datasets[%d].dataset" % index
        inner = row.get("dataset")
        if not isinstance(inner, dict):
            raise invalid("Missing value for required parameter '%s'." % path)
        for field, limit in _DATASET_FIELDS:
            value = text(inner.get(field), "%s.%s" % (path, field))
            if not value and field != "schema":
                raise invalid("Missing value for required parameter '%s.%s'." % (path, field))
            if len(value) > limit:
                raise invalid("'%s' exceeds the maximum length of %d characters" % (field, limit))


def status(value: Any) -> Optional[str]:
    """A run's status by name or number."""
    if value is None:
        return None
    if value in STATUSES:
        return str(value)
    if type(value) is int and 1 <= value <= 5:
        return STATUSES[value - 1]
    raise _wrong(value, "status")


_MODEL_STATUSES = (
    "LOGGED_MODEL_STATUS_UNSPECIFIED",
    "LOGGED_MODEL_PENDING",
    "LOGGED_MODEL_READY",
    "LOGGED_MODEL_UPLOAD_FAILED",
)


def model_status(value: Any) -> str:
    """A logged model's status by name or number."""
    if value in _MODEL_STATUSES:
        return str(value)
    if type(value) is int and 1 <= value <= 3:
        return _MODEL_STATUSES[value]
    if value is None:
        required({}, "status")
    raise _wrong(value, "status")


def missing(message: str) -> Refusal:
    """404 as MLflow says it."""
    return Refusal(404, "RESOURCE_DOES_NOT_EXIST", message)
