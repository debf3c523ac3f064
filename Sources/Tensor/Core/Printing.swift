extension Tensor: CustomStringConvertible {
  /// The elements in nested brackets, as `numpy.array2string` prints them with commas.
  ///
  ///     Tensor([[1, 2.5], [0.25, .nan]]).description   // [[1., 2.5], [0.25, nan]]
  ///
  /// ```text
  /// [[1.  , 2.5 ],
  ///  [0.25, nan ]]
  /// ```
  ///
  /// Elements have one width. Floating-point numbers have as many digits as it takes to tell them
  /// apart, but at most eight behind the point, and none behind it where they are whole; where one
  /// is large or small, or both together, all have exponents. Of more than 1000 elements only three
  /// at each end of an axis are printed. Lines are broken after 75 characters. A tensor without
  /// dimensions prints as its element does, and one without elements as `[]`.
  public var description: String {
    guard rank > 0 else { return item == item ? "\(item)" : "nan" }
    guard count > 0 else { return "[]" }
    let places = shape.map { Printing.places(of: $0, isSummary: count > Printing.summaryThreshold) }
    var shown: [String] = []
    collect(places, 0, offset, &shown)
    var words =
      (Scalar.scalarType.isFloatingPoint
      ? Printing.aligned(numbers: shown) : Printing.aligned(shown))[...]
    return Printing.brackets(places[...], &words, indent: 1, width: Printing.lineWidth)
  }

  /// Appends the printed elements, in their order, with nothing for those left out.
  private func collect(_ places: [[Int?]], _ axis: Int, _ position: Int, _ words: inout [String]) {
    for place in places[axis] {
      guard let place else { continue }
      let position = position + place * strides[axis]
      if axis == rank - 1 {
        let element = withExtendedLifetime(storage) { (pointer - offset)[position] }
        // Swift prints the sign and the bits of a NaN, which are nobody's concern.
        words.append(element == element ? "\(element)" : "nan")
      } else {
        collect(places, axis + 1, position, &words)
      }
    }
  }
}

extension AnyTensor: CustomStringConvertible {
  /// The element type and the shape, and the elements on lines of their own.
  public var description: String {
    func elements<Scalar: TensorScalar>(_ scalar: Scalar.Type) -> String {
      "\(scalarType) \(shape)\n"
        + Tensor<Scalar>(
          storage: storage, offset: offset, shape: shape, strides: shape.rowMajorStrides
        ).description
    }
    switch scalarType {
    case .float: return elements(Float.self)
    case .double: return elements(Double.self)
    case .bfloat16: return elements(BFloat16.self)
    case .float16:
      #if !((os(macOS) || targetEnvironment(macCatalyst)) && arch(x86_64))
      return elements(Float16.self)
      #else
      return "\(scalarType) \(shape)"
      #endif
    case .int8: return elements(Int8.self)
    case .uint8: return elements(UInt8.self)
    case .int16: return elements(Int16.self)
    case .uint16: return elements(UInt16.self)
    case .int32: return elements(Int32.self)
    case .uint32: return elements(UInt32.self)
    case .int64: return elements(Int64.self)
    case .uint64: return elements(UInt64.self)
    case .bool: return elements(Bool.self)
    }
  }
}

/// How the elements of tensors are laid out as text.
private enum Printing {
  static let summaryThreshold = 1000
  static let edge = 3
  static let lineWidth = 75
  static let digits = 8

  /// The indices of an axis that are printed; nil where some are left out.
  static func places(of extent: Int, isSummary: Bool) -> [Int?] {
    isSummary && extent > 2 * edge
      ? Array(0..<edge) + [nil] + Array(extent - edge..<extent) : Array(0..<extent)
  }

  /// Words of one width.
  static func aligned(_ words: [String]) -> [String] {
    let width = words.map(\.utf8.count).max() ?? 0
    return words.map { padding(width - $0.utf8.count) + $0 }
  }

