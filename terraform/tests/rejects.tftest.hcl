# Inputs that are refused, each for one reason only. Relations between inputs are in timeouts, concurrency and fifo.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  name     = "orders"
  package  = { file = "tests/fixtures/package.zip" }
  endpoint = { url = "https://api.example.com/orders" }
}

run "name_with_a_space" {
  command = plan

  variables {
    name = "my orders"
  }

  expect_failures = [var.name]
}

run "name_of_65_characters" {
  command = plan

  variables {
    name = "n1234567890123456789012345678901234567890123456789012345678901234"
  }

  expect_failures = [var.name]
}

run "package_that_is_not_there" {
  command = plan

  variables {
    package = { file = "tests/fixtures/nowhere.zip" }
  }

  expect_failures = [var.package]
}

run "package_from_nowhere" {
  command = plan

  variables {
    package = {}
  }

  expect_failures = [var.package]
}

run "package_from_two_places" {
  command = plan

  variables {
    package = { file = "tests/fixtures/package.zip", s3 = { bucket = "packages", key = "orders.zip" } }
  }

  expect_failures = [var.package]
}

run "url_without_a_scheme" {
  command = plan

  variables {
    endpoint = { url = "api.example.com" }
  }

  expect_failures = [var.endpoint]
}

run "url_with_a_password" {
  command = plan

  variables {
    endpoint = { url = "https://me:secret@api.example.com/" }
  }

  expect_failures = [var.endpoint]
}

run "url_with_a_fragment" {
  command = plan

  variables {
    endpoint = { url = "https://api.example.com/#here" }
  }

  expect_failures = [var.endpoint]
}

run "url_with_a_port_that_is_none" {
  command = plan

  variables {
    endpoint = { url = "https://api.example.com:65536/" }
  }

  expect_failures = [var.endpoint]
}

run "url_with_a_colon_and_no_port" {
  command = plan

  variables {
    endpoint = { url = "https://api.example.com:port/" }
  }

  expect_failures = [var.endpoint]
}

run "url_in_plain_http" {
  command = plan

  variables {
    endpoint = { url = "http://api.example.com" }
  }

  expect_failures = [var.endpoint]
}

run "method" {
  command = plan

  variables {
    endpoint = { url = "https://api.example.com", method = "post" }
  }

  expect_failures = [var.endpoint]
}

run "timeout_without_a_unit" {
  command = plan

  variables {
    endpoint = { url = "https://api.example.com", timeout = "15" }
  }

  expect_failures = [var.endpoint]
}

run "timeout_with_a_fraction" {
  command = plan

  variables {
    endpoint = { url = "https://api.example.com", timeout = "1.5s" }
  }

  expect_failures = [var.endpoint]
}

run "timeout_of_nothing" {
  command = plan

  variables {
    endpoint = { url = "https://api.example.com", timeout = "0s" }
  }

  expect_failures = [var.endpoint]
}

run "connect_timeout_over_15_minutes" {
  command = plan

  variables {
    endpoint = { url = "https://api.example.com", connect_timeout = "16m" }
  }

  expect_failures = [var.endpoint]
}

run "no_concurrency_in_the_function" {
  command = plan

  variables {
    endpoint = { url = "https://api.example.com", concurrency = 0 }
  }

  expect_failures = [var.endpoint]
}

run "concurrency_over_1000_in_the_function" {
  command = plan

  variables {
    endpoint = { url = "https://api.example.com", concurrency = 1001 }
  }

  expect_failures = [var.endpoint]
}

run "deadline_margin_below_500_ms" {
  command = plan

  variables {
    endpoint = { url = "https://api.example.com", deadline_margin = "499ms" }
  }

  expect_failures = [var.endpoint]
}

run "deadline_margin_over_a_minute" {
  command = plan

  variables {
    endpoint = { url = "https://api.example.com", deadline_margin = "61s" }
  }

  expect_failures = [var.endpoint]
}

run "content_type" {
  command = plan

  variables {
    endpoint = { url = "https://api.example.com", content_type = "json" }
  }

  expect_failures = [var.endpoint]
}

run "headers" {
  command = plan

  variables {
    endpoint = { url = "https://api.example.com", headers = "none,cloudevents" }
  }

  expect_failures = [var.endpoint]
}

run "cloudevents_type_with_a_space" {
  command = plan

  variables {
    endpoint = { url = "https://api.example.com", cloudevents_type = "an order" }
  }

  expect_failures = [var.endpoint]
}

run "cloudevents_type_with_a_quote" {
  command = plan

  variables {
    endpoint = { url = "https://api.example.com", cloudevents_type = "\"order\"" }
  }

  expect_failures = [var.endpoint]
}

run "cloudevents_type_with_a_percent_sign" {
  command = plan

  variables {
    endpoint = { url = "https://api.example.com", cloudevents_type = "order%20" }
  }

  expect_failures = [var.endpoint]
}

run "cloudevents_type_that_is_empty" {
  command = plan

  variables {
    endpoint = { url = "https://api.example.com", cloudevents_type = "" }
  }

  expect_failures = [var.endpoint]
}

run "idempotency_header_of_a_cloudevent" {
  command = plan

  variables {
    endpoint = { url = "https://api.example.com", idempotency_header = "CE-Id" }
  }

  expect_failures = [var.endpoint]
}

run "idempotency_header_with_a_space" {
  command = plan

  variables {
    endpoint = { url = "https://api.example.com", idempotency_header = "Idempotency Key" }
  }

  expect_failures = [var.endpoint]
}

run "idempotency_header_of_http_itself" {
  command = plan

  variables {
    endpoint = { url = "https://api.example.com", idempotency_header = "content-length" }
  }

  expect_failures = [var.endpoint]
}

run "a_host_that_a_message_would_choose" {
  command = plan

  variables {
    endpoint = { url = "https://{attribute:tenant}.example.com/" }
  }

  expect_failures = [var.endpoint]
}

