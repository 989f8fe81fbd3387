# planstream: one door for every command. `make` alone prints help.

SHELL := /bin/bash
.DEFAULT_GOAL := help

# Node 24 comes with the dependencies: a fresh machine needs only git, make, and any Node with npm to fetch them.
export PATH := $(CURDIR)/node_modules/.bin:$(PATH)
# glibc keeps memory apart for each thread that allocates: two such places are enough here, and take a tenth less in all.
export MALLOC_ARENA_MAX := 2
# And what is larger than a mebibyte is given back when it is free: left to itself, glibc keeps it for the next time (40 to 60 MB).
export MALLOC_MMAP_THRESHOLD_ := 1048576
export MALLOC_TRIM_THRESHOLD_ := 8388608
# What the scripts behind chaos and spend-torture read.
export CHAOS_SEED CHAOS_N CHAOS_CLASS SPEND_SEED SPEND_N
NODE := $(CURDIR)/node_modules/.bin/node
# A small young heap (MiB) for the main thread: what it holds is buffers, and left to itself its heap doubles for nothing.
PLANSTREAM := $(NODE) --max-semi-space-size=4 src/main.ts
# A run's main thread holds little, but with gigabytes allowed it lets garbage pile up to four times of it. (The index of a
# million replies of a model is not little.)
STREAMING := $(NODE) --max-semi-space-size=4 $(if $(LLM),,--max-old-space-size=1536) src/main.ts
INSTALLED := node_modules/.package-lock.json

# Each variable is a long option of the same meaning; unset ones stay at planstream's default.
options = $(if $(EXCLUDE),--exclude-track '$(EXCLUDE)') $(if $(TRACK),--track '$(TRACK)') \
  $(if $(LOADERS),--loader '$(LOADERS)') $(if $(HUB),--hub '$(HUB)') $(if $(TARGET),--target '$(TARGET)') \
  $(if $(LIMIT),--limit '$(LIMIT)') $(foreach pin,$(REVISION),--revision '$(pin)')
model_options = $(if $(MODEL),--model '$(MODEL)') $(if $(MODEL_URL),--model-url '$(MODEL_URL)') \
  $(if $(PRICES),--prices '$(PRICES)') $(foreach price,$(PRICE),--price '$(price)') $(if $(LLM_FOLDER),--llm-folder '$(LLM_FOLDER)') \
  $(if $(LLM_REQUESTS),--llm-requests '$(LLM_REQUESTS)')
run_settings = $(options) $(model_options) $(if $(call is_on,$(PARTIAL)),--partial) $(if $(call is_on,$(BATCH)),--batch) $(if $(call is_on,$(RAISE_CAP)),--raise-cap) $(if $(WORKERS),--workers '$(WORKERS)') \
  $(if $(SEED),--seed '$(SEED)') $(if $(LLM),--llm '$(LLM)') $(if $(MAX_COST),--max-cost '$(MAX_COST)') \
  $(if $(DEDUPE),--dedupe '$(DEDUPE)') $(if $(QUARANTINE_MAX),--quarantine-max '$(QUARANTINE_MAX)') \
  $(if $(call is_on,$(FRESH)),--fresh) $(if $(call is_on,$(UPDATE)),--update) $(if $(call is_on,$(JSON)),--json)
run_options = $(run_settings) $(if $(OUT),--output '$(OUT)')
mutation_settings = $(if $(SEED),--seed '$(SEED)') $(if $(WORKERS),--workers '$(WORKERS)') $(if $(call is_on,$(FRESH)),--fresh) \
  $(if $(call is_on,$(or $(INSERT_SOURCES),1)),,--no-insert-sources) $(json)
is_on = $(filter-out 0 no false,$(1))

folder = '$(or $(FROM),$(OUT),data/tier1)'
json = $(if $(call is_on,$(JSON)),--json)

.PHONY: help install tier1 schedule verify loaders quarantine replay trace diff report estimate spend tier2 tier3 gatling audit check test test-long memory chaos poison \
  spend-torture spend-mock bench bench-scale docs sample-hub

