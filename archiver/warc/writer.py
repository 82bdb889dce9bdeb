"""Captures onto the disk: a queue, one thread, and a promise that resolves when it is kept.

Knows when records are durable, when a file is full and when a file may be sealed. What a record
looks like is ``records``' affair, how a file is written ``openfile``'s.

All that waits in the queue goes into one write and one fsync; then, and never before, its futures
resolve. fsync for each record would cost 0.4 ms, packing on the caller's thread 1 ms a page.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

from archiver.errors import Place, WriteFailed
from archiver.model import Capture, Exchange, RecordRef
from archiver.warc.durable import KERNEL, Kernel
from archiver.warc.openfile import FileMaker, OpenFile
from archiver.warc.records import Earlier, capture_of, note_record, records_of
from archiver.warc.sealing import seal

logger = logging.getLogger(__name__)

GROUP_BYTES = 8 * 1024 * 1024
"""Received bytes written as one group at most: some 25 ms of packing."""
MAX_BYTES = 1024 * 1024 * 1024
"""A full file: the size that the field's tools and mirrors are used to."""
MAX_AGE_SECONDS = 3600.0
"""A file is sealed, and its tables derived, at least once an hour."""
IDLE_SECONDS = 5.0
"""How often an idle writer looks whether its file has grown too old."""


