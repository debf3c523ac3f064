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
  /// The sum divided by the number of numbers; towards zero for integers.
  case mean
  /// The mean of the squared differences from the mean.
  case variance
  /// The product.
  case product
  /// The square root of the sum of the squares; towards zero for integers.
  case norm
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
  /// Reduces neighbouring columns, to the bits that `reduce` gives for a row of the same elements:
  /// input, distance of rows, their number (at least one), number of columns, output.
  public let reduceColumns:
    @Sendable (
      Reduction, UnsafePointer<Element>, Int, Int, Int, UnsafeMutablePointer<Element>
    ) -> Void
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
    reduceColumns = { I.reduceColumns($0, $1, stride: $2, count: $3, columns: $4, $5) }
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
    case .sum: return Element.rounded(sum(row, count: count) { Element.add($1, to: $0) })
    case .mean: return Element.rounded(mean(row, count: count))
    case .variance:
      let mean = mean(row, count: count)
      let squares = sum(row, count: count) { Element.addSquare($1, from: mean, to: $0) }
      return Element.rounded(Element.quotient(squares, count))
    case .minimum: return fold(row, count: count) { .smaller($0, $1) }
    case .maximum: return fold(row, count: count) { .larger($0, $1) }
    case .product: return fold(row, count: count) { .product($0, $1) }
    case .norm:
      let zero = Element.zeroSum
      let squares = sum(row, count: count) { Element.addSquare($1, from: zero, to: $0) }
      return Element.rounded(Element.squareRoot(squares))
    }
  }

  /// Reduces a row in sixteen lanes, which are then reduced in a fixed order.
  @inlinable @inline(__always)
  static func fold<Element>(
    _ row: UnsafePointer<Element>, count: Int, _ function: (Element, Element) -> Element
  ) -> Element {
    var best = row[0]
    var i = 1
    if count >= 16 {
      var lanes = InlineArray<16, Element> { row[$0] }
      i = 16
      while i + 16 <= count {
        for lane in 0..<16 {
          lanes[unchecked: lane] = function(lanes[unchecked: lane], row[i + lane])
        }
        i += 16
      }
      best = lanes[unchecked: 0]
      for lane in 1..<16 { best = function(best, lanes[unchecked: lane]) }
    }
    while i < count {
      best = function(best, row[i])
      i += 1
    }
    return best
  }

  /// The mean of a row, not yet rounded.
  @inlinable @inline(__always)
  static func mean<Element: Arithmetic>(
    _ row: UnsafePointer<Element>, count: Int
  ) -> Element.Sum {
    Element.quotient(sum(row, count: count) { Element.add($1, to: $0) }, count)
  }

  /// Sums a row in sixteen lanes, which are then added in a fixed order.
  @inlinable @inline(__always)
  static func sum<Element: Arithmetic>(
    _ row: UnsafePointer<Element>, count: Int, _ add: (Element.Sum, Element) -> Element.Sum
  ) -> Element.Sum {
    var lanes = InlineArray<16, Element.Sum>(repeating: Element.zeroSum)
    var i = 0
    while i + 16 <= count {
      for lane in 0..<16 { lanes[unchecked: lane] = add(lanes[unchecked: lane], row[i + lane]) }
      i += 16
    }
    var total = Element.zeroSum
    for lane in 0..<16 { total = Element.add(total, lanes[unchecked: lane]) }
    while i < count {
      total = add(total, row[i])
      i += 1
    }
    return total
  }

  /// The place of the first of the largest or smallest elements, or of NaN.
  ///
  /// Two passes that are both vector code: what the best is, and where it is first.
  @inlinable @inline(__always)
  static func place<Element: Arithmetic>(
    _ operation: Reduction, _ row: UnsafePointer<Element>, count: Int
  ) -> Int {
    let best = reduce(operation, row, count: count)
    return Element.isNaN(best)
      ? first(row, count: count) { Element.isNaN($0) }
      : first(row, count: count) { Element.isEqual($0, best) }
  }

  /// The place of the first element that is looked for; zero where there is none.
  @inlinable @inline(__always)
  static func first<Element>(
    _ row: UnsafePointer<Element>, count: Int, _ isWanted: (Element) -> Bool
  ) -> Int {
    var i = 0
    // Blocks that have none are passed without a branch for each element.
    while i + 64 <= count {
      var found: UInt8 = 0
      for j in 0..<64 { found |= isWanted(row[i + j]) ? 1 : 0 }
      if found != 0 { break }
      i += 64
    }
    while i < count {
      if isWanted(row[i]) { return i }
      i += 1
    }
    return 0
  }
}
