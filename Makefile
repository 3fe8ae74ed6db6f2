# `make` lists the targets. Settings for any of them:
#   LAMBDA_HOST=Amazon   the function on AWS's own runtime client instead of ours
#   FRAMEWORK=net9.0     the native binary for .NET 9 (default net10.0)
# and for run and serve:
#   FIFO=1               a FIFO queue
#   ARGS='--help'        whatever else the local runner takes
# and for test:
#   TEST='*LanesTests'   only the classes whose names match

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

LAMBDA_HOST ?= Own
FRAMEWORK ?=
export LAMBDA_HOST FRAMEWORK
export DOTNET_CLI_TELEMETRY_OPTOUT := 1
export DOTNET_NOLOGO := 1
# .ci/run reads what dotnet says.
export DOTNET_CLI_UI_LANGUAGE := en

rid := $(if $(filter aarch64 arm64,$(shell uname -m)),linux-arm64,linux-x64)
bootstrap := artifacts/$(rid)$(if $(filter Amazon,$(LAMBDA_HOST)),-amazon)/bootstrap
local := dotnet run --project src/SqsAotLambda.Local -c Release --
queue := artifacts/queue/node_modules/.package-lock.json
has-node := node -e 'process.exit(parseInt(process.versions.node) < 20)' 2> /dev/null && command -v npm > /dev/null
sources := $(wildcard src/SqsAotLambda.Local/queue/* src/SqsAotLambda.Local/queue/.npmrc)

.PHONY: help run serve test check build format clean

help: ## List the targets
	@sed -nE 's/^([a-z-]+):.*## (.*)/  make \1\t\2/p' Makefile | expand -t 18
	@sed -nE 's/^# ?(.*)/\1/p; /^$$/q' Makefile

run: build $(queue) ## Deliver sample messages from a local queue through the real bootstrap, and account for each
	@$(local) run --bootstrap $(bootstrap) $(if $(FIFO),--fifo) $(ARGS)

serve: build $(queue) ## Keep the local queue and the bootstrap running, for messages of your own
	@$(local) serve --bootstrap $(bootstrap) $(if $(FIFO),--fifo) $(ARGS)

test: hosts queue-if-node ## Run all tests
	dotnet test --no-ansi --no-progress --timeout 10m $(if $(TEST),--filter-class '$(TEST)' --ignore-exit-code 8)

check: ## What CI runs: format, build without warnings, tests
	dotnet format --verify-no-changes
	dotnet build
	$(MAKE) test

build: ## Build the native bootstrap of this machine's architecture: artifacts/<rid>/bootstrap
	@scripts/publish.sh

format: ## Format the code
	dotnet format

clean: ## Remove everything that was built
	rm -rf artifacts

# The end-to-end tests run both hosts. Where AWS's packages are missing they read here which, unless that host was asked for.
.PHONY: hosts
hosts:
	@LAMBDA_HOST=Own scripts/publish.sh
	@mkdir -p artifacts/$(rid)-amazon && rm -f artifacts/$(rid)-amazon/*
	@LAMBDA_HOST=Amazon scripts/publish.sh $(if $(filter-out Amazon,$(LAMBDA_HOST)),--missing artifacts/$(rid)-amazon/missing)

.PHONY: queue-if-node
queue-if-node:
	@if $(has-node); then $(MAKE) --no-print-directory $(queue); fi

$(queue): $(sources)
	@$(has-node) || { echo "The local queue needs Node.js 20 or newer: install it from https://nodejs.org." >&2; exit 1; }
	@rm -rf artifacts/queue && mkdir -p artifacts && cp -R src/SqsAotLambda.Local/queue artifacts/queue
	@cd artifacts/queue && npm ci --no-audit --no-fund --loglevel=error
	@touch $@
