extension InstructionSet {
  /// Writes `function` of each of `count` elements to `output`, which may be `input`.
  @inlinable @inline(__always)
  public static func map(
    _ function: ElementFunction, _ input: UnsafePointer<Float>,
    into output: UnsafeMutablePointer<Float>, count: Int
  ) {
    switch function {
    case .identity: output.update(from: input, count: count)
    case .gelu: map(input, output, count) { gelu($0) }
    case .geluTanh: map(input, output, count) { geluTanh($0) }
    case .silu: map(input, output, count) { silu($0) }
    case .exp: map(input, output, count) { exp($0) }
    case .log: map(input, output, count) { log($0) }
    case .tanh: map(input, output, count) { tanh($0) }
    case .erf: map(input, output, count) { erf($0) }
    case .squareRoot: map(input, output, count) { squareRoot($0) }
    case .rounded: map(input, output, count) { rounded($0) }
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
