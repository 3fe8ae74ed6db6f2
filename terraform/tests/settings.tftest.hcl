# What the function is told.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  name     = "orders"
  package  = { file = "tests/fixtures/package.zip" }
  endpoint = { url = "https://api.example.com/orders" }
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

# Applied, because a plan does not know the dead-letter queue's URL yet.
run "every_setting" {
  state_key = "every_setting"

  variables {
    endpoint = {
      url                = "http://api.example.com:8080/orders?source=queue"
      allow_http         = true
      method             = "PUT"
      timeout            = "20s"
      connect_timeout    = "5s"
      resend             = false
      concurrency        = 3
      group_concurrency  = 2
      deadline_margin    = "1m"
      content_type       = "text/plain; charset=utf-8"
      headers            = "sqsd,cloudevents"
      cloudevents_type   = "com.example.order"
      idempotency_header = "X-Key"
      idempotency_source = "body:/Message~json/order/id"
      user_agent         = "orders/1"
      max_header         = 64000
      rate_limit         = 5
      pace               = false
      success_on         = "200-299,409"
      retry_on           = "404"
      reject_on          = "418,500-504"
      disposition        = true
    }
    backoff  = { base = "1m", cap = "12h", retry_after_max = "0s", breaker = false, suspect = false }
    queue    = { max_receive_count = 7, retention = 600000, redrive_key = "env:REDRIVE_KEY" }
    function = { environment = { SSL_CERT_DIR = "/etc/ssl/certs", REDRIVE_KEY = "k" }, log_level = "WARN", memory = 128, log_retention = 0 }
  }

  assert {
    condition = one(aws_lambda_function.function.environment).variables == tomap({
      FORWARD_URL                = "http://api.example.com:8080/orders?source=queue"
      FORWARD_ALLOW_HTTP         = "true"
      FORWARD_METHOD             = "PUT"
      FORWARD_TIMEOUT            = "20s"
      FORWARD_CONNECT_TIMEOUT    = "5s"
      FORWARD_RESEND             = "off"
      FORWARD_CONCURRENCY        = "3"
      FORWARD_GROUP_CONCURRENCY  = "2"
      FORWARD_PACE               = "off"
      FORWARD_DEADLINE_MARGIN    = "1m"
      FORWARD_CONTENT_TYPE       = "text/plain; charset=utf-8"
      FORWARD_HEADERS            = "sqsd,cloudevents"
      FORWARD_CLOUDEVENTS_TYPE   = "com.example.order"
      FORWARD_IDEMPOTENCY_HEADER = "X-Key"
      FORWARD_IDEMPOTENCY_SOURCE = "body:/Message~json/order/id"
      FORWARD_USER_AGENT         = "orders/1"
      FORWARD_MAX_HEADER         = "64000"
      FORWARD_RATE_LIMIT         = "5"
      FORWARD_SUCCESS_ON         = "200-299,409"
      FORWARD_RETRY_ON           = "404"
      FORWARD_REJECT_ON          = "418,500-504"
      FORWARD_DISPOSITION        = "on"
      FORWARD_BACKOFF_BASE       = "1m"
      FORWARD_BACKOFF_CAP        = "12h"
      FORWARD_RETRY_AFTER_MAX    = "0s"
      FORWARD_BREAKER            = "off"
      FORWARD_SUSPECT            = "off"
      FORWARD_DEAD_LETTERS       = "on"
      FORWARD_MAX_RECEIVE_COUNT  = "7"
      FORWARD_REDRIVE_KEY        = "env:REDRIVE_KEY"
      FORWARD_DLQ_URL            = "https://sqs.eu-west-1.amazonaws.com/111111111111/orders-dlq"
      REDRIVE_KEY                = "k"
      SSL_CERT_DIR               = "/etc/ssl/certs"
    })
    error_message = "The function's environment is ${jsonencode(one(aws_lambda_function.function.environment).variables)}."
  }
  assert {
    condition     = one(aws_lambda_function.function.logging_config).application_log_level == "WARN" && aws_lambda_function.function.memory_size == 128 && aws_cloudwatch_log_group.function.retention_in_days == 0
    error_message = "Log level, memory or log retention are others."
  }
}

run "each_without_a_default_comes_alone" {
  command = plan

  variables {
    endpoint = { url = "https://api.example.com", reject_on = "404" }
  }

  assert {
    condition     = [for name in keys(one(aws_lambda_function.function.environment).variables) : name if contains(["FORWARD_CLOUDEVENTS_TYPE", "FORWARD_USER_AGENT", "FORWARD_GROUP_CONCURRENCY", "FORWARD_RATE_LIMIT", "FORWARD_RETRY_ON", "FORWARD_REJECT_ON", "FORWARD_REDRIVE_KEY"], name)] == ["FORWARD_REJECT_ON"]
    error_message = "The function's environment has ${join(", ", keys(one(aws_lambda_function.function.environment).variables))}."
  }
}

run "the_widest_bounds" {
  command = plan

  variables {
    endpoint = { url = "https://api.example.com", rate_limit = 10000, group_concurrency = 1000, success_on = "100-599", retry_on = "100", reject_on = "599", headers = "cloudevents", cloudevents_type = "!#$&'()*+,-./09:;<=>?@AZ[]^_`az{|}~" }
    backoff  = { base = "12h", cap = "720m", retry_after_max = "43200s" }
    queue    = { max_receive_count = 5, retention = 400000 }
  }
}

run "the_lowest_bounds" {
  command = plan

  variables {
    endpoint = { url = "https://api.example.com", rate_limit = 1, group_concurrency = 1, success_on = "200", headers = "none", max_header = 1000 }
    backoff  = { base = "0s", cap = "1000ms", retry_after_max = "0ms" }
  }
}
