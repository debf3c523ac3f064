import Foundation
import Testing
import _ExampleReport

@Suite struct PageTests {
  @Test func textsAreNeverTags() {
    #expect(escaped("a<b> & \"c\"") == "a&lt;b&gt; &amp; &quot;c&quot;")
    var page = HTMLPage(title: "<script>", subtitle: "a & b")
    page.add("<h2>", definitions([("<dt>", "<dd>")]))
    #expect(page.text.contains("<title>&lt;script&gt;</title>"))
    #expect(page.text.contains("<dt>&lt;dt&gt;</dt><dd>&lt;dd&gt;</dd>"))
  }

  /// Nothing in a page leads elsewhere, and its policy forbids requests.
  @Test func asksNoServer() {
    var strip = ImageStrip()
    strip.add("x", images: ["AAAA"])
    var page = HTMLPage(title: "t", subtitle: "s")
    page.add("images", strip.html)
    let text = page.text
    #expect(text.contains("default-src 'none'"))
    #expect(!text.contains("src=\"http") && !text.contains("href=\"http"))
    #expect(!text.contains("url(") && !text.contains("@import"))
  }

  /// A row that failed has fewer cells, of which the last one takes the rest of the row.
  @Test func aShortRowReachesToTheEnd() {
    var table = SortableTable(columns: ["a", "b", "c"])
    table.add([.init("x"), .init("why", style: "text")], kind: "failed", id: "row-1")
    table.add([.init("y"), .init(1.5) { "\($0)" }, .init(nil) { "\($0)" }])
    #expect(table.html.contains("<tr id=\"row-1\" class=\"failed\">"))
    #expect(table.html.contains("<td colspan=\"2\" class=\"text\">why</td>"))
    #expect(table.html.contains("<td data-value=\"1.5\">1.5</td><td data-value=\"\">–</td>"))
  }

  @Test func plotsHaveWhatIsFinite() throws {
    let value = try #require(Resampled(meanOf: [1, 2, 3]))
    let plot = ScatterPlot(
      costName: "seconds", valueName: "dB", isHigherBetter: true,
      points: [
        .init("a", family: "f", cost: 1, value: value, isStep: false, link: "row-1"),
        .init("b", family: "f", cost: .nan, value: value, isStep: false),
        .init("c", family: "", cost: 2, value: value, isStep: true),
      ])
    #expect(plot.svg().matches(of: #/<circle/#).count == 2 && plot.svg().contains("#row-1"))
    // A file of its own has nothing to link to, and brings its style.
    let file = plot.svg(isFile: true)
    #expect(!file.contains("href") && file.contains("<style>") && !file.contains("nan"))
    let empty = ScatterPlot(costName: "", valueName: "", isHigherBetter: true, points: [])
    #expect(empty.svg().hasPrefix("<svg") && !empty.svg().contains("nan"))
  }

  @Test func mapsAndLinesTakeNaN() {
    let map = heatMap([[.nan, 1], [2, 3]], rowName: "block", columnName: "step")
    #expect(map.matches(of: #/<rect/#).count == 4)
    let line = LinePlot("n", xName: "x", yName: "y", points: [(0, .nan), (1, 2), (2, .infinity)])
    #expect(line.svg().matches(of: #/<circle/#).count == 1)
  }
}