def utc_now() -> datetime:
    """The present moment, aware, UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, eq=False)
class _Write:
    exchange: Exchange
    hold: bool
    earlier: Earlier | None
    future: Future[Capture] = field(default_factory=Future)


@dataclass(frozen=True, slots=True, eq=False)
class _Note:
    capture: Capture
    fields: Mapping[str, str]
    future: Future[None] = field(default_factory=Future)


@dataclass(frozen=True, slots=True, eq=False)
class _Release:
    capture: Capture


@dataclass(frozen=True, slots=True, eq=False)
class _Close:
    pass


_Job = _Write | _Note | _Release | _Close


class WarcWriter:
    """Writes exchanges into WARC files of ``directory``; may be called from any thread.

    Files are made when there is something to write, so none is ever sealed empty. A file that is
    full or old is followed by a new one; it is sealed (line in ``manifest``, final name) once all
    its held captures are released, and ``on_sealed`` is called with its path on the writer's
    thread. ``info`` are fields of each file's warcinfo record, such as ``software`` and
    ``http-header-user-agent``.
    """

    def __init__(
        self,
        directory: Path,
        *,
        prefix: str,
        run_id: str,
        info: Mapping[str, str],
        manifest: Path,
        max_bytes: int = MAX_BYTES,
        max_age_seconds: float = MAX_AGE_SECONDS,
        on_sealed: Callable[[Path], None] | None = None,
        clock: Callable[[], datetime] = utc_now,
        new_id: Callable[[], UUID] = uuid4,
        kernel: Kernel = KERNEL,
    ) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._maker = FileMaker(directory, prefix, run_id, info, clock, new_id, kernel)
        self._manifest = manifest
        self._max_bytes = max_bytes
        self._max_age_seconds = max_age_seconds
        self._on_sealed = on_sealed
        self._jobs: queue.SimpleQueue[_Job] = queue.SimpleQueue()
        self._current: OpenFile | None = None
        self._draining: list[OpenFile] = []
        self._fatal: WriteFailed | None = None
        self._is_closed = False
        self._door = threading.Lock()
        # A daemon, so that a program that dies without close() is not kept alive by its writer:
        # what it had not promised is lost, what it had is on disk.
        self._thread = threading.Thread(target=self._run, name="warc-writer", daemon=True)
        self._thread.start()

    def write(
        self, exchange: Exchange, *, hold: bool = False, earlier: Earlier | None = None
    ) -> Future[Capture]:
        """The future resolves when all records of ``exchange`` are on disk, with its capture
        (payload filled); it raises ``WriteFailed`` or ``DiskFull`` if that cannot be.

        ``hold`` keeps the file unsealed until ``release``, so that ``note`` can still speak of
        the capture. ``earlier`` is the capture that a 304 is about.
        """
        job = _Write(exchange, hold, earlier)
        self._enqueue(job)
        return job.future

    def note(self, capture: Capture, fields: Mapping[str, str]) -> Future[None]:
        """The future resolves when a metadata record about ``capture`` is on disk, in its file;
        it raises ``WriteFailed`` when that file is sealed already."""
        job = _Note(capture, fields)
        self._enqueue(job)
        return job.future

    def release(self, capture: Capture) -> None:
        """No more notes about ``capture`` will come. Harmless once the writer is closed."""
        with self._door:
            if not self._is_closed:
                self._jobs.put(_Release(capture))

    def close(self) -> None:
        """Everything asked for is written and every file sealed, held captures or not.

        Raises ``WriteFailed`` when a file had to be left ``.open``; recovery seals it later.
        """
        with self._door:
            if not self._is_closed:
                self._is_closed = True
                self._jobs.put(_Close())
        self._thread.join()
        if self._fatal is not None:
            raise self._fatal

    def _enqueue(self, job: _Write | _Note) -> None:
        with self._door:
            if self._is_closed:
                raise WriteFailed("the writer is closed", remedy="Write before closing it")
            self._jobs.put(job)

    # All below runs on the writer's thread.

    def _run(self) -> None:
        try:
            self._work()
        except Exception as error:  # whatever it is: nobody may wait for this thread for ever
            logger.exception("the writer ended")
            self._fatal = self._fatal or WriteFailed(f"the writer ended ({error!r})")
            self._refuse_all()

    def _refuse_all(self) -> None:
        """Every job that waits, or will, fails."""
        while True:
            job = self._jobs.get()
            if isinstance(job, _Close):
                return
            if isinstance(job, _Write | _Note) and job.future.set_running_or_notify_cancel():
                job.future.set_exception(self._fatal or WriteFailed("the writer ended"))

    def _work(self) -> None:
        while True:
            jobs = self._next_group()
            is_last = bool(jobs) and isinstance(jobs[-1], _Close)
            self._write_group([job for job in jobs if isinstance(job, _Write | _Note)])
            for job in jobs:
                if isinstance(job, _Release):
                    self._let_go(job.capture)
            self._rotate(everything=is_last)
            if is_last:
                return

    def _next_group(self) -> list[_Job]:
        """The jobs that wait, up to ``GROUP_BYTES``; none when it was quiet for a while."""
        try:
            jobs = [self._jobs.get(timeout=IDLE_SECONDS if self._current else None)]
        except queue.Empty:
            return []
        size = 0
        while not isinstance(jobs[-1], _Close):
            if isinstance(jobs[-1], _Write):
                size += len(jobs[-1].exchange.received)
            if size >= GROUP_BYTES:
                break
            try:
                jobs.append(self._jobs.get_nowait())
            except queue.Empty:
                break
        return jobs

    def _write_group(self, jobs: list[_Write | _Note]) -> None:
        """Write the records of ``jobs``; resolve the promises of each file once it is on disk."""
        promises: dict[str, list[tuple[_Write | _Note, Capture | None]]] = {}
        for job in jobs:
            if not job.future.set_running_or_notify_cancel():
                continue
            try:
                file, capture = self._add(job)
            except Exception as error:  # whatever it is, the promise carries it
                job.future.set_exception(error)
                continue
            promises.setdefault(file.filename, []).append((job, capture))
        for filename, promised in promises.items():
            file = self._file(filename)
            try:
                file.commit()
            except Exception as error:
                self._after_failure(file, error)
                for job, _ in promised:
                    job.future.set_exception(error)
            else:
                for job, capture in promised:
                    if isinstance(job, _Note):
                        job.future.set_result(None)
                    elif capture is not None:
                        if job.hold:
                            file.held.add(capture.ref.record_id)
                        job.future.set_result(capture)

    def _add(self, job: _Write | _Note) -> tuple[OpenFile, Capture | None]:
        """Pack the records of ``job`` into their file."""
        if self._fatal is not None:
            raise self._fatal
        if isinstance(job, _Note):
            return self._add_note(job), None
        if self._current is None:
            self._current = self._maker.make()
        file = self._current
        made = records_of(
            job.exchange,
            new_id=self._maker.new_id,
            earlier=job.earlier,
            warcinfo_id=file.warcinfo_id,
        )
        offset, length = file.add(*made.records)
        ref = RecordRef(file.filename, offset, length, made.capture.record_id)
        return file, capture_of(job.exchange, made, ref, self._maker.run_id)

    def _add_note(self, job: _Note) -> OpenFile:
        file = self._file(job.capture.ref.filename)
        record = note_record(
            about_id=job.capture.ref.record_id,
            url=job.capture.url,
            at=self._maker.clock(),
            fields=job.fields.items(),
            record_id=self._maker.new_id(),
            warcinfo_id=file.warcinfo_id,
        )
        file.add(record)
        return file

    def _file(self, filename: str) -> OpenFile:
        for file in (self._current, *self._draining):
            if file is not None and file.filename == filename:
                return file
        raise WriteFailed(
            "no more notes can be added, the file is sealed",
            place=Place(filename),
            remedy="Hold a capture while notes about it may come",
        )

    def _after_failure(self, file: OpenFile, error: Exception) -> None:
        if not isinstance(error, WriteFailed):
            file.is_broken = True
        if file.is_broken:
            self._fatal = error if isinstance(error, WriteFailed) else WriteFailed(str(error))
        elif file.size == 0 and file is self._current:  # its warcinfo went with the failed write
            self._current = None
            file.discard()

    def _let_go(self, capture: Capture) -> None:
        for file in (self._current, *self._draining):
            if file is not None and file.filename == capture.ref.filename:
                file.held.discard(capture.ref.record_id)

    def _rotate(self, *, everything: bool) -> None:
        """A full or old file drains; files that nothing holds are sealed."""
        current = self._current
        if current is not None:
            age = (self._maker.clock() - current.opened_at).total_seconds()
            if everything or current.size >= self._max_bytes or age >= self._max_age_seconds:
                self._draining.append(current)
                self._current = None
        for file in list(self._draining):
            if everything or not file.held:
                self._draining.remove(file)
                self._seal(file)

    def _seal(self, file: OpenFile) -> None:
        file.discard()
        if file.size == 0 or file.is_broken:
            return
        try:
            path = seal(
                file.path,
                size=file.size,
                sha256=file.sha256.hexdigest(),
                manifest=self._manifest,
                sealed_at=self._maker.clock(),
                kernel=self._maker.kernel,
            )
        except Exception as error:
            refusal = error if isinstance(error, WriteFailed) else WriteFailed(str(error))
            self._fatal = self._fatal or refusal
            logger.error("%s could not be sealed: %s", file.path, refusal)  # noqa: TRY400
            return
        if self._on_sealed is not None:
            try:
                self._on_sealed(path)
            except Exception:  # of who was told of the sealed file: its fault is not the archive's
                logger.exception("a sealed file was not received", extra={"warc": str(path)})