run "idempotency_source" {
  command = plan

  variables {
    endpoint = { url = "https://api.example.com", idempotency_source = "attribute:" }
  }

  expect_failures = [var.endpoint]
}

run "idempotency_source_that_goes_on_behind_a_form" {
  command = plan

  variables {
    endpoint = { url = "https://api.example.com", idempotency_source = "body:/key~form/id" }
  }

  expect_failures = [var.endpoint]
}

run "idempotency_source_that_is_no_pointer" {
  command = plan

  variables {
    endpoint = { url = "https://api.example.com", idempotency_source = "body:id" }
  }

  expect_failures = [var.endpoint]
}

run "user_agent" {
  command = plan

  variables {
    endpoint = { url = "https://api.example.com", user_agent = "" }
  }

  expect_failures = [var.endpoint]
}

run "max_header_below_1000" {
  command = plan

  variables {
    endpoint = { url = "https://api.example.com", max_header = 999 }
  }

  expect_failures = [var.endpoint]
}

run "max_header_over_64000" {
  command = plan

  variables {
    endpoint = { url = "https://api.example.com", max_header = 64001 }
  }

  expect_failures = [var.endpoint]
}

run "max_header_with_half_a_byte" {
  command = plan

  variables {
    endpoint = { url = "https://api.example.com", max_header = 8000.5 }
  }

  expect_failures = [var.endpoint]
}

run "group_concurrency_of_nothing" {
  command = plan

  variables {
    endpoint = { url = "https://api.example.com", group_concurrency = 0 }
  }

  expect_failures = [var.endpoint]
}

run "group_concurrency_over_1000" {
  command = plan

  variables {
    endpoint = { url = "https://api.example.com", group_concurrency = 1001 }
  }

  expect_failures = [var.endpoint]
}

run "group_concurrency_with_half_a_request" {
  command = plan

  variables {
    endpoint = { url = "https://api.example.com", group_concurrency = 1.5 }
  }

  expect_failures = [var.endpoint]
}

run "group_concurrency_of_a_fifo_queue" {
  command = plan

  variables {
    fifo     = true
    endpoint = { url = "https://api.example.com", group_concurrency = 1 }
  }

  expect_failures = [var.endpoint]
}

run "rate_limit_of_nothing" {
  command = plan

  variables {
    endpoint = { url = "https://api.example.com", rate_limit = 0 }
  }

  expect_failures = [var.endpoint]
}

run "rate_limit_over_10000" {
  command = plan

  variables {
    endpoint = { url = "https://api.example.com", rate_limit = 10001 }
  }

  expect_failures = [var.endpoint]
}

run "half_a_request_a_second" {
  command = plan

  variables {
    endpoint = { url = "https://api.example.com", rate_limit = 1.5 }
  }

  expect_failures = [var.endpoint]
}

run "success_on_with_a_space" {
  command = plan

  variables {
    endpoint = { url = "https://api.example.com", success_on = "200-299, 409" }
  }

  expect_failures = [var.endpoint]
}

run "success_on_of_nothing" {
  command = plan

  variables {
    endpoint = { url = "https://api.example.com", success_on = "" }
  }

  expect_failures = [var.endpoint]
}

run "success_on_99" {
  command = plan

  variables {
    endpoint = { url = "https://api.example.com", success_on = "99" }
  }

  expect_failures = [var.endpoint]
}

run "success_on_a_range_backwards" {
  command = plan

  variables {
    endpoint = { url = "https://api.example.com", success_on = "299-200" }
  }

  expect_failures = [var.endpoint]
}

run "retry_on_600" {
  command = plan

  variables {
    endpoint = { url = "https://api.example.com", retry_on = "500-600" }
  }

  expect_failures = [var.endpoint]
}

run "reject_on_a_range_backwards" {
  command = plan

  variables {
    endpoint = { url = "https://api.example.com", reject_on = "599-500" }
  }

  expect_failures = [var.endpoint]
}

run "retry_on_a_class_of_statuses" {
  command = plan

  variables {
    endpoint = { url = "https://api.example.com", retry_on = "4xx" }
  }

  expect_failures = [var.endpoint]
}

run "retry_on_a_range_backwards" {
  command = plan

  variables {
    endpoint = { url = "https://api.example.com", retry_on = "409,499-400" }
  }

  expect_failures = [var.endpoint]
}

run "reject_on_600" {
  command = plan

  variables {
    endpoint = { url = "https://api.example.com", reject_on = "500-600" }
  }

  expect_failures = [var.endpoint]
}

run "reject_on_99" {
  command = plan

  variables {
    endpoint = { url = "https://api.example.com", reject_on = "99" }
  }

  expect_failures = [var.endpoint]
}

run "backoff_base_without_a_unit" {
  command = plan

  variables {
    backoff = { base = "30" }
  }

  expect_failures = [var.backoff]
}

run "backoff_cap_over_12_hours" {
  command = plan

  variables {
    backoff = { cap = "721m" }
  }

  expect_failures = [var.backoff]
}

run "backoff_cap_below_a_second" {
  command = plan

  variables {
    backoff = { base = "0s", cap = "999ms" }
  }

  expect_failures = [var.backoff]
}

run "retry_after_max_over_12_hours" {
  command = plan

  variables {
    backoff = { retry_after_max = "13h" }
    queue   = { max_receive_count = 5 }
  }

  expect_failures = [var.backoff]
}

run "retry_after_max_with_a_fraction" {
  command = plan

  variables {
    backoff = { retry_after_max = "1.5h" }
  }

  expect_failures = [var.backoff]
}

run "backoff_cap_below_the_base" {
  command = plan

  variables {
    backoff = { base = "1h", cap = "59m" }
  }

  expect_failures = [var.backoff]
}

run "retention_below_a_minute" {
  command = plan

  variables {
    queue = { retention = 59, max_receive_count = 1 }
  }

  expect_failures = [var.queue]
}

