# `make` lists the targets. Settings for any of them:
#   LAMBDA_HOST=Amazon   the function on AWS's own runtime client instead of ours
#   ARCH=x86_64          the architecture of build, package and deploy (default of the last two: arm64)
#   CONTAINER=yes        build in a container with Docker or Podman
# and for run and serve:
#   FIFO=1               a FIFO queue
#   FREEZE=1             the function is frozen between invocations, and loses connections meanwhile
#   DUPLICATES=10        every tenth batch is handed out twice
#   OUTAGE=30s           the endpoint is down that long at first (run)
#   THROTTLE=50          it takes 50 requests a second and answers the others 429; THROTTLE=50,503 answers 503 (run)
#   WALL=30s             it answers 400 to everything that long at first (run)
#   BLIP=1s              it answers 502 that long in the middle; BLIP=1s,refuse refuses connections (run)
#   TENANTS=5            each message is of one of five tenants; one of them has most (run)
#   ARGS='--help'        whatever else the local runner takes
# and for test:
#   TEST='*LanesTests'   only the classes whose names match
#   EMULATED=off         the arm64 binary is not built and run under emulation
# and for simulate:
#   SEED=123             the first seed; chance picks one without it, and it is told
#   RUNS=1               how many lives (default 10000); SECONDS=60, as many as fit (and for check)
#   VARIANT=deaf         a broken variant of the function instead
#   ARGS='--trace'       whatever else the simulation takes; ARGS=--help tells
# and for interop:
#   SERVERS='nginx node' only these servers
#   ARGS='--help'        whatever else it takes
# and for explain:
#   EVENT=event.json     the SQS event to explain; EVENT=- reads standard input
# and for bench:
#   PEER=name=path       another bootstrap beside the peers; or a command line, PEER='mine=node mine.js'
#   ARGS='--only go'     whatever else the benchmark takes; ARGS=--help tells
# and for what is deployed:
#   DIR=my/stack         the folder to deploy (default terraform/examples/standard)
#   ROUTES=my/routes.json  a file of routes, packed as routes.json, for FORWARD_ROUTES_FILE (package, plan, deploy)
#   MESSAGE='{"a":1}'    what send sends; GROUP=g, its message group on a FIFO queue
#   SINCE=15m            how far back logs and bench-aws look (default 1h)
# and for terraform-test:
#   PROVIDER=real        the real AWS provider instead of its schema alone

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

LAMBDA_HOST ?= Own
ARCH ?=
DIR ?= terraform/examples/standard
# As they were given: a message may hold what make would take for its own.
override MESSAGE := $(value MESSAGE)
override GROUP := $(value GROUP)
override EVENT := $(value EVENT)
export EMULATED ROUTES LAMBDA_HOST ARCH DIR MESSAGE GROUP EVENT SINCE PROVIDER CONTAINER
export DOTNET_CLI_TELEMETRY_OPTOUT := 1
export DOTNET_NOLOGO := 1
# .ci/run reads what dotnet says.
export DOTNET_CLI_UI_LANGUAGE := en

rid := $(if $(filter aarch64 arm64,$(shell uname -m)),linux-arm64,linux-x64)
bootstrap := artifacts/$(rid)$(if $(filter Amazon,$(LAMBDA_HOST)),-amazon)/bootstrap
local := dotnet run --project src/SqsAotLambda.Local -c Release --
options = $(if $(FIFO),--fifo) $(if $(FREEZE),--freeze) $(if $(DUPLICATES),--duplicates $(DUPLICATES))
pressure = $(if $(OUTAGE),--outage $(OUTAGE)) $(if $(THROTTLE),--throttle $(THROTTLE)) $(if $(WALL),--wall $(WALL)) \
  $(if $(BLIP),--blip $(BLIP)) $(if $(TENANTS),--tenants $(TENANTS))
bench := dotnet run --project tests/SqsAotLambda.Benchmarks -c Release -- --peers artifacts/bench/peers
simulation := dotnet run --project tests/SqsAotLambda.Simulation -c Release --
interop := dotnet run --project tests/SqsAotLambda.Interop -c Release --
build-peers := tests/SqsAotLambda.Benchmarks/Peers/build.sh
queue := artifacts/queue/node_modules/.package-lock.json
has-node := node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' 2> /dev/null && command -v npm > /dev/null
no-terraform := echo "skipped: the Terraform tests need Terraform 1.11 or newer (https://developer.hashicorp.com/terraform/install)"; \
  [ -z "$${CI:-}" ]
