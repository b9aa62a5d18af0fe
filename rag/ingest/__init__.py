"""From files to passages: read (file to Page), page and article (lines to Article), meta, split."""
