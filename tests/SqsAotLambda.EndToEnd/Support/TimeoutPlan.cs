using System.Text.Json;

namespace SqsAotLambda.EndToEnd.Support;

/// <summary>What the module makes of a <see cref="TimeoutChain"/>, in seconds.</summary>
internal sealed record TimeoutPlan(double BatchWorstCase, int Function, int Visibility, double ReceivesLast)
{
    /// <summary>What is planned is told by the module's own locals.</summary>
    private const string Module = """
        locals { routes = var.routes }
        output "planned" {
          value = {
            BatchWorstCase = local.batch_worst_case
            Function       = local.function_timeout
            Visibility     = local.visibility_timeout
            ReceivesLast   = local.receives_last
          }
        }
        """;

    private const string Root = """
        module "chain" {
          source   = "./module"
          for_each = { for index, inputs in jsondecode(file("${path.module}/inputs.json")) : index => inputs }

          name     = "chain"
          package  = { file = "main.tf" }
          fifo     = each.value.fifo
          batch    = each.value.batch
          endpoint = each.value.endpoint
          routes   = each.value.routes
          function = each.value.function
          backoff  = each.value.backoff
          queue    = each.value.queue
        }
        output "planned" {
          value = { for index, chain in module.chain : index => chain.planned }
        }
        """;

    private const string Terraform = """
        [ -f "${TF_CLI_CONFIG_FILE:-}" ] || unset TF_CLI_CONFIG_FILE
        export CHECKPOINT_DISABLE=1
        terraform init -input=false -no-color >&2
        terraform plan -input=false -no-color -compact-warnings -out=plan >&2
        terraform show -json plan
        """;

    /// <summary>
    /// Terraform itself does the sums, with the module's variables, their checks, and timeouts.tf. Resources have no part in them, and some for each
    /// of a thousand chains would take minutes.
    /// </summary>
    public static async Task<IReadOnlyList<TimeoutPlan>> OfAsync(IReadOnlyList<TimeoutChain> chains)
    {
        var folder = Directory.CreateTempSubdirectory("sqsaotlambda-");
        try
        {
            var module = folder.CreateSubdirectory("module").FullName;
            foreach (var file in (string[])["variables.tf", "timeouts.tf"])
                File.Copy(Path.Combine(Repository.Root, "terraform", file), Path.Combine(module, file));
            await File.WriteAllTextAsync(Path.Combine(module, "planned.tf"), Module);
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "main.tf"), Root);
            await File.WriteAllTextAsync(
                Path.Combine(folder.FullName, "inputs.json"), JsonSerializer.Serialize(chains.Select(chain => chain.Inputs)));

            var planned = await PlannedAsync(folder.FullName);
            return [.. chains.Select((_, index) => planned.GetProperty($"{index}").Deserialize<TimeoutPlan>()!)];
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<JsonElement> PlannedAsync(string folder)
    {
        var environment = Repository.Environment.Select(each => (each.Key, each.Value));
        await using var process = new ChildProcess("/usr/bin/env", ["bash", "-euc", Terraform], environment, folder);
        Assert.True(await process.ExitAsync() == 0, process.Errors);
        var plan = process.Lines.Single(line => line.StartsWith("{\"format_version\"", StringComparison.Ordinal));
        var outputs = JsonDocument.Parse(plan).RootElement.GetProperty("planned_values").GetProperty("outputs");
        return outputs.GetProperty("planned").GetProperty("value");
    }
}
