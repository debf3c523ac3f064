/// A function applied to every element.
public enum ElementFunction: Sendable, Hashable {
  /// One that layers apply.
  case activation(Activation)
  /// e to the power of the element.
  case exp
  /// The hyperbolic tangent.
  case tanh
  /// The error function.
  case erf
  /// The square root.
  case squareRoot
  /// The natural logarithm.
  case log
  /// The nearest integer, ties to even.
  case rounded
}

extension InstructionSet {
  /// Writes `function` of each of `count` elements to `output`, which may be `input`.
  @inlinable @inline(__always)
  public static func map(
    _ function: ElementFunction, _ input: UnsafePointer<Float>,
    into output: UnsafeMutablePointer<Float>, count: Int
  ) {
    with(function) { map(input, output, count, $0) }
  }

  /// Calls `body` with a function, each time as code of its own.
  @inlinable @inline(__always)
  static func with(_ function: ElementFunction, _ body: ((F32) -> F32) -> Void) {
    switch function {
    case .activation(let function): with(function, body)
    case .exp: body { exp($0) }
    case .log: body { log($0) }
    case .tanh: body { tanh($0) }
    case .erf: body { erf($0) }
    case .squareRoot: body { squareRoot($0) }
    case .rounded: body { rounded($0) }
    }
  }

  /// Applies `function` to each element, a vector at a time; the last one may be a part of one.
  @inlinable @inline(__always)
  static func map(
    _ input: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>, _ count: Int,
    _ function: (F32) -> F32
  ) {
    var i = 0
    while i + width <= count {
      store(function(load(input + i)), output + i)
      i += width
    }
    if i < count {
      let rest = loadPart(input + i, count: count - i, padding: 0)
      storePart(function(rest), output + i, count: count - i)
    }
  }
}
