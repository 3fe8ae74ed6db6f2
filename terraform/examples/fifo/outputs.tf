output "queue" {
  description = "The queue: url, arn, name."
  value       = module.sqsaotlambda.queue
}

output "dead_letter_queue" {
  description = "The dead-letter queue: url, arn, name; null without one."
  value       = module.sqsaotlambda.dead_letter_queue
}

output "function" {
  description = "The function: name, arn, version, live_version, role_arn, role_name, log_group."
  value       = module.sqsaotlambda.function
}

output "timeouts" {
  description = "The timeout chain, in seconds."
  value       = module.sqsaotlambda.timeouts
}

output "alarm_arns" {
  description = "ARNs of the alarms."
  value       = module.sqsaotlambda.alarm_arns
}

output "dashboard" {
  description = "Name of the CloudWatch dashboard."
  value       = module.sqsaotlambda.dashboard
}

output "producer_policy" {
  description = "An IAM policy in JSON for the role of a producer."
  value       = module.sqsaotlambda.producer_policy
}

output "commands" {
  description = "Commands for the AWS CLI: send and redrive."
  value       = module.sqsaotlambda.commands
}
