"""The archive: exchanges into WARC files, and WARC files of any tool into captures.

Knows WARC and the files of an archive; knows nothing of fetching, of pages or of tables.
"""
