"""The recipes that made what lies in rag/models/. Never imported by the product."""
