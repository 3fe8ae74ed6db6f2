# A FIFO queue: message groups go side by side, the messages of each in order.

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
  fifo     = true
  package  = { file = var.package }
  endpoint = { url = var.endpoint_url }
  function = { architecture = var.architecture }

  # One group alone can fill a batch, so the function has time for ten requests one after the other: 10 x 15 s.
  # Producers that send no deduplication id get the hash of the body for it.
  queue = { content_based_deduplication = true }

  alarm_actions = var.alarm_actions
  tags          = var.tags
}
