# A standard queue: messages go side by side, each on its own.

terraform {
  required_version = ">= 1.9"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 6.28, < 7.0"
    }
  }

  # The state is a local file until you name a place for it: terraform/README.md, "Remote state".
}

provider "aws" {
  region = var.region
}

module "sqsaotlambda" {
  source = "../.."

  name     = var.name
  package  = { file = var.package }
  endpoint = { url = var.endpoint_url }
  function = { architecture = var.architecture }

  alarm_actions = var.alarm_actions
  tags          = var.tags
}