run "dead_letter_retention_over_14_days" {
  command = plan

  variables {
    queue = { dead_letter_retention = 1209601 }
  }

  expect_failures = [var.queue]
}

run "no_receives" {
  command = plan

  variables {
    queue = { max_receive_count = 0 }
  }

  expect_failures = [var.queue]
}

run "receives_over_1000" {
  command = plan

  variables {
    queue   = { max_receive_count = 1001, retention = 1000000 }
    backoff = { base = "0s" }
  }

  expect_failures = [var.queue]
}

run "literal_redrive_key" {
  command = plan

  variables {
    queue = { redrive_key = "hunter2" }
  }

  expect_failures = [var.queue]
}

run "redrive_key_that_is_empty" {
  command = plan

  variables {
    queue = { redrive_key = "" }
  }

  expect_failures = [var.queue]
}

run "redrive_key_by_its_name" {
  command = plan

  variables {
    queue = { redrive_key = "secretsmanager:orders" }
  }

  expect_failures = [var.queue]
}

run "redrive_key_without_the_end_of_its_arn" {
  command = plan

  variables {
    queue = { redrive_key = "secretsmanager:arn:aws:secretsmanager:eu-west-1:111111111111:secret:orders" }
  }

  expect_failures = [var.queue]
}

run "redrive_key_with_a_wildcard" {
  command = plan

  variables {
    queue = { redrive_key = "ssm:arn:aws:ssm:eu-west-1:111111111111:parameter/*" }
  }

  expect_failures = [var.queue]
}

run "redrive_key_with_a_version" {
  command = plan

  variables {
    queue = { redrive_key = "ssm:arn:aws:ssm:eu-west-1:111111111111:parameter/orders:3" }
  }

  expect_failures = [var.queue]
}

run "redrive_key_without_a_key_after_its_hash" {
  command = plan

  variables {
    queue = { redrive_key = "secretsmanager:arn:aws:secretsmanager:eu-west-1:111111111111:secret:orders-AbCdEf#" }
  }

  expect_failures = [var.queue]
}

run "redrive_key_of_another_service" {
  command = plan

  variables {
    queue = { redrive_key = "ssm:arn:aws:secretsmanager:eu-west-1:111111111111:secret:orders-AbCdEf" }
  }

  expect_failures = [var.queue]
}

run "redrive_key_in_a_variable_that_is_not_there" {
  command = plan

  variables {
    queue    = { redrive_key = "env:REDRIVE_KEY" }
    function = { environment = { REDRIVE_KEYS = "a" } }
  }

  expect_failures = [var.queue]
}

run "content_based_deduplication_without_fifo" {
  command = plan

  variables {
    queue = { content_based_deduplication = true }
  }

  expect_failures = [var.queue]
}

run "key_that_is_an_alias" {
  command = plan

  variables {
    queue = { kms_key_arn = "arn:aws:kms:eu-west-1:111111111111:alias/orders" }
  }

  expect_failures = [var.queue]
}

run "empty_batch" {
  command = plan

  variables {
    batch = { size = 0 }
  }

  expect_failures = [var.batch]
}

run "batch_over_10000" {
  command = plan

  variables {
    batch = { size = 10001, window = 1 }
  }

  expect_failures = [var.batch]
}

run "window_below_0" {
  command = plan

  variables {
    batch = { window = -1 }
  }

  expect_failures = [var.batch]
}

run "window_over_300" {
  command = plan

  variables {
    batch = { window = 301 }
  }

  expect_failures = [var.batch]
}

run "batch_over_10_without_a_window" {
  command = plan

  variables {
    batch = { size = 11 }
  }

  expect_failures = [var.batch]
}

run "eleven_filters" {
  command = plan

  variables {
    batch = { filters = [for number in range(11) : jsonencode({ body = { number = [number] } })] }
  }

  expect_failures = [var.batch]
}

run "filter_over_4096_characters" {
  command = plan

  variables {
    batch = { filters = [jsonencode({ body = { text = [format("%4096s", "x")] } })] }
  }

  expect_failures = [var.batch]
}

run "filter_that_is_not_json" {
  command = plan

  variables {
    batch = { filters = ["body.type = order"] }
  }

  expect_failures = [var.batch]
}

run "both_modes" {
  command = plan

  variables {
    concurrency = { maximum = 2, pollers = { minimum = 2, maximum = 2 } }
  }

  expect_failures = [var.concurrency]
}

run "one_invocation" {
  command = plan

  variables {
    concurrency = { maximum = 1 }
  }

  expect_failures = [var.concurrency]
}

run "one_poller" {
  command = plan

  variables {
    concurrency = { pollers = { minimum = 1, maximum = 2 } }
  }

  expect_failures = [var.concurrency]
}

run "minimum_over_200_pollers" {
  command = plan

  variables {
    concurrency = { pollers = { minimum = 201, maximum = 201 } }
  }

  expect_failures = [var.concurrency]
}

run "fewer_pollers_than_the_minimum" {
  command = plan

  variables {
    concurrency = { pollers = { minimum = 3, maximum = 2 } }
  }

  expect_failures = [var.concurrency]
}

run "architecture" {
  command = plan

  variables {
    function = { architecture = "amd64" }
  }

  expect_failures = [var.function]
}

run "memory_below_128" {
  command = plan

  variables {
    function = { memory = 127 }
  }

  expect_failures = [var.function]
}

run "memory_over_10240" {
  command = plan

  variables {
    function = { memory = 10241 }
  }

  expect_failures = [var.function]
}

run "function_timeout_over_900" {
  command = plan

  variables {
    function = { timeout = 901 }
  }

  expect_failures = [var.function]
}

run "half_a_reserved_invocation" {
  command = plan

  variables {
    function = { reserved_concurrency = 10.5 }
  }

  expect_failures = [var.function]
}

run "log_level" {
  command = plan

  variables {
    function = { log_level = "info" }
  }

  expect_failures = [var.function]
}

