"""One module a format, each with one verb: bytes to the texts that are in them. See :mod:`rag.ingest.read` for who calls which.

``encoding`` bytes to characters . ``html`` and ``head`` . ``docx`` . ``table`` (.csv) . ``documents`` (.jsonl) . ``pdf`` (text layer)
and ``layout`` (its characters to lines in reading order) . ``ocr`` (pictures of pages) . ``archive`` (.zip) . ``marked`` (headings)
"""
