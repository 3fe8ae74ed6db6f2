# How many invocations run at once: by demand, provisioned, reserved.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  name     = "orders"
  package  = { file = "tests/fixtures/package.zip" }
  endpoint = { url = "https://api.example.com/orders" }
}

run "a_maximum" {
  command = plan

  variables {
    concurrency = { maximum = 1500 }
  }

  assert {
    condition     = one(aws_lambda_event_source_mapping.queue.scaling_config).maximum_concurrency == 1500 && length(aws_lambda_event_source_mapping.queue.provisioned_poller_config) == 0
    error_message = "The mapping's concurrency is ${jsonencode(aws_lambda_event_source_mapping.queue.scaling_config)}."
  }
}

run "pollers" {
  command = plan

  variables {
    concurrency = { pollers = { minimum = 2, maximum = 5 } }
  }

  assert {
    condition     = one(aws_lambda_event_source_mapping.queue.provisioned_poller_config).minimum_pollers == 2 && one(aws_lambda_event_source_mapping.queue.provisioned_poller_config).maximum_pollers == 5
    error_message = "The mapping's pollers are ${jsonencode(aws_lambda_event_source_mapping.queue.provisioned_poller_config)}."
  }
  assert {
    condition     = length(aws_lambda_event_source_mapping.queue.scaling_config) == 0
    error_message = "There is a maximum beside the pollers, which Lambda refuses."
  }
}

run "two_thousand_pollers" {
  command = plan

  variables {
    concurrency = { pollers = { minimum = 200, maximum = 2000 } }
  }
}

run "reserved_as_much_as_the_maximum_is_told" {
  command = plan

  variables {
    function = { reserved_concurrency = 10 }
  }

  expect_failures = [check.reserved_concurrency]

  assert {
    condition     = aws_lambda_function.function.reserved_concurrent_executions == 10
    error_message = "Reserved are ${aws_lambda_function.function.reserved_concurrent_executions}."
  }
}

run "reserved_less_than_the_maximum_is_refused" {
  command = plan

  variables {
    function = { reserved_concurrency = 9 }
  }

  expect_failures = [aws_lambda_function.function, check.reserved_concurrency]
}

run "reserved_less_than_ten_for_each_poller_is_refused" {
  command = plan

  variables {
    function    = { reserved_concurrency = 49 }
    concurrency = { pollers = { minimum = 2, maximum = 5 } }
  }

  expect_failures = [aws_lambda_function.function, check.reserved_concurrency]
}

run "reserved_ten_for_each_poller_is_told" {
  command = plan

  variables {
    function    = { reserved_concurrency = 50 }
    concurrency = { pollers = { minimum = 2, maximum = 5 } }
  }

  expect_failures = [check.reserved_concurrency]
}