help:
	@echo 'make tier1 EXCLUDE=topaz             make samples of all tracks but topaz from the Hub into data/tier1'
	@echo 'make tier1 EXCLUDE=topaz HUB=sample  the same from the bundled sample, offline'
	@echo 'make schedule                        what tier1 would read, without reading a row'
	@echo 'make verify [FROM=data/tier1]        check every hash, edge, count and checksum (SOURCE=1: and the source rows)'
	@echo 'make loaders                         the loaders there are'
	@echo 'make tier2 | tier3 [TARGET=4000]     mutations of tier1 samples and near-boundary cases; make audit looks for give-aways'
	@echo 'make gatling [SCALE=0.01]             tier1, tier2 and tier3 in order, 10 million samples by SCALE, below OUT (data)'
	@echo 'make quarantine | replay             rows that failed, by reason | work them again after a fix'
	@echo 'make trace SAMPLE=id                 where a sample comes from, step by step, with its hashes'
	@echo 'make diff FROM=folder TO=folder      what changed between two runs'
	@echo 'make report                          a run folder in short (the page is report.html in it)'
	@echo 'make estimate | spend                what asking a model would cost (PROBE=100: by so many replies) | what it has cost'
	@echo 'make check | test                    types, style, docs, advisories | all tests'
	@echo 'make test-long                       all tests, also those that take minutes, such as every crash point in every scene'
	@echo 'make chaos                           200 scenarios of faults and kills (CHAOS_SEED, CHAOS_N): minutes'
	@echo 'make poison | spend-torture          100,000 malformed rows | 500 runs against a billing, crashing model'
	@echo 'make spend-mock [N=100000]           so many conversations with a model that draws its answers: reservations/s, peak memory'
	@echo 'make bench [SCALE=1] | bench-scale   against DuckDB copying the same files | 10 k to 4 M samples'
	@echo 'make memory                          a 2 GB JSON array and 3 million parquet rows: peak memory of each run'
	@echo 'make docs | sample-hub               write the generated parts of the docs | the bundled sample anew'
	@echo 'make install                         fetch Node 24 and the libraries (every target does this when needed)'
	@echo
	@echo 'Variables: EXCLUDE TRACK LOADERS HUB OUT WORKERS TARGET LIMIT SEED FRESH UPDATE REVISION LLM MAX_COST'
	@echo '           MODEL MODEL_URL PRICES PRICE LLM_FOLDER PARTIAL BATCH RAISE_CAP DEDUPE QUARANTINE_MAX JSON FROM TO SAMPLE REASON'
	@echo '           LLM_REQUESTS PROBE PROBE_BUDGET N OFFLINE SOURCE CHAOS_SEED CHAOS_N POISON_SEED POISON_N SPEND_SEED SPEND_N. Lists are comma-separated, switches are set by =1.'
	@echo 'Example:   make tier1 LOADERS=jasper/gsm8k,quartz/xlam LIMIT=1000 OUT=data/look FRESH=1'

install: $(INSTALLED)

$(INSTALLED): package.json package-lock.json
	@# Whatever Node runs npm here, the packages are for the Node 24 among them: its engine warnings would mislead.
	npm ci --no-audit --no-fund --ignore-scripts --loglevel=error
	@$(NODE) -e 'process.exit(Number(process.versions.node.split(".")[0]) >= 24 ? 0 : 1)' || { \
	  echo 'Node 24 was not installed: npm has no build of it for this machine, or optional dependencies are switched off.' >&2; \
	  echo 'Put a Node 24 or newer at $(NODE), or install where linux-x64, linux-arm64 or darwin is at hand.' >&2; exit 1; }
	@touch $@

tier1: $(INSTALLED)
	@$(STREAMING) tier1 $(run_options)

schedule: $(INSTALLED)
	@$(PLANSTREAM) schedule $(options) $(if $(call is_on,$(JSON)),--json)

verify: $(INSTALLED)
	@$(PLANSTREAM) verify '$(or $(FROM),$(OUT),data/tier1)' $(if $(call is_on,$(SOURCE)),--source $(if $(HUB),--hub '$(HUB)')) \
	  $(if $(call is_on,$(JSON)),--json)

loaders: $(INSTALLED)
	@$(PLANSTREAM) loaders

quarantine: $(INSTALLED)
	@$(PLANSTREAM) quarantine list $(folder) $(if $(LOADERS),--loader '$(LOADERS)') $(json)

replay: $(INSTALLED)
	@$(PLANSTREAM) quarantine replay $(folder) $(if $(LOADERS),--loader '$(LOADERS)') $(if $(REASON),--reason '$(REASON)') \
	  $(if $(HUB),--hub '$(HUB)') $(if $(WORKERS),--workers '$(WORKERS)') $(if $(call is_on,$(OFFLINE)),--offline) $(json)

