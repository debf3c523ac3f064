/// The settings of a method, read from a text.
///
/// A method asks for each key once, with its default, its range and its meaning. So the same code
/// reads a text and lists the keys for the help.
public struct CacheParameters {
  /// A key that a method asked for.
  public struct Key: Sendable, Hashable {
    /// The key.
    public let name: String
    /// The default, in words.
    public let standard: String
    /// The values that it takes, in words.
    public let allowed: String
    /// What it means.
    public let meaning: String
  }

  /// The method's name.
  public let method: String
  /// The calibration that was given; nil where there is none.
  public private(set) var calibration: CacheCalibration?
  /// The limits, which are read before the method is made.
  public private(set) var limits = CacheLimits()
  /// The key of the threshold below which something is reused, where there is one.
  var thresholdKey: String?
  /// The keys that were asked for so far.
  public private(set) var keys: [Key] = []
  private var values: [String: String]
  /// Words without a key.
  private var words: [String]
  /// Whether the method is made only to list its keys, so that nothing it needs is missing.
  let isListing: Bool

  /// Settings that are given.
  ///
  /// - Parameters:
  ///   - method: The method's name.
  ///   - values: The texts by key.
  ///   - words: Words without a key.
  ///   - calibration: The calibration of the method.
  public init(
    method: String, values: [String: String] = [:], words: [String] = [],
    calibration: CacheCalibration? = nil
  ) {
    (self.method, self.values, self.words) = (method, values, words)
    (self.calibration, isListing) = (calibration, false)
  }

  /// No settings: only the keys of the method are asked for.
  init(listing method: String) {
    (self.method, values, words, calibration, isListing) = (method, [:], [], nil, true)
  }

  /// A whole number; nil where it is not given.
  ///
  /// - Throws: `CacheError.value` where it is out of range.
  public mutating func integer(
    _ key: String, in range: ClosedRange<Int>, standard: String, _ meaning: String
  ) throws(CacheError) -> Int? {
    let allowed =
      range.upperBound == .max
      ? "a whole number from \(range.lowerBound)"
      : "a whole number from \(range.lowerBound) to \(range.upperBound)"
    return try value(key, standard, allowed, meaning) { text in
      Int(text).flatMap { range.contains($0) ? $0 : nil }
    }
  }

  /// A whole number with a default.
  ///
  /// - Throws: `CacheError.value` where it is out of range.
  public mutating func integer(
    _ key: String, in range: ClosedRange<Int>, default standard: Int, _ meaning: String
  ) throws(CacheError) -> Int {
    try integer(key, in: range, standard: "\(standard)", meaning) ?? standard
  }

  /// A number; nil where it is not given.
  ///
  /// - Throws: `CacheError.value` where it is out of range.
  public mutating func number(
    _ key: String, in range: ClosedRange<Double>, standard: String, _ meaning: String
  ) throws(CacheError) -> Double? {
    let allowed =
      range.upperBound.isFinite
      ? "a number from \(range.lowerBound) to \(range.upperBound)"
      : "a number from \(range.lowerBound)"
    return try value(key, standard, allowed, meaning) { text in
      Double(text).flatMap { $0.isFinite && range.contains($0) ? $0 : nil }
    }
  }

  /// A number with a default.
  ///
  /// - Throws: `CacheError.value` where it is out of range.
  public mutating func number(
    _ key: String, in range: ClosedRange<Double>, default standard: Double, _ meaning: String
  ) throws(CacheError) -> Double {
    try number(key, in: range, standard: "\(standard)", meaning) ?? standard
  }

  /// One of some words; nil where it is not given.
  ///
  /// - Throws: `CacheError.value` where it is another one.
  public mutating func choice<Value: RawRepresentable<String> & CaseIterable>(
    _ key: String, as type: Value.Type, standard: String, _ meaning: String
  ) throws(CacheError) -> Value? {
    let allowed = Value.allCases.map(\.rawValue).joined(separator: ", ")
    return try value(key, standard, "one of \(allowed)", meaning) { Value(rawValue: $0) }
  }

  /// One of some words, with a default.
  ///
  /// - Throws: `CacheError.value` where it is another one.
  public mutating func choice<Value: RawRepresentable<String> & CaseIterable>(
    _ key: String, default standard: Value, _ meaning: String
  ) throws(CacheError) -> Value {
    try choice(key, as: Value.self, standard: standard.rawValue, meaning) ?? standard
  }

  /// A range of whole numbers that includes both ends, `3-11`, or a single number; nil where it is
  /// not given.
  ///
  /// - Throws: `CacheError.value` where it is no range.
  public mutating func range(
    _ key: String, standard: String, _ meaning: String
  ) throws(CacheError) -> Range<Int>? {
    try value(key, standard, "a range LOW-HIGH", meaning) { text in
      let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
      guard (1...2).contains(ends.count), let low = ends[0], let high = ends[ends.count - 1],
        low >= 0, low <= high, high < .max
      else { return nil }
      return low..<high + 1
    }
  }