sources := $(wildcard src/SqsAotLambda.Local/queue/* src/SqsAotLambda.Local/queue/.npmrc)

package-arch := $(or $(ARCH),arm64)
zip := artifacts/package/sqsaotlambda-$(package-arch)$(if $(filter Amazon,$(LAMBDA_HOST)),-amazon).zip

.PHONY: help run serve test check check-settings explain build format clean

help: ## List the targets
	@sed -nE 's/^([a-z -]+):.*## (.*)/  make \1\t\2/p' Makefile | expand -t 42
	@sed -nE 's/^# ?(.*)/\1/p; /^$$/q' Makefile

run: build $(queue) ## Deliver sample messages from a local queue through the real bootstrap, and account for each
	@$(local) run --bootstrap $(bootstrap) $(options) $(pressure) $(ARGS)

serve: build $(queue) ## Keep the local queue and the bootstrap running, for messages of your own
	@$(local) serve --bootstrap $(bootstrap) $(options) $(ARGS)

test: hosts emulated queue-if-node terraform-test ## Run all tests
	dotnet test --no-ansi --no-progress --timeout 10m $(if $(TEST),--filter-class '$(TEST)' --ignore-exit-code 8)

.PHONY: simulate
simulate: ## Let the whole function live in a simulated world, life after life, and check what must hold in each
	@$(simulation) $(if $(SEED),--seed $(SEED)) $(if $(SECONDS),--seconds $(SECONDS),--runs $(or $(RUNS),10000)) \
	  $(if $(VARIANT),--variant $(VARIANT)) $(ARGS)

.PHONY: interop
interop: build ## Deliver through the bootstrap to nginx, Apache, Node.js and others that restart, reload and close; those that are here
	@$(interop) --bootstrap $(bootstrap) $(if $(SERVERS),--servers $(SERVERS)) $(ARGS)

.PHONY: terraform-test terraform-mutate terraform-schema
terraform-test: ## Check and test the Terraform module, offline; PROVIDER=real with the real provider
	@if command -v terraform > /dev/null; then terraform/tests/check.sh; else $(no-terraform); fi

terraform-mutate: ## Break the module in every way its tests should notice, and see that they do
	@terraform/tests/offline/mutate.sh

terraform-schema: ## Write the offline tests' schema anew from the real provider
	@terraform/tests/offline/schema.sh

.PHONY: bench bench-smoke
bench: ## Measure cold start, cost, memory and size beside other forwarders; under five minutes
	@$(build-peers)
	@$(bench) $(if $(PEER),--peer '$(PEER)') $(ARGS)

bench-smoke: ## See that the benchmark works, in seconds; the figures mean nothing
	@$(build-peers) ours c
	@$(bench) --only ours c --smoke

check: ## What CI runs: format, build without warnings, tests, a minute of simulated lives, the benchmark in short
	@scripts/lines.sh
	dotnet format --verify-no-changes
	dotnet build
	$(MAKE) test
	$(MAKE) simulate SECONDS=$(or $(SECONDS),60) ARGS=--variants
	$(MAKE) bench-smoke

check-settings: build ## Tell what the FORWARD_ variables of the environment amount to, or all that is wrong with them
	@$(bootstrap) check

explain: build ## Show the requests that the messages of EVENT become under these variables, and send none
	@$(bootstrap) explain $${EVENT:+"$$EVENT"}

build: ## Build the native bootstrap of this machine's architecture: artifacts/<rid>/bootstrap
	@scripts/publish.sh

.PHONY: package plan deploy destroy send logs redrive dead-letters bench-aws
package: ## Build for ARCH and pack for Lambda: artifacts/package/sqsaotlambda-<arch>.zip
	@scripts/package.sh

plan: package ## Show what deploy would change
	@scripts/terraform.sh plan $(zip)

deploy: package ## Create or update everything in DIR, after you say yes
	@scripts/terraform.sh apply $(zip)

destroy: ## Remove everything that DIR deployed, the queues and their messages too
	@scripts/terraform.sh destroy Makefile # a package has to be named, and is not looked into

send logs redrive dead-letters: ## Send MESSAGE, follow the log, move dead letters back, look at dead letters
	@scripts/aws.sh $@

bench-aws: ## Cold start, duration, memory and cost of the deployed function
	@scripts/aws.sh bench

format: ## Format the code
	dotnet format

clean: ## Remove everything that was built
	rm -rf artifacts

# The end-to-end tests run both hosts. Where AWS's packages are missing they read here which, unless that host was asked for.
.PHONY: hosts
hosts:
	@ARCH= LAMBDA_HOST=Own scripts/publish.sh
	@mkdir -p artifacts/$(rid)-amazon && rm -f artifacts/$(rid)-amazon/*
	@ARCH= LAMBDA_HOST=Amazon scripts/publish.sh $(if $(filter-out Amazon,$(LAMBDA_HOST)),--missing artifacts/$(rid)-amazon/missing)

# And they run the arm64 binary on other machines, where the tools for that are there.
.PHONY: emulated
emulated:
	@scripts/emulated.sh

.PHONY: queue-if-node
queue-if-node:
	@if $(has-node); then $(MAKE) --no-print-directory $(queue); fi

$(queue): $(sources)
	@$(has-node) || { echo "The local queue needs Node.js 20 or newer: install it from https://nodejs.org." >&2; exit 1; }
	@rm -rf artifacts/queue && mkdir -p artifacts && cp -R src/SqsAotLambda.Local/queue artifacts/queue
	@cd artifacts/queue && npm ci --no-audit --no-fund --loglevel=error
	@touch $@
