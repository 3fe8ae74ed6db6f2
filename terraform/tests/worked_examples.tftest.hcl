# The worked examples of README.md come out as it says.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  name     = "orders"
  package  = { file = "tests/fixtures/package.zip" }
  endpoint = { url = "https://api.example.com" }
}

run "a_slow_endpoint" {
  command = plan

  variables {
    endpoint = { url = "https://slow.example.com", timeout = "90s" }
  }

  assert {
    condition     = output.timeouts.batch_worst_case == 91.5 && output.timeouts.function == 97 && output.timeouts.visibility == 582
    error_message = "The chain is ${jsonencode(output.timeouts)}."
  }
}

run "a_slow_endpoint_that_bears_four_requests" {
  command = plan

  variables {
    endpoint    = { url = "https://slow.example.com", timeout = "90s", concurrency = 2 }
    concurrency = { maximum = 2 }
  }

  assert {
    condition     = output.timeouts.batch_worst_case == 451.5 && output.timeouts.function == 457 && output.timeouts.visibility == 2742
    error_message = "The chain is ${jsonencode(output.timeouts)}."
  }
}

run "the_same_in_batches_of_two" {
  command = plan

  variables {
    endpoint    = { url = "https://slow.example.com", timeout = "90s", concurrency = 2 }
    concurrency = { maximum = 2 }
    batch       = { size = 2 }
  }

  assert {
    condition     = output.timeouts.function == 97 && output.timeouts.visibility == 582
    error_message = "The chain is ${jsonencode(output.timeouts)}."
  }
}

run "fifo_in_batches_of_five" {
  command = plan

  variables {
    fifo  = true
    queue = { content_based_deduplication = true }
    batch = { size = 5 }
  }

  assert {
    condition     = output.timeouts.function == 82 && output.timeouts.visibility == 492
    error_message = "The chain is ${jsonencode(output.timeouts)}."
  }
}
