# The two examples, as they are but for the path of the package.

mock_provider "aws" {}

variables {
  region       = "eu-west-1"
  endpoint_url = "https://api.example.com/orders"
  package      = "tests/fixtures/package.zip"
}

override_resource {
  target = module.sqsaotlambda.aws_sqs_queue.queue
  values = { arn = "arn:aws:sqs:eu-west-1:111111111111:queue", url = "https://sqs.eu-west-1.amazonaws.com/111111111111/queue", region = "eu-west-1" }
}

override_resource {
  target = module.sqsaotlambda.aws_sqs_queue.dead_letters
  values = { arn = "arn:aws:sqs:eu-west-1:111111111111:dead-letters", url = "https://sqs.eu-west-1.amazonaws.com/111111111111/dead-letters", region = "eu-west-1" }
}

override_resource {
  target = module.sqsaotlambda.aws_lambda_function.function
  values = { arn = "arn:aws:lambda:eu-west-1:111111111111:function:function", version = "7" }
}

override_resource {
  target = module.sqsaotlambda.aws_lambda_alias.live
  values = { arn = "arn:aws:lambda:eu-west-1:111111111111:function:function:live" }
}

override_resource {
  target = module.sqsaotlambda.aws_iam_role.function
  values = { arn = "arn:aws:iam::111111111111:role/function" }
}

override_resource {
  target = module.sqsaotlambda.aws_cloudwatch_log_group.function
  values = { arn = "arn:aws:logs:eu-west-1:111111111111:log-group:/aws/lambda/function" }
}

run "standard" {
  state_key = "standard"

  module {
    source = "./examples/standard"
  }

  assert {
    condition     = output.queue.name == "sqsaotlambda" && output.dead_letter_queue.name == "sqsaotlambda-dlq" && output.function.name == "sqsaotlambda"
    error_message = "The names are ${output.queue.name}, ${output.dead_letter_queue.name} and ${output.function.name}."
  }
  assert {
    condition     = output.timeouts.function == 60 && output.timeouts.visibility == 360
    error_message = "The chain is ${jsonencode(output.timeouts)}."
  }
  assert {
    condition     = length(output.alarm_arns) == 8 && output.dashboard == "sqsaotlambda" && can(jsondecode(output.producer_policy)) && toset(keys(output.commands)) == toset(["send", "redrive"])
    error_message = "An output is not passed on."
  }
}

run "fifo" {
  state_key = "fifo"

  module {
    source = "./examples/fifo"
  }

  assert {
    condition     = output.queue.name == "sqsaotlambda-fifo.fifo" && output.dead_letter_queue.name == "sqsaotlambda-fifo-dlq.fifo" && output.function.name == "sqsaotlambda-fifo"
    error_message = "The names are ${output.queue.name}, ${output.dead_letter_queue.name} and ${output.function.name}."
  }
  assert {
    condition     = output.timeouts.function == 157 && output.timeouts.visibility == 942
    error_message = "The chain is ${jsonencode(output.timeouts)}."
  }
  assert {
    condition     = length(output.alarm_arns) == 9 && output.dashboard == "sqsaotlambda-fifo" && can(jsondecode(output.producer_policy)) && strcontains(output.commands.send, "--message-group-id")
    error_message = "An output is not passed on."
  }
}
