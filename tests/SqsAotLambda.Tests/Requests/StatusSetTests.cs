using SqsAotLambda.Requests;

namespace SqsAotLambda.Tests.Requests;

/// <summary>Lists of statuses as settings write them.</summary>
public sealed class StatusSetTests
{
    [Theory]
    [InlineData("", new int[0])]
    [InlineData("100", new[] { 100 })]
    [InlineData("599", new[] { 599 })]
    [InlineData("204-206, 409", new[] { 204, 205, 206, 409 })]
    [InlineData("404-404,,404", new[] { 404 })]
    public void A_list_holds_its_statuses_and_no_others(string text, int[] statuses)
    {
        var set = StatusSet.TryParse(text)!;

        // As far as three digits go, and beyond.
        Assert.Equal(statuses, Enumerable.Range(-1, 1002).Where(set.Contains));
    }

    [Theory]
    [InlineData("99")]
    [InlineData("600")]
    [InlineData("99-200")]
    [InlineData("500-600")]
    [InlineData("300-200")]
    [InlineData("200-300-400")]
    [InlineData("200-")]
    [InlineData("-200")]
    [InlineData("2xx")]
    [InlineData("+200")]
    [InlineData("200 300")]
    public void Any_other_text_is_no_list(string text) => Assert.Null(StatusSet.TryParse(text));
}
