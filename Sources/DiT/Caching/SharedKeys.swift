// Keys that several methods read.
extension CacheParameters {
  /// `n`, or another key: one step in so many is computed.
  mutating func interval(
    _ key: String = "n", upTo most: Int = .max, default standard: Int,
    _ meaning: String = "one step in so many is full"
  ) throws(CacheError) -> Int {
    try integer(key, in: 1...most, default: standard, meaning)
  }

  /// `threshold`, or another key, and what it is of.
  mutating func threshold(
    _ key: String = "threshold", default standard: Double, _ meaning: String
  ) throws(CacheError) -> Double {
    thresholdKey = key
    return try number(key, in: 0...Double.infinity, default: standard, meaning)
  }

  /// A share in percent, and what it is of.
  mutating func percent(
    _ key: String, default standard: Double, of whole: String
  ) throws(CacheError) -> Double {
    try number(key, in: 0...100, default: standard, "percent of \(whole)")
  }

  /// `start`: the share of the steps before something is first reused, in percent.
  mutating func start(
    default standard: Double, of what: String = "the first reuse"
  ) throws(CacheError) -> Double {
    try percent("start", default: standard, of: "the steps before \(what)")
  }

  /// `order`: the highest difference of a forecast; 0 is the last value.
  mutating func order(
    default standard: Int, _ meaning: String = "the highest difference"
  ) throws(CacheError) -> Int {
    try integer("order", in: 0...6, default: standard, meaning)
  }

  /// `order` of the offset of blocks.
  mutating func offsetOrder() throws(CacheError) -> Int {
    try order(default: 0, "differences that the offset goes on with; 0 is the last offset")
  }

  /// `of`: what is forecast.
  mutating func forecastTarget() throws(CacheError) -> ForecastTarget {
    try choice("of", default: .branches, "what is forecast")
  }
}

extension NamedCacheMethod {
  /// Checks a value whose range follows from the run.
  ///
  /// - Throws: `CacheError.value` where it is out of range.
  static func require(
    _ key: String, _ value: Int, in range: ClosedRange<Int>
  ) throws(CacheError) {
    guard range.contains(value) else {
      throw .value(
        key: key, method: name, found: "\(value)",
        expected: "from \(range.lowerBound) to \(range.upperBound)")
    }
  }
}

extension RunOutline {
  /// Checks that there are enough blocks: by default, some behind the first one.
  ///
  /// - Throws: `CacheError.inapplicable` where the model has no block, or one only.
  func requireBlocks(_ least: Int = 2, for method: String) throws(CacheError) {
    guard depth >= least else {
      throw .inapplicable(
        method: method, reason: "the model has \(depth == 1 ? "one block only" : "no blocks")")
    }
  }

  /// A share of the steps, as a number of them.
  func steps(
    percent: Double, rounded rule: FloatingPointRoundingRule = .toNearestOrAwayFromZero
  ) -> Int {
    Int((percent / 100 * Double(stepCount)).rounded(rule))
  }
}