run "log_retention" {
  command = plan

  variables {
    function = { log_retention = 31 }
  }

  expect_failures = [var.function]
}

run "live_version" {
  command = plan

  variables {
    function = { live_version = "$LATEST" }
  }

  expect_failures = [var.function]
}

run "environment_name_of_lambda" {
  command = plan

  variables {
    function = { environment = { "MY-NAME" = "x" } }
  }

  expect_failures = [var.function]
}

run "environment_name_of_ours" {
  command = plan

  variables {
    function = { environment = { FORWARD_TIMEOUT = "1s" } }
  }

  expect_failures = [var.function]
}

run "environment_name_of_aws" {
  command = plan

  variables {
    function = { environment = { AWS_LAMBDA_LOG_LEVEL = "DEBUG" } }
  }

  expect_failures = [var.function]
}

run "vpc_without_subnets" {
  command = plan

  variables {
    vpc = { subnet_ids = [], security_group_ids = ["sg-1"] }
  }

  expect_failures = [var.vpc]
}

run "vpc_without_security_groups" {
  command = plan

  variables {
    vpc = { subnet_ids = ["subnet-1"], security_group_ids = [] }
  }

  expect_failures = [var.vpc]
}

run "sender_that_is_no_service" {
  command = plan

  variables {
    senders = [{ service = "*", source_arn = "arn:aws:sns:eu-west-1:111111111111:orders" }]
  }

  expect_failures = [var.senders]
}

run "sender_with_any_source" {
  command = plan

  variables {
    senders = [{ service = "sns.amazonaws.com", source_arn = "arn:aws:sns:eu-west-1:111111111111:*" }]
  }

  expect_failures = [var.senders]
}

run "sender_of_no_account" {
  command = plan

  variables {
    senders = [{ service = "s3.amazonaws.com", source_arn = "arn:aws:s3:::uploads", source_account = "me" }]
  }

  expect_failures = [var.senders]
}

run "sender_with_a_placeholder" {
  command = plan

  variables {
    senders = [{ service = "sns.amazonaws.com", source_arn = "arn:aws:sns:eu-west-1:111111111111:orders-?" }]
  }

  expect_failures = [var.senders]
}

run "sender_of_half_an_account" {
  command = plan

  variables {
    senders = [{ service = "sns.amazonaws.com", source_arn = "arn:aws:sns:eu-west-1:111111:orders" }]
  }

  expect_failures = [var.senders]
}

run "bucket_without_its_account" {
  command = plan

  variables {
    senders = [{ service = "s3.amazonaws.com", source_arn = "arn:aws:s3:::uploads" }]
  }

  expect_failures = [var.senders]
}

run "api_without_its_account" {
  command = plan

  variables {
    senders = [
      { service = "sns.amazonaws.com", source_arn = "arn:aws:sns:eu-west-1:111111111111:orders" },
      { service = "apigateway.amazonaws.com", source_arn = "arn:aws:apigateway:eu-west-1::/restapis/a1b2c3" },
    ]
  }

  expect_failures = [var.senders]
}

run "sender_of_two_accounts" {
  command = plan

  variables {
    senders = [{ service = "sns.amazonaws.com", source_arn = "arn:aws:sns:eu-west-1:111111111111:orders", source_account = "222222222222" }]
  }

  expect_failures = [var.senders]
}

run "alarm_action" {
  command = plan

  variables {
    alarm_actions = ["me@example.com"]
  }

  expect_failures = [var.alarm_actions]
}

run "reserved_tag" {
  command = plan

  variables {
    tags = { "aws:team" = "orders" }
  }

  expect_failures = [var.tags]
}

run "idempotency_header_of_a_body" {
  command = plan

  variables {
    endpoint = { url = "https://api.example.com", idempotency_header = "Content-MD5" }
  }

  expect_failures = [var.endpoint]
}

run "idempotency_header_of_the_daemon" {
  command = plan

  variables {
    endpoint = { url = "https://api.example.com", idempotency_header = "X-Aws-Sqsd-Msgid" }
  }

  expect_failures = [var.endpoint]
}

run "content_type_with_a_broken_parameter" {
  command = plan

  variables {
    endpoint = { url = "https://api.example.com", content_type = "application/json; \"" }
  }

  expect_failures = [var.endpoint]
}

run "environment_that_is_lambdas" {
  command = plan

  variables {
    function = { environment = { AWS_REGION = "eu-west-1" } }
  }

  expect_failures = [var.function]
}

run "nowhere_to_send" {
  command = plan

  variables {
    endpoint = {}
  }

  expect_failures = [var.endpoint]
}

run "routes_that_are_no_list" {
  command = plan

  variables {
    routes = { orders = { name = "orders", url = "https://api.example.com" } }
  }

  expect_failures = [var.routes]
}

run "route_that_is_no_object" {
  command = plan

  variables {
    routes = ["https://api.example.com"]
  }

  expect_failures = [var.routes]
}

run "route_without_a_name" {
  command = plan

  variables {
    routes = [{ url = "https://api.example.com" }]
  }

  expect_failures = [var.routes]
}

run "route_with_an_empty_name" {
  command = plan

  variables {
    routes = [{ name = "", url = "https://api.example.com" }]
  }

  expect_failures = [var.routes]
}

run "route_with_a_number_for_a_name" {
  command = plan

  variables {
    routes = [{ name = 5, url = "https://api.example.com" }]
  }

  expect_failures = [var.routes]
}

run "two_routes_of_one_name" {
  command = plan

  variables {
    routes = [{ name = "a", url = "https://api.example.com" }, { name = "a", drop = true }]
  }

  expect_failures = [var.routes]
}

run "route_with_an_unknown_member" {
  command = plan

  variables {
    routes = [{ name = "a", url = "https://api.example.com", sucessOn = "200" }]
  }

  expect_failures = [var.routes]
}

run "route_to_nowhere" {
  command = plan

  variables {
    routes = [{ name = "a" }]
  }

  expect_failures = [var.routes]
}