trace: $(INSTALLED)
	@$(PLANSTREAM) trace $(folder) '$(SAMPLE)' $(if $(HUB),--hub '$(HUB)') $(json)

diff: $(INSTALLED)
	@$(PLANSTREAM) diff '$(FROM)' '$(TO)' $(json)

report: $(INSTALLED)
	@$(PLANSTREAM) report $(folder) $(json)

tier2 tier3: $(INSTALLED)
	@$(STREAMING) $@ --from '$(or $(FROM),data/tier1)' --output '$(or $(OUT),data/$@)' $(if $(TARGET),--target '$(TARGET)') \
	  $(if $(RATIO),--ratio '$(RATIO)') $(mutation_settings)

# All three tiers in order, below OUT (data). SCALE=1 is the whole: 4 million negatives, 2 million near-boundary cases. A loader
# that failed (exit code 5) does not stop the others' samples from being mutated, but it is the code in the end.
gatling: $(INSTALLED)
	@first=0; $(STREAMING) tier1 $(run_settings) --output '$(below)/tier1' || first=$$?; [ $$first -eq 0 ] || [ $$first -eq 5 ] || exit $$first; \
	for tier in tier2:4000000 tier3:2000000; do \
	  $(STREAMING) $${tier%:*} --from '$(below)/tier1' --output "$(below)/$${tier%:*}" $(mutation_settings) \
	    --target $$(awk -v all=$${tier#*:} 'BEGIN { printf "%d", all * $(or $(SCALE),1) }') || exit $$?; \
	done; exit $$first
below = $(or $(OUT),data)

audit: $(INSTALLED)
	@$(PLANSTREAM) audit '$(or $(FROM),$(OUT),data/tier2)' $(json)

estimate: $(INSTALLED)
	@$(PLANSTREAM) estimate $(options) $(model_options) $(if $(LLM),--llm '$(LLM)') $(if $(SEED),--seed '$(SEED)') \
	  $(if $(PROBE),--probe '$(PROBE)') $(if $(PROBE_BUDGET),--probe-budget '$(PROBE_BUDGET)') \
	  $(if $(MAX_COST),--max-cost '$(MAX_COST)') $(if $(call is_on,$(RAISE_CAP)),--raise-cap) $(json)

spend: $(INSTALLED)
	@$(PLANSTREAM) spend $(if $(LLM_FOLDER),'$(LLM_FOLDER)') $(json)

check: $(INSTALLED)
	tsc --noEmit
	biome check --error-on-warnings .
	$(NODE) test/support/write-docs.ts --check
	$(NODE) test/support/audit.ts

test: $(INSTALLED)
	vitest run

test-long: $(INSTALLED)
	LONG=1 vitest run

memory: $(INSTALLED)
	$(NODE) test/support/measure-memory.ts $(filter --max%,$(STREAMING))

chaos: $(INSTALLED)
	@$(NODE) test/chaos/run-chaos.ts

poison: $(INSTALLED)
	@$(NODE) test/support/run-poison.ts --rows '$(or $(POISON_N),100000)' --seed '$(or $(POISON_SEED),1)'

spend-torture: $(INSTALLED)
	@$(NODE) test/spend/run-torture.ts

spend-mock: $(INSTALLED)
	@$(NODE) test/spend/run-mock.ts --rows '$(or $(N),100000)' $(if $(LLM_REQUESTS),--at-once '$(LLM_REQUESTS)') -- $(filter --max%,$(PLANSTREAM))

bench: $(INSTALLED)
	@$(NODE) test/bench/run-bench.ts $(if $(SCALE),--scale '$(SCALE)') $(if $(BENCH_LOADERS),--loaders '$(BENCH_LOADERS)') \
	  $(if $(BENCH_RUNS),--runs '$(BENCH_RUNS)') -- $(filter --max%,$(STREAMING))

bench-scale: $(INSTALLED)
	@$(NODE) test/bench/run-scale.ts $(if $(MAX),--max '$(MAX)') -- $(filter --max%,$(STREAMING))

docs: $(INSTALLED)
	$(NODE) test/support/write-docs.ts

sample-hub: $(INSTALLED)
	$(NODE) test/support/make-sample-hub.ts
