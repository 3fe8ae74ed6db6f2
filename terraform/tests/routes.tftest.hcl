# Which message goes where: what the function is told of it, and the timeouts that follow.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  name    = "orders"
  package = { file = "tests/fixtures/package.zip" }
}

run "routes_without_an_endpoint" {
  command = plan

  variables {
    routes = [
      {
        name      = "orders"
        when      = { "attribute:type" = "order", "body:/tenant" = ["a", "b"], "attribute:region" = { prefix = "eu-" }, "body:/draft" = { exists = false }, "body:/Records~json/0/key~form" = { exists = false }, not = { "attribute:test" = true } }
        url       = "https://orders.example.com/v1/{attribute:tenant}/orders?id={body:/id}"
        method    = "PUT"
        headers   = { X-Tenant = "{attribute:tenant}" }
        body      = { id = "{body:/id}", from = "{queue}", lines = [1, "two", true, null] }
        timeout   = "5s"
        auth      = null
        successOn = "200-299,409"
        retryOn   = "404"
        rejectOn  = "418"
      },
      { name = "noise", when = { "attribute:type" = "ping" }, drop = true },
      { name = "rest", url = "https://[fd00::1]:8443", drop = false },
    ]
  }

  assert {
    condition = jsondecode(one(aws_lambda_function.function.environment).variables.FORWARD_ROUTES) == [
      {
        name      = "orders"
        when      = { "attribute:type" = "order", "body:/tenant" = ["a", "b"], "attribute:region" = { prefix = "eu-" }, "body:/draft" = { exists = false }, "body:/Records~json/0/key~form" = { exists = false }, not = { "attribute:test" = true } }
        url       = "https://orders.example.com/v1/{attribute:tenant}/orders?id={body:/id}"
        method    = "PUT"
        headers   = { X-Tenant = "{attribute:tenant}" }
        body      = { id = "{body:/id}", from = "{queue}", lines = [1, "two", true, null] }
        timeout   = "5s"
        successOn = "200-299,409"
        retryOn   = "404"
        rejectOn  = "418"
      },
      { name = "noise", when = { "attribute:type" = "ping" }, drop = true },
      { name = "rest", url = "https://[fd00::1]:8443", drop = false },
    ]
    error_message = "The routes are ${one(aws_lambda_function.function.environment).variables.FORWARD_ROUTES}."
  }
  assert {
    condition     = length(setintersection(keys(one(aws_lambda_function.function.environment).variables), ["FORWARD_URL", "FORWARD_ROUTES_FILE", "FORWARD_AUTH"])) == 0
    error_message = "The function's environment has ${join(", ", keys(one(aws_lambda_function.function.environment).variables))}."
  }
  assert {
    condition     = output.timeouts.request == 15
    error_message = "The chain is ${jsonencode(output.timeouts)}."
  }
}

run "messages_that_describe_their_request" {
  command = plan

  variables {
    routes = [
      { name = "urls", when = { "attribute:type" = "url" }, request = "message", allowedHosts = ["api.example.com", "bücher.example:8443", "[2600:1f18::1]", "10.0.0.1:8443", "orders"], allowPrivate = true },
      { name = "paths", when = { "attribute:type" = "path" }, request = "message", url = "https://api.example.com/{attribute:tenant}", method = "GET", headers = { X-Tenant = "a" }, allowedHeaders = ["X-Trace", "X-Tenant-*", "x2"], allowPrivate = false, resend = false, disposition = true },
      { name = "both", request = "message", url = "https://api.example.com/v1", allowedHosts = ["api.example.com"], allowedHeaders = null, drop = false },
    ]
  }

  assert {
    condition = jsondecode(one(aws_lambda_function.function.environment).variables.FORWARD_ROUTES) == [
      { name = "urls", when = { "attribute:type" = "url" }, request = "message", allowedHosts = ["api.example.com", "bücher.example:8443", "[2600:1f18::1]", "10.0.0.1:8443", "orders"], allowPrivate = true },
      { name = "paths", when = { "attribute:type" = "path" }, request = "message", url = "https://api.example.com/{attribute:tenant}", method = "GET", headers = { X-Tenant = "a" }, allowedHeaders = ["X-Trace", "X-Tenant-*", "x2"], allowPrivate = false, resend = false, disposition = true },
      { name = "both", request = "message", url = "https://api.example.com/v1", allowedHosts = ["api.example.com"], drop = false },
    ]
    error_message = "The routes are ${one(aws_lambda_function.function.environment).variables.FORWARD_ROUTES}."
  }
}

