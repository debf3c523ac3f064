import DiT
import Testing
import _TestSupport

extension PlainRun {
  /// Checks a method's run against a final sample that was worked out in another way.
  func expectSame(
    _ cache: any CacheMethod, _ expected: [Float],
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let error = relativeError(try sampled(cache), expected)
    #expect(error < 1e-4, sourceLocation: sourceLocation)
    // A test that would also pass without the cache tests nothing.
    let uncached = relativeError(try sampled(nil), expected)
    #expect(uncached > 1e-3, sourceLocation: sourceLocation)
  }

  /// The same, and that each rule did in its steps what was worked out.
  func expectSame(
    _ cache: any CacheMethod, _ expected: [Float], decisions: [String],
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    try expectSame(cache, expected, sourceLocation: sourceLocation)
    var run = try run(cache)
    while try run.next() != nil {}
    let lines = run.traces.flatMap(\.lines)
    #expect(lines.map(\.actions) == decisions, sourceLocation: sourceLocation)
    // Both kinds of decision, the latter one with something to go by.
    let all = decisions.map { $0.dropFirst() }
    let isMixed = all.contains { $0.contains("-") } && all.contains { $0.contains("R") }
    #expect(isMixed, sourceLocation: sourceLocation)
  }

  /// A threshold with which a gate sometimes reuses: in the middle of its indicators.
  func middle(_ cache: any CacheMethod) throws -> Double {
    var run = try run(cache.dry)
    while try run.next() != nil {}
    let indicators = run.traces.flatMap(\.lines).flatMap(\.indicators).compactMap { $0 }
    let sorted = indicators.filter { $0.isFinite }.sorted()
    return try #require(sorted.isEmpty ? nil : sorted[sorted.count / 2]) * 1.0001
  }
}