run "route_that_drops_nothing" {
  command = plan

  variables {
    routes = [{ name = "a", drop = false }]
  }

  expect_failures = [var.routes]
}

run "route_with_two_purposes" {
  command = plan

  variables {
    routes = [{ name = "a", url = "https://api.example.com", drop = true }]
  }

  expect_failures = [var.routes]
}

run "drop_that_is_no_bool" {
  command = plan

  variables {
    routes = [{ name = "a", url = "https://api.example.com", drop = "false" }]
  }

  expect_failures = [var.routes]
}

run "drop_with_a_method" {
  command = plan

  variables {
    routes = [{ name = "a", drop = true, method = "PUT" }]
  }

  expect_failures = [var.routes]
}

run "request_that_drops" {
  command = plan

  variables {
    routes = [{ name = "a", request = "message", allowedHosts = ["api.example.com"], drop = true }]
  }

  expect_failures = [var.routes]
}

run "request_of_another_kind" {
  command = plan

  variables {
    routes = [{ name = "a", request = "body", allowedHosts = ["api.example.com"] }]
  }

  expect_failures = [var.routes]
}

run "request_to_nowhere" {
  command = plan

  variables {
    routes = [{ name = "a", request = "message" }]
  }

  expect_failures = [var.routes]
}

run "request_to_no_host" {
  command = plan

  variables {
    routes = [{ name = "a", request = "message", allowedHosts = [] }]
  }

  expect_failures = [var.routes]
}

run "request_to_no_list" {
  command = plan

  variables {
    routes = [{ name = "a", request = "message", allowedHosts = "api.example.com" }]
  }

  expect_failures = [var.routes]
}

run "request_to_a_url" {
  command = plan

  variables {
    routes = [{ name = "a", request = "message", allowedHosts = ["https://api.example.com"] }]
  }

  expect_failures = [var.routes]
}

run "request_to_a_path" {
  command = plan

  variables {
    routes = [{ name = "a", request = "message", allowedHosts = ["api.example.com/v1"] }]
  }

  expect_failures = [var.routes]
}

run "request_to_any_host" {
  command = plan

  variables {
    routes = [{ name = "a", request = "message", allowedHosts = ["*.example.com"] }]
  }

  expect_failures = [var.routes]
}

run "request_to_a_final_full_stop" {
  command = plan

  variables {
    routes = [{ name = "a", request = "message", allowedHosts = ["api.example.com."] }]
  }

  expect_failures = [var.routes]
}

run "request_to_a_port_without_number" {
  command = plan

  variables {
    routes = [{ name = "a", request = "message", allowedHosts = ["api.example.com:"] }]
  }

  expect_failures = [var.routes]
}

run "request_to_a_port_with_a_zero" {
  command = plan

  variables {
    routes = [{ name = "a", request = "message", allowedHosts = ["api.example.com:0443"] }]
  }

  expect_failures = [var.routes]
}

run "request_with_a_user" {
  command = plan

  variables {
    routes = [{ name = "a", request = "message", allowedHosts = ["me@api.example.com"] }]
  }

  expect_failures = [var.routes]
}

run "request_to_one_host_twice" {
  command = plan

  variables {
    routes = [{ name = "a", request = "message", allowedHosts = ["api.example.com", "API.example.com"] }]
  }

  expect_failures = [var.routes]
}

run "request_to_101_hosts" {
  command = plan

  variables {
    routes = [{ name = "a", request = "message", allowedHosts = [for index in range(101) : "api${index}.example.com"] }]
  }

  expect_failures = [var.routes]
}

run "request_to_hosts_by_name" {
  command = plan

  variables {
    routes = [{ name = "a", request = "message", allowedHosts = { api = "api.example.com" } }]
  }

  expect_failures = [var.routes]
}

run "request_to_a_number" {
  command = plan

  variables {
    routes = [{ name = "a", request = "message", allowedHosts = [10] }]
  }

  expect_failures = [var.routes]
}

run "request_with_no_header" {
  command = plan

  variables {
    routes = [{ name = "a", request = "message", allowedHosts = ["api.example.com"], allowedHeaders = [] }]
  }

  expect_failures = [var.routes]
}

run "request_with_101_headers" {
  command = plan

  variables {
    routes = [{ name = "a", request = "message", allowedHosts = ["api.example.com"], allowedHeaders = [for index in range(101) : "X-${index}"] }]
  }

  expect_failures = [var.routes]
}

run "request_with_headers_that_are_no_list" {
  command = plan

  variables {
    routes = [{ name = "a", request = "message", allowedHosts = ["api.example.com"], allowedHeaders = "X-Tenant" }]
  }

  expect_failures = [var.routes]
}

run "request_with_headers_by_name" {
  command = plan

  variables {
    routes = [{ name = "a", request = "message", allowedHosts = ["api.example.com"], allowedHeaders = { tenant = "X-Tenant" } }]
  }

  expect_failures = [var.routes]
}

run "request_with_a_header_that_is_a_number" {
  command = plan

  variables {
    routes = [{ name = "a", request = "message", allowedHosts = ["api.example.com"], allowedHeaders = ["X-Tenant", 5] }]
  }

  expect_failures = [var.routes]
}

run "request_with_a_header_with_a_space" {
  command = plan

  variables {
    routes = [{ name = "a", request = "message", allowedHosts = ["api.example.com"], allowedHeaders = ["X Tenant"] }]
  }

  expect_failures = [var.routes]
}

run "request_with_a_header_with_an_underscore" {
  command = plan

  variables {
    routes = [{ name = "a", request = "message", allowedHosts = ["api.example.com"], allowedHeaders = ["X_Tenant"] }]
  }

  expect_failures = [var.routes]
}

run "request_with_a_header_twice" {
  command = plan

  variables {
    routes = [{ name = "a", request = "message", allowedHosts = ["api.example.com"], allowedHeaders = ["X-Tenant", "x-tenant"] }]
  }

  expect_failures = [var.routes]
}

