internal import DiT
internal import _ExampleCommandLine

/// The caches that `--cache` names.
enum CacheChoice {
  static let names = ["none", "delta-dit", "delta-cache"]

  /// Reads the option's value; nil for no cache.
  ///
  /// - Throws: `UsageError` where its form, its name or a key is wrong.
  static func specification(
    _ text: String?, option: Option<String?>
  ) throws(UsageError) -> CacheSpecification? {
    guard let text else { return nil }
    guard let specification = CacheSpecification(text) else {
      throw option.refusing(text, allowed: "of the form NAME[:key=value,…]")
    }
    switch specification.name {
    case "none":
      try specification.requireKeys([])
      return nil
    case "delta-dit": try specification.requireKeys(["n", "nc", "b", "front", "target"])
    case "delta-cache": try specification.requireKeys(["range", "position", "nc", "n"])
    default: throw specification.unknownName(allowed: names)
    }
    return specification
  }

  /// The method that a specification means for a model and a run.
  ///
  /// - Throws: `UsageError` where a value is wrong or does not fit the model or the run.
  static func method(
    _ s: CacheSpecification, stepCount: Int, depth: Int
  ) throws(UsageError) -> any CacheMethod {
    let interval = try s.value("n", as: .integer(1...)) ?? 2
    let method: any CacheMethod
    do {
      switch s.name {
      case "delta-dit":
        var chosen = DeltaDiT(stepCount: stepCount, depth: depth)
        chosen.interval = interval
        chosen.cachedBlocks = try s.value("nc", as: .integer(0...depth)) ?? chosen.cachedBlocks
        chosen.boundary = try s.value("b", as: .integer(0...stepCount)) ?? chosen.boundary
        chosen.frontStart = try s.value("front", as: .integer(0...depth)) ?? 0
        if let target = try s.value("target", as: .number(0...1)) {
          guard s.parameters["n"] == nil, s.parameters["nc"] == nil else {
            throw UsageError.other("--cache delta-dit: target finds n and nc; give it alone")
          }
          let planner = DeltaPlanner(stepCount: stepCount, depth: depth, blockCost: 1)
          (chosen.interval, chosen.cachedBlocks) = try planner.settings(
            for: target * planner.fullCost)
        }
        method = chosen
      default:
        method = DeltaCache(blocks: try blocks(s, depth: depth), interval: interval)
      }
      _ = try method.plan(stepCount: stepCount, depth: depth)
    } catch let error as CacheError {
      throw .other("--cache \(s.name): \(error)")
    } catch let error as UsageError {
      throw error
    } catch {
      throw .other("--cache \(s.name): \(error)")
    }
    return method
  }

  /// The blocks of a Δ-Cache: a range, or a position and a number.
  private static func blocks(_ s: CacheSpecification, depth: Int) throws -> Range<Int> {
    let range = try s.value("range", as: .range(within: 0...depth - 1))
    let position = try s.value("position", as: ValueParser<DeltaCache.Position>.choice)
    let count = try s.value("nc", as: .integer(0...depth))
    switch (range, position, count) {
    case (let range?, nil, nil): return range.lowerBound..<range.upperBound + 1
    case (nil, let position?, let count?): return try position.blocks(count, depth: depth)
    default:
      throw UsageError.other(
        "--cache delta-cache needs range=LOW-HIGH, or position=front|middle|rear and nc=N")
    }
  }
}
