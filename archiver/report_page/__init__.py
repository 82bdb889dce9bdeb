"""``runs/<run id>/report.html``: one page that says how a run went, for a person.

The page is whole in one file: it opens from disk, asks no network, and runs no script. What stands
in it comes from the run's record, the records before it, and the run's own parts of the dataset.
The same inputs give the same bytes.
"""

from __future__ import annotations

from pathlib import Path

from archiver.errors import Place, WriteFailed
from archiver.report import read_run_record
from archiver.report_page.history import past_runs
from archiver.report_page.measured import measure
from archiver.report_page.page import render
from archiver.report_page.records import read_record

__all__ = ["write_report"]


def write_report(output_dir: Path, run_id: str = "") -> Path:
    """The page of a run, of the latest without ``run_id``, stands beside its record; its path.

    ConfigError where there is no such run; WriteFailed where the disk does not take the page (one
    that was there before is still whole then).
    """
    now = read_record(read_run_record(output_dir, run_id))
    page = render(now, past_runs(output_dir, now), measure(output_dir / "dataset", now.run_id))
    target = output_dir / "runs" / now.run_id / "report.html"
    unfinished = target.with_name("report.html.new")
    try:
        unfinished.write_bytes(page.encode("utf-8"))
        unfinished.replace(target)
    except OSError as error:
        raise WriteFailed(
            f"the page could not be written ({error.strerror or error})",
            place=Place(str(target)),
            remedy="The run itself is whole: make room, and write it with archiver report --html",
        ) from error
    return target