run "request_with_any_header" {
  command = plan

  variables {
    routes = [{ name = "a", request = "message", allowedHosts = ["api.example.com"], allowedHeaders = ["*"] }]
  }

  expect_failures = [var.routes]
}

run "request_with_a_star_inside_a_header" {
  command = plan

  variables {
    routes = [{ name = "a", request = "message", allowedHosts = ["api.example.com"], allowedHeaders = ["X-*-Tenant"] }]
  }

  expect_failures = [var.routes]
}

run "request_with_a_body" {
  command = plan

  variables {
    routes = [{ name = "a", request = "message", allowedHosts = ["api.example.com"], body = "{messageId}" }]
  }

  expect_failures = [var.routes]
}

run "request_with_a_query" {
  command = plan

  variables {
    routes = [{ name = "a", request = "message", url = "https://api.example.com/v1?a=b" }]
  }

  expect_failures = [var.routes]
}

run "request_with_another_privacy" {
  command = plan

  variables {
    routes = [{ name = "a", request = "message", allowedHosts = ["api.example.com"], allowPrivate = "yes" }]
  }

  expect_failures = [var.routes]
}

run "receives_without_dead_letters" {
  command = plan

  variables {
    queue = { dead_letters = false, max_receive_count = 10 }
  }

  expect_failures = [var.queue]
}

run "a_redrive_key_without_dead_letters" {
  command = plan

  variables {
    queue    = { dead_letters = false, redrive_key = "env:KEY" }
    function = { environment = { KEY = "k" } }
  }

  expect_failures = [var.queue]
}

run "resend_that_is_no_flag" {
  command = plan

  variables {
    routes = [{ name = "a", url = "https://api.example.com", resend = "never" }]
  }

  expect_failures = [var.routes]
}

run "disposition_that_is_no_flag" {
  command = plan

  variables {
    routes = [{ name = "a", url = "https://api.example.com", disposition = "on" }]
  }

  expect_failures = [var.routes]
}

run "allowed_hosts_for_a_url" {
  command = plan

  variables {
    routes = [{ name = "a", url = "https://api.example.com", allowedHosts = ["api.example.com"] }]
  }

  expect_failures = [var.routes]
}

run "allowed_headers_for_a_url" {
  command = plan

  variables {
    routes = [{ name = "a", url = "https://api.example.com", allowedHeaders = ["X-Tenant"] }]
  }

  expect_failures = [var.routes]
}

run "drop_with_allowed_headers" {
  command = plan

  variables {
    routes = [{ name = "a", drop = true, allowedHeaders = ["X-Tenant"] }]
  }

  expect_failures = [var.routes]
}

run "allow_private_for_a_url" {
  command = plan

  variables {
    routes = [{ name = "a", url = "https://api.example.com", allowPrivate = true }]
  }

  expect_failures = [var.routes]
}

run "route_to_a_path" {
  command = plan

  variables {
    routes = [{ name = "a", url = "/orders" }]
  }

  expect_failures = [var.routes]
}

run "route_with_a_host_from_the_message" {
  command = plan

  variables {
    routes = [{ name = "a", url = "https://{attribute:host}/orders" }]
  }

  expect_failures = [var.routes]
}

run "route_with_a_host_from_the_message_in_part" {
  command = plan

  variables {
    routes = [{ name = "a", url = "https://api.example.com{body:/path}" }]
  }

  expect_failures = [var.routes]
}

run "route_with_a_password" {
  command = plan

  variables {
    routes = [{ name = "a", url = "https://me:secret@api.example.com/" }]
  }

  expect_failures = [var.routes]
}

run "route_with_a_fragment" {
  command = plan

  variables {
    routes = [{ name = "a", url = "https://api.example.com/{body:/id}#here" }]
  }

  expect_failures = [var.routes]
}

run "route_in_plain_http" {
  command = plan

  variables {
    routes = [{ name = "a", url = "http://api.example.com" }]
  }

  expect_failures = [var.endpoint]
}

run "token_url_in_plain_http" {
  command = plan

  variables {
    auth = { a = { type = "oauth2", tokenUrl = "http://id.example.com", clientId = "a", clientSecret = "secretsmanager:arn:aws:secretsmanager:eu-west-1:111111111111:secret:a-AbCdEf" } }
  }

  expect_failures = [var.endpoint]
}

run "route_method" {
  command = plan

  variables {
    routes = [{ name = "a", url = "https://api.example.com", method = "post" }]
  }

  expect_failures = [var.routes]
}

run "route_header_with_a_space" {
  command = plan

  variables {
    routes = [{ name = "a", url = "https://api.example.com", headers = { "X Key" = "a" } }]
  }

  expect_failures = [var.routes]
}

run "route_header_that_is_no_text" {
  command = plan

  variables {
    routes = [{ name = "a", url = "https://api.example.com", headers = { X-Key = ["a"] } }]
  }

  expect_failures = [var.routes]
}

run "route_headers_in_a_list" {
  command = plan

  variables {
    routes = [{ name = "a", url = "https://api.example.com", headers = ["X-Key"] }]
  }

  expect_failures = [var.routes]
}

run "route_timeout_without_a_unit" {
  command = plan

  variables {
    routes = [{ name = "a", url = "https://api.example.com", timeout = "5" }]
  }

  expect_failures = [var.routes]
}

run "route_timeout_of_nothing" {
  command = plan

  variables {
    routes = [{ name = "a", url = "https://api.example.com", timeout = "0s" }]
  }

  expect_failures = [var.routes]
}

run "route_timeout_over_15_minutes" {
  command = plan

  variables {
    routes = [{ name = "a", url = "https://api.example.com", timeout = "16m" }]
  }

  expect_failures = [var.routes]
}

run "route_success_on_99" {
  command = plan

  variables {
    routes = [{ name = "a", url = "https://api.example.com", successOn = "99" }]
  }

  expect_failures = [var.routes]
}

