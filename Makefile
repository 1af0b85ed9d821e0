# Shortcuts for the container engine. Each goal prints the command that it runs. `make help` lists them.
#
#   make up LAB=sessions
#   make scale N=5 LAB=sessions
#
# The people lab has two files: on the network of the host (up, nginx) and on a bridge (up-bridge, nginx-bridge).

LAB ?= gallery
N ?= 3
# The service that `scale` multiplies.
SERVICE ?= app

DIR := deploy/compose
BRIDGE = $(DIR)/$(LAB).yaml
FILE = $(firstword $(wildcard $(DIR)/$(LAB)-host.yaml) $(BRIDGE))
COMPOSE = docker compose -f $(FILE)
COMPOSE_BRIDGE = docker compose -f $(BRIDGE)

.DEFAULT_GOAL := help
.PHONY: help up up-bridge down build logs ps scale test nginx nginx-bridge

help: ## List the goals
	@echo 'make GOAL LAB=$(subst $() ,|,$(sort $(basename $(notdir $(wildcard $(DIR)/*.yaml)))))    (default: gallery)'
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1 | /' | \
	  awk -F' \\| ' '{ printf "  %-14s %s\n", $$1, $$2 }'

up: ## Build the images, start the lab and wait until it is healthy
	$(COMPOSE) up -d --build --wait

up-bridge: ## The same on a bridge network (a lab with two files has the host network by default)
	$(COMPOSE_BRIDGE) up -d --build --wait

nginx: ## Start nginx of the lab and what it needs, without load generators
	$(COMPOSE) up -d --build --wait nginx

nginx-bridge: ## The same on a bridge network
	$(COMPOSE_BRIDGE) up -d --build --wait nginx

scale: ## Run N copies, 1 to 8: make scale N=5
	$(COMPOSE) up -d --wait --no-recreate --scale $(SERVICE)=$(N)

ps: ## Show the containers and their health
	$(COMPOSE) ps

logs: ## Follow the logs of all services
	$(COMPOSE) logs -f

build: ## Build the images anew, without the cache
	$(COMPOSE) build --no-cache

test: ## Run the tests of the repository
	npx --yes pnpm@12 test

down: ## Stop the lab and delete its containers, networks and volumes
	$(COMPOSE) down -v --remove-orphans