  /// A list of whole numbers, `1;4;9` or `1;4-6`; nil where it is not given.
  ///
  /// - Throws: `CacheError.value` where it is no list.
  public mutating func list(
    _ key: String, standard: String, _ meaning: String
  ) throws(CacheError) -> [Int]? {
    try value(key, standard, "a list such as 1;4-6", meaning) { text in
      var numbers: [Int] = []
      for part in text.split(separator: ";", omittingEmptySubsequences: false) {
        let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
        guard (1...2).contains(ends.count), let low = ends[0], let high = ends[ends.count - 1],
          low >= 0, low <= high, high < 1_000_000
        else { return nil }
        numbers += low...high
      }
      return numbers
    }
  }

  /// A value of another form, which `parse` reads; nil where it is not given.
  ///
  /// - Throws: `CacheError.value` where `parse` does not take it.
  public mutating func text<Value>(
    _ key: String, standard: String, allowed: String, _ meaning: String,
    parse: (String) -> Value?
  ) throws(CacheError) -> Value? {
    try value(key, standard, allowed, meaning, parse)
  }

  /// A value without a key, such as the mask of `steps:1101`; nil where it is not given.
  ///
  /// - Throws: `CacheError.value` where `parse` does not take it.
  public mutating func word<Value>(
    _ name: String, allowed: String, _ meaning: String, parse: (String) -> Value?
  ) throws(CacheError) -> Value? {
    keys.append(Key(name: name, standard: "", allowed: allowed, meaning: meaning))
    guard !words.isEmpty else { return nil }
    let word = words.removeFirst()
    guard let value = parse(word) else {
      throw .value(key: name, method: method, found: word, expected: allowed)
    }
    return value
  }

  /// Whether a word without a value, such as `dry`, is given.
  public mutating func flag(_ name: String, _ meaning: String) -> Bool {
    keys.append(Key(name: name, standard: "", allowed: "", meaning: meaning))
    guard let place = words.firstIndex(of: name) else { return false }
    words.remove(at: place)
    return true
  }

  /// The calibration of this method.
  ///
  /// - Throws: `CacheError.calibrationMissing` where there is none.
  public func requireCalibration() throws(CacheError) -> CacheCalibration {
    if let calibration { return calibration }
    guard isListing else { throw .calibrationMissing(method: method) }
    return CacheCalibration(method: method)
  }

  /// The keys of the limits.
  static let limitKeys = ["warmup", "cooldown", "most"]

  /// Reads the limits that every method takes.
  mutating func readLimits(default standard: CacheLimits) throws(CacheError) {
    limits = CacheLimits(
      warmup: try integer(
        "warmup", in: 0...Int.max, default: standard.warmup, "first steps computed in full"),
      cooldown: try integer(
        "cooldown", in: 0...Int.max, default: standard.cooldown, "last steps computed in full"),
      most: try integer(
        "most", in: 1...Int.max, standard: standard.most.map { "\($0)" } ?? "any",
        "most steps in a row that reuse something") ?? standard.most)
  }

  /// Reads the calibration where the text names a file.
  mutating func readCalibration() throws(CacheError) {
    let path = try text(
      "calibration", standard: "none", allowed: "a path", "file of a calibration of the model"
    ) { $0 }
    if let path { calibration = try CacheCalibration(path: path) }
  }

  /// Checks that everything that was given was asked for.
  ///
  /// - Throws: `CacheError.unknownKey`.
  func finish() throws(CacheError) {
    guard let unknown = words.first ?? values.keys.min() else { return }
    let key = keys.first { $0.name == unknown }
    if let key, words.first == unknown {
      // A flag that is left was given before.
      let isFlag = key.allowed.isEmpty
      throw .value(
        key: unknown, method: method, found: isFlag ? "\(unknown),\(unknown)" : "",
        expected: isFlag ? "given once" : key.allowed)
    }
    if let found = values[unknown], key != nil || CachePresets.names.contains(unknown) {
      throw .value(key: unknown, method: method, found: found, expected: "given without a value")
    }
    throw .unknownKey(
      unknown, method: method, known: keys.map(\.name) + CachePresets.names)
  }

  private mutating func value<Value>(
    _ key: String, _ standard: String, _ allowed: String, _ meaning: String,
    _ parse: (String) -> Value?
  ) throws(CacheError) -> Value? {
    keys.append(Key(name: key, standard: standard, allowed: allowed, meaning: meaning))
    guard let text = values.removeValue(forKey: key) else { return nil }
    guard let value = parse(text) else {
      throw .value(key: key, method: method, found: text, expected: allowed)
    }
    return value
  }
}