run "route_retry_on_a_range_backwards" {
  command = plan

  variables {
    routes = [{ name = "a", url = "https://api.example.com", retryOn = "499-400" }]
  }

  expect_failures = [var.routes]
}

run "route_reject_on_600" {
  command = plan

  variables {
    routes = [{ name = "a", url = "https://api.example.com", rejectOn = "500-600" }]
  }

  expect_failures = [var.routes]
}

run "when_that_is_no_object" {
  command = plan

  variables {
    routes = [{ name = "a", url = "https://api.example.com", when = "attribute:type" }]
  }

  expect_failures = [var.routes]
}

run "when_of_something_else" {
  command = plan

  variables {
    routes = [{ name = "a", url = "https://api.example.com", when = { type = "order" } }]
  }

  expect_failures = [var.routes]
}

run "when_of_no_pointer" {
  command = plan

  variables {
    routes = [{ name = "a", url = "https://api.example.com", when = { "body:type" = "order" } }]
  }

  expect_failures = [var.routes]
}

run "when_of_an_unknown_kind" {
  command = plan

  variables {
    routes = [{ name = "a", url = "https://api.example.com", when = { "attribute:type" = { suffix = "order" } } }]
  }

  expect_failures = [var.routes]
}

run "when_not_that_is_no_object" {
  command = plan

  variables {
    routes = [{ name = "a", url = "https://api.example.com", when = { not = "test" } }]
  }

  expect_failures = [var.routes]
}

run "when_not_of_something_else" {
  command = plan

  variables {
    routes = [{ name = "a", url = "https://api.example.com", when = { not = { test = true } } }]
  }

  expect_failures = [var.routes]
}

run "auth_of_no_entry" {
  command = plan

  variables {
    routes = [{ name = "a", url = "https://api.example.com", auth = "orders" }]
  }

  expect_failures = [var.routes]
}

run "auth_of_a_signature" {
  command = plan

  variables {
    auth   = { hub = { type = "hmac-sha256", header = "X-Signature", secret = "secretsmanager:arn:aws:secretsmanager:eu-west-1:111111111111:secret:a-AbCdEf" }, iam = { type = "sigv4", service = "execute-api" } }
    routes = [{ name = "a", url = "https://api.example.com", auth = "hub" }]
  }

  expect_failures = [var.routes]
}

run "sign_of_a_credential" {
  command = plan

  variables {
    auth   = { hub = { type = "hmac-sha256", header = "X-Signature", secret = "secretsmanager:arn:aws:secretsmanager:eu-west-1:111111111111:secret:a-AbCdEf" }, iam = { type = "sigv4", service = "execute-api" } }
    routes = [{ name = "a", url = "https://api.example.com", sign = "iam" }]
  }

  expect_failures = [var.routes]
}

run "routes_file_outside" {
  command = plan

  variables {
    routes_file = "../routes.json"
  }

  expect_failures = [var.routes_file]
}

run "routes_file_absolute" {
  command = plan

  variables {
    routes_file = "/opt/routes.json"
  }

  expect_failures = [var.routes_file]
}

run "routes_file_empty" {
  command = plan

  variables {
    routes_file = ""
  }

  expect_failures = [var.routes_file]
}

run "routes_and_a_file" {
  command = plan

  variables {
    routes      = [{ name = "a", url = "https://api.example.com" }]
    routes_file = "routes.json"
  }

  expect_failures = [var.routes_file]
}

run "auth_without_a_type" {
  command = plan

  variables {
    auth = { a = { token = "secretsmanager:arn:aws:secretsmanager:eu-west-1:111111111111:secret:a-AbCdEf" } }
  }

  expect_failures = [var.auth]
}

run "auth_of_an_unknown_type" {
  command = plan

  variables {
    auth = { a = { type = "digest", token = "secretsmanager:arn:aws:secretsmanager:eu-west-1:111111111111:secret:a-AbCdEf" } }
  }

  expect_failures = [var.auth]
}

run "auth_with_a_member_missing" {
  command = plan

  variables {
    auth = { a = { type = "basic", username = "me" } }
  }

  expect_failures = [var.auth]
}

run "auth_with_an_unknown_member" {
  command = plan

  variables {
    auth = { a = { type = "bearer", token = "secretsmanager:arn:aws:secretsmanager:eu-west-1:111111111111:secret:a-AbCdEf", scope = "all" } }
  }

  expect_failures = [var.auth]
}

run "auth_with_a_member_null" {
  command = plan

  variables {
    auth = { a = { type = "bearer", token = null } }
  }

  expect_failures = [var.auth]
}

run "literal_token" {
  command = plan

  variables {
    auth = { a = { type = "bearer", token = "hunter2" } }
  }

  expect_failures = [var.auth]
}

run "literal_password" {
  command = plan

  variables {
    auth = { a = { type = "basic", username = "me", password = "hunter2" } }
  }

  expect_failures = [var.auth]
}

run "literal_value" {
  command = plan

  variables {
    auth = { a = { type = "header", name = "X-Key", value = "hunter2" } }
  }

  expect_failures = [var.auth]
}

run "literal_client_secret" {
  command = plan

  variables {
    auth = { a = { type = "oauth2", tokenUrl = "https://id.example.com", clientId = "a", clientSecret = "hunter2" } }
  }

  expect_failures = [var.auth]
}

run "literal_secret" {
  command = plan

  variables {
    auth = { a = { type = "hmac-sha256", header = "X-Signature", secret = "hunter2" } }
  }

  expect_failures = [var.auth]
}

run "literal_previous" {
  command = plan

  variables {
    auth = { a = { type = "standard-webhooks", secret = "secretsmanager:arn:aws:secretsmanager:eu-west-1:111111111111:secret:a-AbCdEf", previous = "hunter2" } }
  }

  expect_failures = [var.auth]
}

