resource "aws_lambda_event_source_mapping" "queue" {
  event_source_arn                   = aws_sqs_queue.queue.arn
  function_name                      = aws_lambda_alias.live.arn
  batch_size                         = var.batch.size
  maximum_batching_window_in_seconds = var.batch.window

  # Without it Lambda takes any answer for success, and deletes messages that were not delivered.
  function_response_types = ["ReportBatchItemFailures"]

  metrics_config {
    metrics = ["EventCount"]
  }

  dynamic "scaling_config" {
    for_each = local.maximum_concurrency[*]
    content {
      maximum_concurrency = scaling_config.value
    }
  }

  dynamic "provisioned_poller_config" {
    for_each = var.concurrency.pollers[*]
    content {
      minimum_pollers = provisioned_poller_config.value.minimum
      maximum_pollers = provisioned_poller_config.value.maximum
    }
  }

  dynamic "filter_criteria" {
    for_each = length(var.batch.filters) == 0 ? [] : [var.batch.filters]
    content {
      dynamic "filter" {
        for_each = filter_criteria.value
        content {
          pattern = filter.value
        }
      }
    }
  }

  tags = local.tags
}
