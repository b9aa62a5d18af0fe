# The whole service in one image, without torch; an index is built on the first start: of the pages in seeds/, or of those that RAG_PAGES names.
#   docker build -t union-rag .
#   docker run --read-only --tmpfs /tmp -v union-rag:/data -p 127.0.0.1:7860:7860 union-rag
# `--build-arg EXTRA=transformers` adds models by name (2 GB); several extras: "transformers,ocr".
ARG BASE=docker.io/library/python:3.11-slim-bookworm

FROM ${BASE} AS build
ARG EXTRA=""
WORKDIR /opt/union-rag
RUN python3 -m venv .venv
COPY pyproject.toml constraints.txt README.md ./
COPY rag rag
COPY ui ui
COPY eval eval
COPY prompts prompts
COPY seeds seeds
RUN .venv/bin/python -m pip install --no-cache-dir --quiet -c constraints.txt -e ".${EXTRA:+[$EXTRA]}" \
    && .venv/bin/python -m compileall -q rag ui eval

FROM ${BASE}
# A number and not a name, so that an orchestrator can tell that it is not root.
RUN mkdir /data && chown -R 10001:10001 /data
COPY --from=build /opt/union-rag /opt/union-rag
ENV PATH=/opt/union-rag/.venv/bin:$PATH \
    HOME=/tmp \
    PYTHONDONTWRITEBYTECODE=1 \
    RAG_HOST=0.0.0.0 \
    RAG_STORE=/data/index \
    RAG_RUNS=/data/runs \
    RAG_FEEDBACK=/data/feedback.sqlite \
    RAG_CHANNELS=/data/channels.json
USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 7860
HEALTHCHECK --interval=30s --timeout=5s --start-period=120s \
    CMD ["python3", "-c", "import os, urllib.request as r; r.urlopen(f\"http://127.0.0.1:{os.environ.get('RAG_PORT', 7860)}/readyz\", timeout=4)"]
STOPSIGNAL SIGINT
CMD ["rag", "serve"]
