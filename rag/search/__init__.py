"""Finding passages: words and character pairs (BM25) beside sentence vectors (FAISS), fused by rank."""
