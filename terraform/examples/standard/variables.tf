variable "region" {
  description = "AWS region of everything."
  type        = string
}

variable "name" {
  description = "Name of the function, of the queue and of all that belongs to them."
  type        = string
  default     = "sqsaotlambda"
}

variable "endpoint_url" {
  description = "Where messages go: an absolute https URL."
  type        = string
}

variable "package" {
  description = "Path of the function's zip, relative to this folder."
  type        = string
  default     = "../../../artifacts/package/sqsaotlambda-arm64.zip"
}

variable "architecture" {
  description = "What the zip was built for: arm64 or x86_64."
  type        = string
  default     = "arm64"
}

variable "alarm_actions" {
  description = "ARNs that hear of alarms, such as an SNS topic."
  type        = list(string)
  default     = []
}

variable "tags" {
  description = "Tags of everything."
  type        = map(string)
  default     = {}
}
