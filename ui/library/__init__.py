"""The library page at ``/library``: what is in the archive, and for administrators how to add to it and put it right."""
