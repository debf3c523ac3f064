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
  static func with(_ function: ElementFunction, _ body: ((Float) -> Float) -> Void) {
    switch function {
    case .identity: body { $0 }
    case .gelu: body { gelu($0) }
    case .geluTanh: body { geluTanh($0) }
    case .silu: body { silu($0) }
    case .exp: body { exp($0) }
    case .log: body { log($0) }
    case .tanh: body { tanh($0) }
    case .erf: body { erf($0) }
    case .squareRoot: body { squareRoot($0) }
    case .rounded: body { rounded($0) }
    }
  }

  /// Applies `function` to each element, a register at a time.
  ///
  /// The inner loop has a constant count and no other pointer between its reads and writes, which
  /// is what lets it become straight vector code even where input and output are one.
  @inlinable @inline(__always)
  static func map(
    _ input: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>, _ count: Int,
    _ function: (Float) -> Float
  ) {
    var i = 0
    while i + width <= count {
      var vector = load(input + i)
      for lane in 0..<width { vector[lane] = function(vector[lane]) }
      store(vector, output + i)
      i += width
    }
    while i < count {
      output[i] = function(input[i])
      i += 1
    }
  }
}
