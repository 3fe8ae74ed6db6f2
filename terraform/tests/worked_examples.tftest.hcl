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

run "fifo_that_keeps_its_order" {
  command = plan

  variables {
    fifo  = true
    queue = { dead_letters = false, retention = 1209600 }
  }

  assert {
    condition     = output.dead_letter_queue == null && output.timeouts.function == 157 && output.timeouts.outage_survived == 1209600 - 7357
    error_message = "The chain is ${jsonencode(output.timeouts)}."
  }
}

run "an_outage_with_5_receives" {
  command = plan

  variables {
    queue = { max_receive_count = 5 }
  }

  assert {
    condition     = output.timeouts.outage_survived == 450
    error_message = "The chain is ${jsonencode(output.timeouts)}."
  }
}

run "an_outage_with_8_receives" {
  command = plan

  variables {
    queue = { max_receive_count = 8 }
  }

  assert {
    condition     = output.timeouts.outage_survived == 3810
    error_message = "The chain is ${jsonencode(output.timeouts)}."
  }
}

run "an_outage_with_10_receives" {
  command = plan

  variables {
    queue = { max_receive_count = 10 }
  }

  assert {
    condition     = output.timeouts.outage_survived == 14850
    error_message = "The chain is ${jsonencode(output.timeouts)}."
  }
}

run "an_outage_with_20_receives" {
  command = plan

  variables {
    queue = { max_receive_count = 20 }
  }

  assert {
    condition     = output.timeouts.outage_survived == 86850 && output.timeouts.receives_last == 137940
    error_message = "The chain is ${jsonencode(output.timeouts)}."
  }
}

run "fifty_requests_a_second" {
  command = plan

  variables {
    endpoint    = { url = "https://api.example.com", rate_limit = 10 }
    concurrency = { maximum = 5 }
  }

  assert {
    condition     = output.timeouts.batch_worst_case == 17.4 && output.timeouts.function == 60 && one(aws_lambda_event_source_mapping.queue.scaling_config).maximum_concurrency * tonumber(one(aws_lambda_function.function.environment).variables.FORWARD_RATE_LIMIT) == 50
    error_message = "The chain is ${jsonencode(output.timeouts)}."
  }
}

run "two_requests_a_second" {
  command = plan

  variables {
    endpoint    = { url = "https://api.example.com", timeout = "5s", rate_limit = 1 }
    concurrency = { maximum = 2 }
    batch       = { size = 100, window = 5 }
  }

  assert {
    condition     = output.timeouts.batch_worst_case == 105.5 && output.timeouts.function == 111 && output.timeouts.visibility == 671
    error_message = "The chain is ${jsonencode(output.timeouts)}."
  }
}

run "a_vpc_without_a_route_to_sqs" {
  command = plan

  variables {
    vpc     = { subnet_ids = ["subnet-1"], security_group_ids = ["sg-1"] }
    backoff = { base = "0s" }
  }

  assert {
    condition     = output.timeouts.outage_survived == 3240 && output.timeouts.receives_last == 8640 && one(aws_lambda_function.function.environment).variables.FORWARD_BACKOFF_BASE == "0s"
    error_message = "The chain is ${jsonencode(output.timeouts)}."
  }
}

run "the_most_receives_without_a_warning" {
  command = plan

  variables {
    queue = { max_receive_count = 24 }
  }
}

run "one_receive_more_is_told" {
  command = plan

  variables {
    queue = { max_receive_count = 25 }
  }

  expect_failures = [check.retention]
}

run "the_most_receives_within_the_default_retention" {
  command = plan

  variables {
    queue = { max_receive_count = 48 }
  }

  expect_failures = [check.retention]

  assert {
    condition     = output.timeouts.receives_last == 341220
    error_message = "The chain is ${jsonencode(output.timeouts)}."
  }
}

run "one_receive_more_is_refused" {
  command = plan

  variables {
    queue = { max_receive_count = 49 }
  }

  expect_failures = [aws_sqs_queue.queue]
}

# After 50 messages of one group, the next ten do not die within the default retention; after 180, not within 14 days.
run "a_long_outage_of_a_fifo_queue" {
  command = plan

  variables {
    fifo  = true
    queue = { content_based_deduplication = true }
  }

  assert {
    condition     = output.timeouts.receives_last == 66213 && floor(output.timeouts.retention / output.timeouts.receives_last) == 5 && floor(1209600 / output.timeouts.receives_last) == 18
    error_message = "The chain is ${jsonencode(output.timeouts)}."
  }
}

run "two_kinds_of_message_to_two_services" {
  command = plan

  variables {
    endpoint = {}
    routes = [
      {
        name   = "orders"
        when   = { "attribute:type" = "order" }
        url    = "https://orders.example.com/v1/orders/{body:/id}"
        method = "PUT"
      },
      {
        name    = "mail"
        when    = { "attribute:type" = ["welcome", "receipt"], not = { "attribute:test" = "true" } }
        url     = "https://mail.example.com/send"
        body    = { to = "{body:/customer/email}", template = "{attribute:type}" }
        timeout = "5s"
      },
      { name = "pings", when = { "attribute:type" = "ping" }, drop = true },
    ]
  }

  assert {
    condition     = [for route in jsondecode(one(aws_lambda_function.function.environment).variables.FORWARD_ROUTES) : route.name] == ["orders", "mail", "pings"]
    error_message = "The routes are ${one(aws_lambda_function.function.environment).variables.FORWARD_ROUTES}."
  }
}

run "routes_in_a_file" {
  command = plan

  variables {
    routes_file = "routes.json"
    endpoint    = { timeout = "5s" }
  }

  assert {
    condition     = output.timeouts.request == 5
    error_message = "The chain is ${jsonencode(output.timeouts)}."
  }
}

run "a_signed_webhook" {
  command = plan

  variables {
    endpoint = {}
    routes   = [{ name = "orders", url = "https://hooks.example.com/orders", sign = "orders-webhook" }]
    auth = {
      orders-webhook = {
        type     = "standard-webhooks"
        secret   = "secretsmanager:arn:aws:secretsmanager:eu-west-1:111111111111:secret:webhook-AbCdEf#current"
        previous = "secretsmanager:arn:aws:secretsmanager:eu-west-1:111111111111:secret:webhook-AbCdEf#previous"
      }
    }
    secret_kms_key_arns = ["arn:aws:kms:eu-west-1:111111111111:key/k"]
  }
}

run "an_oauth_api" {
  command = plan

  variables {
    endpoint = { url = "https://api.example.com/orders" }
    auth = {
      default = {
        type         = "oauth2"
        tokenUrl     = "https://id.example.com/oauth/token"
        clientId     = "orders"
        clientSecret = "secretsmanager:arn:aws:secretsmanager:eu-west-1:111111111111:secret:oauth-AbCdEf#client_secret"
        scope        = "orders:write"
      }
    }
  }
}

run "api_gateway_with_iam" {
  command = plan

  variables {
    endpoint = { url = "https://a1b2c3.execute-api.eu-west-1.amazonaws.com/live/orders" }
    auth     = { default = { type = "sigv4", service = "execute-api", region = "eu-west-1" } }
  }

  assert {
    condition     = output.function.role_name == "orders"
    error_message = "There is no role to give execute-api:Invoke to."
  }
}
