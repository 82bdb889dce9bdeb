"""After a crawl, outside of it: whom its settings say to tell, and telling them.

The directory is free again and the exit code is known. What comes of it is a line in the log and in
the run's record, never another exit code.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archiver.alerts import Alert, read_alert, send
from archiver.announcement import When, alert_document
from archiver.errors import ConfigError
from archiver.report import read_run_record, write_run_record

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Telling:
    """Whom to tell, and after which runs."""

    alert: Alert
    when: When


def read_telling(settings: Any) -> Telling | None:
    """What ``ALERT``, ``ALERT_ON`` and ``ALERT_TIMEOUT`` of Scrapy's ``settings`` say; None where
    nobody is to be told. ConfigError names the setting that is wrong."""
    on = str(settings.get("ALERT_ON")).strip().lower()
    if on not in set(When):
        raise ConfigError(f"ALERT_ON is {on!r}", remedy=f"Set it to one of {', '.join(When)}")
    try:
        seconds = float(settings.get("ALERT_TIMEOUT"))
    except (TypeError, ValueError):
        seconds = 0.0
    if not 0 < seconds <= 3600:
        raise ConfigError("ALERT_TIMEOUT is no time", remedy="Give seconds, at most 3600")
    alert = read_alert(str(settings.get("ALERT") or ""), seconds=seconds)
    return None if alert is None else Telling(alert, When(on))


def tell(
    telling: Telling,
    output_dir: Path,
    run_id: str | None,
    *,
    exit_code: int,
    fault: str | None,
    is_failure: bool,
) -> None:
    """Somebody knows of the run, if this is one to tell of; a warning where that failed. Without
    ``run_id`` it never began."""
    facts: Mapping[str, Any] = {}
    if run_id is not None:
        try:
            facts = read_run_record(output_dir, run_id)
        except ConfigError as error:
            fault = fault or str(error)
    document = alert_document(
        facts, when=telling.when, exit_code=exit_code, fault=fault, is_failure=is_failure
    )
    if document is None:
        return
    delivery = send(telling.alert, {**document, "output_dir": str(output_dir)})
    if delivery.fault is None:
        logger.info("%s was told of the run", delivery.to)
    else:
        logger.warning("%s was not told of the run: %s", delivery.to, delivery.fault)
    if facts:
        try:
            write_run_record(output_dir, {**facts, "alert": delivery.as_json()})
        except OSError as error:
            logger.warning("The record of the run does not say so (%s)", error)