run "plain_http_where_it_is_allowed" {
  command = plan

  variables {
    endpoint = { allow_http = true }
    routes   = [{ name = "orders", url = "http://orders.example.com" }]
    auth     = { api = { type = "oauth2", tokenUrl = "http://id.example.com/token", clientId = "orders", clientSecret = "secretsmanager:arn:aws:secretsmanager:eu-west-1:111111111111:secret:orders-AbCdEf" } }
  }
}

run "a_file" {
  command = plan

  variables {
    routes_file = "settings/routes.json"
  }

  assert {
    condition     = one(aws_lambda_function.function.environment).variables.FORWARD_ROUTES_FILE == "settings/routes.json" && !contains(keys(one(aws_lambda_function.function.environment).variables), "FORWARD_ROUTES")
    error_message = "The function's environment has ${join(", ", keys(one(aws_lambda_function.function.environment).variables))}."
  }
}

run "a_slow_route" {
  command = plan

  variables {
    endpoint = { url = "https://api.example.com" }
    routes   = [{ name = "fast", url = "https://fast.example.com", timeout = "500ms" }, { name = "slow", url = "https://slow.example.com", timeout = "90s" }]
  }

  assert {
    condition     = output.timeouts.request == 90 && output.timeouts.batch_worst_case == 91.5 && output.timeouts.function == 97 && output.timeouts.visibility == 582
    error_message = "The chain is ${jsonencode(output.timeouts)}."
  }
  assert {
    condition     = one(aws_lambda_function.function.environment).variables.FORWARD_TIMEOUT == "15s"
    error_message = "A route without a timeout has ${one(aws_lambda_function.function.environment).variables.FORWARD_TIMEOUT}."
  }
}

run "a_route_slower_than_the_function" {
  command = plan

  variables {
    routes   = [{ name = "slow", url = "https://slow.example.com", timeout = "60s" }]
    function = { timeout = 61 }
  }

  expect_failures = [aws_lambda_function.function, check.batch_fits]
}

# 40 routes of some 80 characters each, with the quotes that JSON in JSON escapes.
run "routes_over_4_kb" {
  command = plan

  variables {
    routes = [for number in range(40) : { name = "route-${number}", when = { "attribute:type" = "type-${number}" }, url = "https://api.example.com/${number}" }]
  }

  expect_failures = [aws_lambda_function.function]
}

run "the_same_in_a_file" {
  command = plan

  variables {
    routes_file = "routes.json"
  }
}

# Names, values and the quotes, colons and commas of JSON: all but the note have some 790 bytes here.
run "variables_of_4096_bytes" {
  command = plan

  variables {
    endpoint = { url = "https://api.example.com" }
    function = { environment = { NOTE = format("%3308s", "x") } }
  }
}

run "variables_over_4096_bytes" {
  command = plan

  variables {
    endpoint = { url = "https://api.example.com" }
    function = { environment = { NOTE = format("%3312s", "x") } }
  }

  expect_failures = [aws_lambda_function.function]
}

run "characters_of_three_bytes" {
  command = plan

  variables {
    endpoint = { url = "https://api.example.com" }
    function = { environment = { NOTE = join("", [for number in range(1000) : "€€"]) } }
  }

  expect_failures = [aws_lambda_function.function]
}
