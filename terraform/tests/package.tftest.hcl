# Where the function's zip comes from, and which version of it takes messages.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  name     = "orders"
  package  = { file = "tests/fixtures/package.zip" }
  endpoint = { url = "https://api.example.com/orders" }
}

run "a_file" {
  command = plan

  assert {
    condition     = aws_lambda_function.function.filename == "tests/fixtures/package.zip" && aws_lambda_function.function.s3_bucket == null
    error_message = "The package is ${coalesce(aws_lambda_function.function.filename, "not a file")}."
  }
  assert {
    condition     = aws_lambda_function.function.source_code_hash == filebase64sha256("tests/fixtures/package.zip")
    error_message = "A changed zip would go unnoticed."
  }
}

run "an_object_in_s3" {
  command = plan

  variables {
    package = { s3 = { bucket = "packages", key = "sqsaotlambda-arm64.zip", version = "v1" } }
  }

  assert {
    condition     = aws_lambda_function.function.s3_bucket == "packages" && aws_lambda_function.function.s3_key == "sqsaotlambda-arm64.zip" && aws_lambda_function.function.s3_object_version == "v1" && aws_lambda_function.function.filename == null
    error_message = "The package is not the object."
  }
}

run "x86_64" {
  command = plan

  variables {
    function = { architecture = "x86_64" }
  }

  assert {
    condition     = aws_lambda_function.function.architectures == tolist(["x86_64"])
    error_message = "The architecture is ${jsonencode(aws_lambda_function.function.architectures)}."
  }
}

run "a_roll_back" {
  variables {
    function = { live_version = "6" }
  }

  assert {
    condition     = aws_lambda_alias.live.function_version == "6" && output.function.version == "7" && output.function.live_version == "6"
    error_message = "The alias is on version ${aws_lambda_alias.live.function_version}."
  }
}
