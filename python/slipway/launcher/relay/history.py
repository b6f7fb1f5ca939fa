"""A metric's history without the engine: read from the journal, so it costs time and no memory."""

from __future__ import annotations

import json
from typing import Any, Dict, Iterator, List, Optional
from urllib.parse import parse_qs

from . import limits
from .journal import Journal
from .view import metric_row
from .wire import Answer, invalid, json_answer

_SINGLE = "/api/2.0/mlflow/runs/log-metric"
_BATCH = "/api/2.0/mlflow/runs/log-batch"
PAGE = 25000


def first(query: str, name: str) -> Optional[str]:
    """The first value of a query parameter."""
    values = parse_qs(query, keep_blank_values=True).get(name)
    return values[0] if values else None


def answer(journal: Journal, run_id: str, query: str) -> Answer:
    """metrics/get-history of a run, by pages; the page token is the number of points to skip."""
    key = first(query, "metric_key")
    if not key:
        raise invalid("Missing value for required parameter 'metric_key'.")
    size = _whole(first(query, "max_results"), PAGE)
    skip = _whole(first(query, "page_token"), 0)
    points: List[Dict[str, Any]] = []
    more = False
    for index, point in enumerate(_points(journal, run_id, key)):
        if index < skip:
            continue
        if len(points) == size:
            more = True
            break
        points.append(point)
    body: Dict[str, Any] = {"metrics": points} if points else {}
    if more:
        body["next_page_token"] = str(skip + size)
    return json_answer(body)


def _whole(text: Optional[str], default: int) -> int:
    if not text:
        return default
    if not text.isdigit():
        raise invalid("Invalid value '%s': not a whole number" % text)
    return min(int(text), 1 << 62)


def _points(journal: Journal, run_id: str, key: str) -> Iterator[Dict[str, Any]]:
    plain = key.isascii() and '"' not in key and "\\" not in key
    needle = key.encode() if plain else b""
    for line in journal.lines():
        if needle not in line or b"/runs/log-" not in line:
            continue
        entry = json.loads(line.decode("utf-8", "surrogatepass"))
        if entry["path"] not in (_SINGLE, _BATCH):
            continue
        call = json.loads(entry["body"])
        if limits.run_id(call) != run_id:
            continue
        for row in [call] if entry["path"] == _SINGLE else call.get("metrics") or ():
            if row.get("key") == key:
                metric = limits.Metric(row, "")
                yield metric_row(metric.key, metric.value, metric.timestamp, metric.step)