  /// Numbers of one width, their points below each other.
  static func aligned(numbers: [String]) -> [String] {
    let decimals = numbers.map(Decimal.init(parsing:))
    let magnitudes = numbers.compactMap(Double.init).map(\.magnitude).filter {
      $0.isFinite && $0 > 0
    }
    let (least, largest) = (magnitudes.min() ?? 1, magnitudes.max() ?? 1)
    let hasExponents = largest >= 1e8 || least < 1e-4 || largest / least > 1000
    let parts = decimals.map { $0?.parts(hasExponents: hasExponents) }
    let fractionWidth = parts.compactMap { $0?.fraction.utf8.count }.max() ?? 0
    let exponentWidth = Swift.max(2, parts.compactMap { $0?.exponent.magnitudeDigits }.max() ?? 2)
    let words = zip(numbers, parts).map { number, parts in
      guard let parts else { return number }
      let missing = fractionWidth - parts.fraction.utf8.count
      let number = parts.whole + "." + parts.fraction
      guard hasExponents else { return number + padding(missing) }
      let exponent = "\(parts.exponent.magnitude)"
      return number + zeros(missing) + (parts.exponent < 0 ? "e-" : "e+")
        + zeros(exponentWidth - exponent.utf8.count) + exponent
    }
    return aligned(words)
  }

  /// The brackets of the axes that are left, around the next words.
  static func brackets(
    _ places: ArraySlice<[Int?]>, _ words: inout ArraySlice<String>, indent: Int, width: Int
  ) -> String {
    guard let axis = places.first else { return words.removeFirst() }
    let inner = places.dropFirst()
    guard inner.isEmpty else {
      let items = axis.map { place in
        place == nil ? "..." : brackets(inner, &words, indent: indent + 1, width: width - 1)
      }
      let separator = "," + String(repeating: "\n", count: inner.count) + padding(indent)
      return "[" + items.joined(separator: separator) + "]"
    }
    var (lines, line) = ("", padding(indent))
    for (i, place) in axis.enumerated() {
      let word = place == nil ? "..." : words.removeFirst()
      if line.utf8.count + word.utf8.count > width - 1 && line.utf8.count > indent {
        lines += line.dropLast() + "\n"  // the space behind the comma
        line = padding(indent)
      }
      line += i == axis.count - 1 ? word : word + ", "
    }
    return "[" + (lines + line).dropFirst(indent) + "]"
  }

  static func padding(_ count: Int) -> String { String(repeating: " ", count: count) }
  static func zeros(_ count: Int) -> String { String(repeating: "0", count: count) }

  /// The shortest decimal digits of a number: zero, point, digits, and a power of ten.
  struct Decimal {
    var isNegative: Bool
    var digits: [UInt8]
    var exponent: Int

    /// The number in `text`, as Swift prints it; nil where it is infinite or none.
    init?(parsing text: String) {
      let mantissa = text.prefix { $0 != "e" }
      isNegative = text.hasPrefix("-")
      let unsigned = mantissa.drop { $0 == "-" }
      digits = unsigned.utf8.filter { $0 != UInt8(ascii: ".") }.map { $0 &- UInt8(ascii: "0") }
      guard digits.allSatisfy({ $0 < 10 }) else { return nil }
      exponent = unsigned.prefix { $0 != "." }.utf8.count
      if let power = Int(text.dropFirst(mantissa.count + 1)) { exponent += power }
      let leading = digits.prefix { $0 == 0 }.count
      digits.removeFirst(leading)
      exponent -= leading
      trim()
    }

    private mutating func trim() {
      while digits.last == 0 { digits.removeLast() }
      if digits.isEmpty { exponent = 1 }
    }

    /// Rounds to some digits, ties away from zero.
    private mutating func round(to count: Int) {
      guard count < digits.count else { return }
      let isUp = count >= 0 && digits[count] >= 5
      digits.removeLast(digits.count - Swift.max(count, 0))
      if isUp {
        while digits.last == 9 { digits.removeLast() }
        if digits.isEmpty {
          (digits, exponent) = ([1], exponent + 1)
        } else {
          digits[digits.count - 1] += 1
        }
      }
      trim()
    }

    /// The digits before and behind the point, and the power of ten.
    func parts(hasExponents: Bool) -> (whole: String, fraction: String, exponent: Int) {
      var rounded = self
      rounded.round(to: hasExponents ? Printing.digits + 1 : exponent + Printing.digits)
      let point = hasExponents ? 1 : rounded.exponent
      let digits = rounded.digits.map { "\($0)" }.joined()
      let whole = digits.prefix(Swift.max(point, 0))
      let fraction = digits.dropFirst(whole.count)
      return (
        (isNegative ? "-" : "")
          + (whole.isEmpty ? "0" : whole + Printing.zeros(Swift.max(point, 0) - whole.count)),
        fraction.isEmpty ? "" : Printing.zeros(Swift.max(-point, 0)) + fraction,
        rounded.exponent - 1
      )
    }
  }
}

extension Int {
  /// How many decimal digits it has.
  fileprivate var magnitudeDigits: Int { "\(magnitude)".utf8.count }
}
