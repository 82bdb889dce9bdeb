"""Growing the judge of ``archiver.extract.judge`` from a corpus of pages with gold: ``make train``.

Knows the corpus, LightGBM and cross-validation; nothing in ``archiver`` imports it.
"""