run "secret_by_its_name" {
  command = plan

  variables {
    auth = { a = { type = "bearer", token = "secretsmanager:orders" } }
  }

  expect_failures = [var.auth]
}

run "secret_without_the_end_of_its_arn" {
  command = plan

  variables {
    auth = { a = { type = "bearer", token = "secretsmanager:arn:aws:secretsmanager:eu-west-1:111111111111:secret:orders" } }
  }

  expect_failures = [var.auth]
}

run "secret_with_a_wildcard" {
  command = plan

  variables {
    auth = { a = { type = "bearer", token = "secretsmanager:arn:aws:secretsmanager:eu-west-1:111111111111:secret:*-AbCdEf" } }
  }

  expect_failures = [var.auth]
}

run "secret_without_a_key_after_its_hash" {
  command = plan

  variables {
    auth = { a = { type = "bearer", token = "secretsmanager:arn:aws:secretsmanager:eu-west-1:111111111111:secret:a-AbCdEf#" } }
  }

  expect_failures = [var.auth]
}

run "parameter_by_its_name" {
  command = plan

  variables {
    auth = { a = { type = "bearer", token = "ssm:/orders/api-key" } }
  }

  expect_failures = [var.auth]
}

run "parameter_with_a_slash_too_many" {
  command = plan

  variables {
    auth = { a = { type = "bearer", token = "ssm:arn:aws:ssm:eu-west-1:111111111111:parameter//orders" } }
  }

  expect_failures = [var.auth]
}

run "parameter_with_a_slash_at_its_end" {
  command = plan

  variables {
    auth = { a = { type = "bearer", token = "ssm:arn:aws:ssm:eu-west-1:111111111111:parameter/orders/" } }
  }

  expect_failures = [var.auth]
}

run "parameter_with_a_wildcard" {
  command = plan

  variables {
    auth = { a = { type = "bearer", token = "ssm:arn:aws:ssm:eu-west-1:111111111111:parameter/*" } }
  }

  expect_failures = [var.auth]
}

run "parameter_with_a_version" {
  command = plan

  variables {
    auth = { a = { type = "bearer", token = "ssm:arn:aws:ssm:eu-west-1:111111111111:parameter/orders:3" } }
  }

  expect_failures = [var.auth]
}

run "parameter_without_a_key_after_its_hash" {
  command = plan

  variables {
    auth = { a = { type = "bearer", token = "ssm:arn:aws:ssm:eu-west-1:111111111111:parameter/orders#" } }
  }

  expect_failures = [var.auth]
}

run "parameter_as_a_secret" {
  command = plan

  variables {
    auth = { a = { type = "bearer", token = "secretsmanager:arn:aws:ssm:eu-west-1:111111111111:parameter/orders" } }
  }

  expect_failures = [var.auth]
}

run "secret_as_a_parameter" {
  command = plan

  variables {
    auth = { a = { type = "bearer", token = "ssm:arn:aws:secretsmanager:eu-west-1:111111111111:secret:orders-AbCdEf" } }
  }

  expect_failures = [var.auth]
}

run "variable_that_is_not_there" {
  command = plan

  variables {
    auth     = { a = { type = "bearer", token = "env:TOKEN" } }
    function = { environment = { TOKENS = "a" } }
  }

  expect_failures = [var.auth]
}

run "token_url_that_is_none" {
  command = plan

  variables {
    auth = { a = { type = "oauth2", tokenUrl = "id.example.com", clientId = "a", clientSecret = "secretsmanager:arn:aws:secretsmanager:eu-west-1:111111111111:secret:a-AbCdEf" } }
  }

  expect_failures = [var.auth]
}

run "default_that_is_a_signature" {
  command = plan

  variables {
    auth = { default = { type = "hmac-sha256", header = "X-Signature", secret = "secretsmanager:arn:aws:secretsmanager:eu-west-1:111111111111:secret:a-AbCdEf" } }
  }

  expect_failures = [var.auth]
}

run "default_sign_that_is_a_credential" {
  command = plan

  variables {
    auth = { default-sign = { type = "bearer", token = "secretsmanager:arn:aws:secretsmanager:eu-west-1:111111111111:secret:a-AbCdEf" } }
  }

  expect_failures = [var.auth]
}

run "secret_key_that_is_an_alias" {
  command = plan

  variables {
    secret_kms_key_arns = ["arn:aws:kms:eu-west-1:111111111111:alias/orders"]
    auth                = { a = { type = "bearer", token = "secretsmanager:arn:aws:secretsmanager:eu-west-1:111111111111:secret:a-AbCdEf" } }
  }

  expect_failures = [var.secret_kms_key_arns]
}

run "secret_key_without_a_secret" {
  command = plan

  variables {
    secret_kms_key_arns = ["arn:aws:kms:eu-west-1:111111111111:key/k"]
  }

  expect_failures = [var.secret_kms_key_arns]
}

run "route_success_on_a_number" {
  command = plan

  variables {
    routes = [{ name = "a", url = "https://api.example.com", successOn = 200 }]
  }

  expect_failures = [var.routes]
}

run "route_retry_on_a_list" {
  command = plan

  variables {
    routes = [{ name = "a", url = "https://api.example.com", retryOn = ["404"] }]
  }

  expect_failures = [var.routes]
}

run "route_method_in_a_list" {
  command = plan

  variables {
    routes = [{ name = "a", url = "https://api.example.com", method = ["PUT"] }]
  }

  expect_failures = [var.routes]
}

run "when_of_two_kinds" {
  command = plan

  variables {
    routes = [{ name = "a", url = "https://api.example.com", when = { "attribute:type" = { prefix = "a", exists = true } } }]
  }

  expect_failures = [var.routes]
}

run "plain_http_in_the_second_route" {
  command = plan

  variables {
    routes = [{ name = "a", url = "https://api.example.com" }, { name = "b", url = "http://api.example.com" }]
  }

  expect_failures = [var.endpoint]
}
