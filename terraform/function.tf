locals {
  # Names and defaults are those of the function's settings; a name it does not know would stop it at init.
  settings = merge(
    {
      FORWARD_ALLOW_HTTP         = tostring(var.endpoint.allow_http)
      FORWARD_METHOD             = var.endpoint.method
      FORWARD_TIMEOUT            = var.endpoint.timeout
      FORWARD_CONNECT_TIMEOUT    = var.endpoint.connect_timeout
      FORWARD_RESEND             = var.endpoint.resend ? "on" : "off"
      FORWARD_CONCURRENCY        = tostring(var.endpoint.concurrency)
      FORWARD_PACE               = var.endpoint.pace ? "on" : "off"
      FORWARD_DEADLINE_MARGIN    = var.endpoint.deadline_margin
      FORWARD_CONTENT_TYPE       = var.endpoint.content_type
      FORWARD_HEADERS            = var.endpoint.headers
      FORWARD_IDEMPOTENCY_HEADER = var.endpoint.idempotency_header
      FORWARD_IDEMPOTENCY_SOURCE = var.endpoint.idempotency_source
      FORWARD_SUCCESS_ON         = var.endpoint.success_on
      FORWARD_DISPOSITION        = var.endpoint.disposition ? "on" : "off"
      FORWARD_MAX_HEADER         = tostring(var.endpoint.max_header)
      FORWARD_BACKOFF_BASE       = var.backoff.base
      FORWARD_BACKOFF_CAP        = var.backoff.cap
      FORWARD_RETRY_AFTER_MAX    = var.backoff.retry_after_max
      FORWARD_BREAKER            = var.backoff.breaker ? "on" : "off"
      FORWARD_SUSPECT            = var.backoff.suspect ? "on" : "off"
      FORWARD_DEAD_LETTERS       = var.queue.dead_letters ? "on" : "off"
    },
    # Those of dead letters.
    merge([for queue in aws_sqs_queue.dead_letters : {
      FORWARD_MAX_RECEIVE_COUNT = tostring(local.receives)
      FORWARD_DLQ_URL           = queue.url
    }]...),
    # Those without a default of the module's own.
    {
      for name, value in {
        FORWARD_URL               = var.endpoint.url
        FORWARD_ROUTES            = length(local.routes) == 0 ? null : jsonencode(local.routes)
        FORWARD_ROUTES_FILE       = var.routes_file
        FORWARD_AUTH              = length(local.auth) == 0 ? null : jsonencode(local.auth)
        FORWARD_CLOUDEVENTS_TYPE  = var.endpoint.cloudevents_type
        FORWARD_USER_AGENT        = var.endpoint.user_agent
        FORWARD_GROUP_CONCURRENCY = var.endpoint.group_concurrency
        FORWARD_RATE_LIMIT        = var.endpoint.rate_limit
        FORWARD_RETRY_ON          = var.endpoint.retry_on
        FORWARD_REJECT_ON         = var.endpoint.reject_on
        FORWARD_REDRIVE_KEY       = var.queue.redrive_key
      } : name => tostring(value) if value != null
    },
  )
}

resource "aws_lambda_function" "function" {
  function_name = var.name
  description   = "Sends the messages of the SQS queue ${var.name}${local.suffix} to an HTTP endpoint."
  role          = aws_iam_role.function.arn
  runtime       = "provided.al2023"
  handler       = "bootstrap"
  architectures = [var.function.architecture]

  filename          = var.package.file
  source_code_hash  = var.package.file == null ? null : filebase64sha256(var.package.file)
  s3_bucket         = try(var.package.s3.bucket, null)
  s3_key            = try(var.package.s3.key, null)
  s3_object_version = try(var.package.s3.version, null)

  memory_size = var.function.memory
  timeout     = local.function_timeout
  # -1: none.
  reserved_concurrent_executions = var.function.reserved_concurrency == null ? -1 : var.function.reserved_concurrency
  # Every change becomes a version; the alias says which one takes messages.
  publish = true

  environment {
    variables = merge(var.function.environment, local.settings)
  }

  logging_config {
    log_format            = "JSON"
    application_log_level = var.function.log_level
    # INFO: Lambda then writes a platform.report of each invocation, with its duration, memory and start-up time.
    system_log_level = "INFO"
    log_group        = aws_cloudwatch_log_group.function.name
  }

  tracing_config {
    mode = var.function.tracing ? "Active" : "PassThrough"
  }

  dynamic "vpc_config" {
    for_each = var.vpc[*]
    content {
      subnet_ids         = vpc_config.value.subnet_ids
      security_group_ids = vpc_config.value.security_group_ids
    }
  }

  tags = local.tags

  # Without its permissions the function could not log, nor join a VPC.
  depends_on = [aws_iam_role_policy.function]

  lifecycle {
    precondition {
      condition     = local.function_timeout > local.seconds.request + local.seconds.margin
      error_message = "The function has ${local.function_timeout} s, and one request may take ${local.seconds.request} s with a margin of ${local.seconds.margin} s: a slow request would always be cut. Raise function.timeout above ${local.seconds.request + local.seconds.margin} (900 at most), or lower ${local.request_timeouts}."
    }
    precondition {
      condition     = var.function.reserved_concurrency == null ? true : var.function.reserved_concurrency >= local.invocations_at_once
      error_message = "function.reserved_concurrency is ${coalesce(var.function.reserved_concurrency, 0)}, and the event source mapping starts up to ${local.invocations_at_once} invocations at once${var.concurrency.pollers == null ? "" : " (10 for each of ${try(var.concurrency.pollers.maximum, 0)} pollers)"}: the rest is throttled${var.queue.dead_letters ? ", uses up receives and ends in the dead-letter queue untried" : ", and waits as if it had failed"}. Raise it to ${local.invocations_at_once}, lower concurrency, or leave it out."
    }
    precondition {
      condition     = local.environment_size <= 4096
      error_message = "The environment variables have ${local.environment_size} bytes as JSON, and Lambda takes 4096${length(local.routes) == 0 ? "" : ", of which the routes are ${length(jsonencode(local.routes))}"}. Put the routes into a file in the package and name it in routes_file, in place of routes; or shorten function.environment or auth."
    }
  }
}

resource "aws_lambda_alias" "live" {
  name             = "live"
  description      = "The version that takes messages."
  function_name    = aws_lambda_function.function.function_name
  function_version = var.function.live_version == null ? aws_lambda_function.function.version : var.function.live_version
}

resource "aws_cloudwatch_log_group" "function" {
  name              = "/aws/lambda/${var.name}"
  retention_in_days = var.function.log_retention
  tags              = local.tags
}
