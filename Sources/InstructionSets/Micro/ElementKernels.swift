/// An operation on a number that gives a number.
public enum UnaryOperation: Sendable, Hashable, CaseIterable {
  /// The number with the opposite sign.
  case negate
  /// The number without its sign.
  case magnitude
}

/// An operation on two numbers that gives a number.
public enum BinaryOperation: Sendable, Hashable, CaseIterable {
  /// The sum.
  case add
  /// The first less the second.
  case subtract
  /// The product.
  case multiply
  /// The first divided by the second.
  case divide
  /// The smaller one.
  case minimum
  /// The larger one.
  case maximum
}

/// A comparison of two numbers.
public enum Comparison: Sendable, Hashable, CaseIterable {
  /// Whether both are the same.
  case equal
  /// Whether both differ.
  case notEqual
  /// Whether the first is less.
  case less
  /// Whether the first is less or both are the same.
  case lessOrEqual
}

/// What a row of numbers is reduced to.
public enum Reduction: Sendable, Hashable, CaseIterable {
  /// The sum.
  case sum
  /// The smallest one.
  case minimum
  /// The largest one.
  case maximum
}

/// The elementwise operations and reductions of one scalar type on one instruction set.
public struct ElementKernels<Element: Arithmetic>: Sendable {
  /// Applies an operation to the first input.
  public let unary:
    @Sendable (
      UnaryOperation, ElementLoop, UnsafePointer<Element>, UnsafeMutablePointer<Element>
    ) -> Void
  /// Applies an operation to two inputs.
  public let binary:
    @Sendable (
      BinaryOperation, ElementLoop, UnsafePointer<Element>, UnsafePointer<Element>,
      UnsafeMutablePointer<Element>
    ) -> Void
  /// Compares two inputs.
  public let compare:
    @Sendable (
      Comparison, ElementLoop, UnsafePointer<Element>, UnsafePointer<Element>,
      UnsafeMutablePointer<Bool>
    ) -> Void
  /// Reduces dense rows: input, number of rows, their length (at least one), output.
  public let reduce:
    @Sendable (Reduction, UnsafePointer<Element>, Int, Int, UnsafeMutablePointer<Element>) -> Void
  /// The place of the largest or smallest of each dense row, the first of equals; a NaN is both.
  public let place:
    @Sendable (Reduction, UnsafePointer<Element>, Int, Int, UnsafeMutablePointer<Int64>) -> Void

  /// Instantiates the operations for `isa`.
  @inlinable @inline(__always)
  public init<I: InstructionSet>(_ isa: I.Type, _ element: Element.Type) {
    unary = { I.unary($0, $1, $2, $3) }
    binary = { I.binary($0, $1, $2, $3, $4) }
    compare = { I.compare($0, $1, $2, $3, $4) }
    reduce = { operation, input, rows, count, output in
      for row in 0..<rows {
        output[row] = I.reduce(operation, input + row * count, count: count)
      }
    }
    place = { operation, input, rows, count, output in
      for row in 0..<rows {
        output[row] = Int64(I.place(operation, input + row * count, count: count))
      }
    }
  }
}

extension InstructionSet {
  @inlinable @inline(__always)
  static func unary<Element: Arithmetic>(
    _ operation: UnaryOperation, _ loop: ElementLoop, _ input: UnsafePointer<Element>,
    _ output: UnsafeMutablePointer<Element>
  ) {
    switch operation {
    case .negate: map(loop, input, output) { .negated($0) }
    case .magnitude: map(loop, input, output) { .magnitude($0) }
    }
  }

  @inlinable @inline(__always)
  static func binary<Element: Arithmetic>(
    _ operation: BinaryOperation, _ loop: ElementLoop, _ a: UnsafePointer<Element>,
    _ b: UnsafePointer<Element>, _ output: UnsafeMutablePointer<Element>
  ) {
    switch operation {
    case .add: zip(loop, a, b, output) { .sum($0, $1) }
    case .subtract: zip(loop, a, b, output) { .difference($0, $1) }
    case .multiply: zip(loop, a, b, output) { .product($0, $1) }
    case .divide: zip(loop, a, b, output) { .quotient($0, $1) }
    case .minimum: zip(loop, a, b, output) { .smaller($0, $1) }
    case .maximum: zip(loop, a, b, output) { .larger($0, $1) }
    }
  }

  @inlinable @inline(__always)
  static func compare<Element: Arithmetic>(
    _ comparison: Comparison, _ loop: ElementLoop, _ a: UnsafePointer<Element>,
    _ b: UnsafePointer<Element>, _ output: UnsafeMutablePointer<Bool>
  ) {
    switch comparison {
    case .equal: zip(loop, a, b, output) { Element.isEqual($0, $1) }
    case .notEqual: zip(loop, a, b, output) { !Element.isEqual($0, $1) }
    case .less: zip(loop, a, b, output) { Element.isLess($0, $1) }
    case .lessOrEqual:
      zip(loop, a, b, output) { Element.isLess($0, $1) || Element.isEqual($0, $1) }
    }
  }

  @inlinable @inline(__always)
  static func reduce<Element: Arithmetic>(
    _ operation: Reduction, _ row: UnsafePointer<Element>, count: Int
  ) -> Element {
    switch operation {
    case .sum: return sum(row, count: count)
    case .minimum:
      var best = row[0]
      for i in 1..<count { best = .smaller(best, row[i]) }
      return best
    case .maximum:
      var best = row[0]
      for i in 1..<count { best = .larger(best, row[i]) }
      return best
    }
  }

  /// Sums a row in eight lanes, which are then added in a fixed order.
  @inlinable @inline(__always)
  static func sum<Element: Arithmetic>(_ row: UnsafePointer<Element>, count: Int) -> Element {
    var lanes = InlineArray<8, Element.Sum>(repeating: Element.zeroSum)
    var i = 0
    while i + 8 <= count {
      for lane in 0..<8 {
        lanes[unchecked: lane] = Element.add(row[i + lane], to: lanes[unchecked: lane])
      }
      i += 8
    }
    var total = Element.zeroSum
    for lane in 0..<8 { total = Element.add(total, lanes[unchecked: lane]) }
    while i < count {
      total = Element.add(row[i], to: total)
      i += 1
    }
    return Element.rounded(total)
  }

  @inlinable @inline(__always)
  static func place<Element: Arithmetic>(
    _ operation: Reduction, _ row: UnsafePointer<Element>, count: Int
  ) -> Int {
    var best = 0
    for i in 1..<count where !Element.isNaN(row[best]) {
      let isBetter =
        operation == .minimum
        ? Element.isLess(row[i], row[best]) : Element.isLess(row[best], row[i])
      if isBetter || Element.isNaN(row[i]) { best = i }
    }
    return best
  }
}
