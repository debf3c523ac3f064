// Keys that several methods read.
extension CacheParameters {
  /// `n`: one step in so many is computed in full.
  mutating func interval(default standard: Int) throws(CacheError) -> Int {
    try integer("n", in: 1...Int.max, default: standard, "one step in so many is full")
  }

  /// `threshold`, and what it is of.
  mutating func threshold(
    default standard: Double, _ meaning: String
  ) throws(CacheError) -> Double {
    try number("threshold", in: 0...Double.infinity, default: standard, meaning)
  }

  /// `order`: the highest difference of a forecast.
  mutating func order(
    default standard: Int, _ meaning: String = "the highest difference"
  ) throws(CacheError) -> Int {
    try integer("order", in: 0...6, default: standard, meaning)
  }

  /// `of`: what is forecast.
  mutating func forecastTarget() throws(CacheError) -> ForecastTarget {
    try choice("of", default: .branches, "what is forecast")
  }
}

extension RunOutline {
  /// Checks that there are blocks behind the first one.
  ///
  /// - Throws: `CacheError.inapplicable` where the model has one block only.
  func requireBlocks(for method: String) throws(CacheError) {
    guard depth > 1 else {
      throw .inapplicable(method: method, reason: "the model has one block only")
    }
  }
}
