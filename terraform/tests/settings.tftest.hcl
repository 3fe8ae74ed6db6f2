# What the function is told.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  name     = "orders"
  package  = { file = "tests/fixtures/package.zip" }
  endpoint = { url = "https://api.example.com/orders" }
}

run "every_setting" {
  command = plan

  variables {
    endpoint = {
      url                = "http://api.example.com:8080/orders?source=queue"
      allow_http         = true
      method             = "PUT"
      timeout            = "20s"
      connect_timeout    = "5s"
      concurrency        = 3
      deadline_margin    = "1m"
      content_type       = "text/plain; charset=utf-8"
      headers            = "none"
      idempotency_header = "X-Key"
      idempotency_source = "body:/order/id"
      user_agent         = "orders/1"
    }
    function = { environment = { SSL_CERT_DIR = "/etc/ssl/certs" }, log_level = "WARN", memory = 128, log_retention = 0 }
  }

  assert {
    condition = one(aws_lambda_function.function.environment).variables == tomap({
      FORWARD_URL                = "http://api.example.com:8080/orders?source=queue"
      FORWARD_ALLOW_HTTP         = "true"
      FORWARD_METHOD             = "PUT"
      FORWARD_TIMEOUT            = "20s"
      FORWARD_CONNECT_TIMEOUT    = "5s"
      FORWARD_CONCURRENCY        = "3"
      FORWARD_DEADLINE_MARGIN    = "1m"
      FORWARD_CONTENT_TYPE       = "text/plain; charset=utf-8"
      FORWARD_HEADERS            = "none"
      FORWARD_IDEMPOTENCY_HEADER = "X-Key"
      FORWARD_IDEMPOTENCY_SOURCE = "body:/order/id"
      FORWARD_USER_AGENT         = "orders/1"
      SSL_CERT_DIR               = "/etc/ssl/certs"
    })
    error_message = "The function's environment is ${jsonencode(one(aws_lambda_function.function.environment).variables)}."
  }
  assert {
    condition     = one(aws_lambda_function.function.logging_config).application_log_level == "WARN" && aws_lambda_function.function.memory_size == 128 && aws_cloudwatch_log_group.function.retention_in_days == 0
    error_message = "Log level, memory or log retention are others."
  }
}

run "filters" {
  command = plan

  variables {
    batch = { filters = ["{\"body\":{\"type\":[\"order\"]}}", "{\"body\":{\"type\":[\"refund\"]}}"] }
  }

  assert {
    condition     = toset([for filter in one(aws_lambda_event_source_mapping.queue.filter_criteria).filter : filter.pattern]) == toset(["{\"body\":{\"type\":[\"order\"]}}", "{\"body\":{\"type\":[\"refund\"]}}"])
    error_message = "The filters are ${jsonencode(aws_lambda_event_source_mapping.queue.filter_criteria)}."
  }
}
