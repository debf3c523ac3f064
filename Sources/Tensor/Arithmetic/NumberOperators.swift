// Arithmetic of tensors and numbers that are in variables: `x * scale`, `1 - t * x`.
//
// They stand here and in WholeNumberOperators.swift for each type by name, and yield to those of two
// tensors, because the type checker tries every overload of every operator of an expression: with one
// generic function for all types, `(a * a + b * b) * 0.5 + 2 * a * b - s * (a + 1) * (b - 1) + 3` takes
// it seconds, and with these milliseconds. Generic code writes `x * Tensor(scalar: s)`; a literal is a
// tensor anyway.

extension Tensor<Float> {
  /// The sum of each element and a number.
  ///
  ///     let scale: Float = 0.5
  ///     scale * Tensor([1, 2]) + 1   // [1.5, 2]
  @_disfavoredOverload
  public static func + (a: Tensor, b: Float) -> Tensor { a + Tensor(scalar: b) }
  /// The sum of each element and a number.
  @_disfavoredOverload
  public static func + (a: Float, b: Tensor) -> Tensor { Tensor(scalar: a) + b }
  /// Each element minus a number.
  @_disfavoredOverload
  public static func - (a: Tensor, b: Float) -> Tensor { a - Tensor(scalar: b) }
  /// A number minus each element.
  @_disfavoredOverload
  public static func - (a: Float, b: Tensor) -> Tensor { Tensor(scalar: a) - b }
  /// The product of each element and a number.
  @_disfavoredOverload
  public static func * (a: Tensor, b: Float) -> Tensor { a * Tensor(scalar: b) }
  /// The product of each element and a number.
  @_disfavoredOverload
  public static func * (a: Float, b: Tensor) -> Tensor { Tensor(scalar: a) * b }
  /// Each element divided by a number.
  @_disfavoredOverload
  public static func / (a: Tensor, b: Float) -> Tensor { a / Tensor(scalar: b) }
  /// A number divided by each element.
  @_disfavoredOverload
  public static func / (a: Float, b: Tensor) -> Tensor { Tensor(scalar: a) / b }
}

extension Tensor<Double> {
  /// The sum of each element and a number.
  @_disfavoredOverload
  public static func + (a: Tensor, b: Double) -> Tensor { a + Tensor(scalar: b) }
  /// The sum of each element and a number.
  @_disfavoredOverload
  public static func + (a: Double, b: Tensor) -> Tensor { Tensor(scalar: a) + b }
  /// Each element minus a number.
  @_disfavoredOverload
  public static func - (a: Tensor, b: Double) -> Tensor { a - Tensor(scalar: b) }
  /// A number minus each element.
  @_disfavoredOverload
  public static func - (a: Double, b: Tensor) -> Tensor { Tensor(scalar: a) - b }
  /// The product of each element and a number.
  @_disfavoredOverload
  public static func * (a: Tensor, b: Double) -> Tensor { a * Tensor(scalar: b) }
  /// The product of each element and a number.
  @_disfavoredOverload
  public static func * (a: Double, b: Tensor) -> Tensor { Tensor(scalar: a) * b }
  /// Each element divided by a number.
  @_disfavoredOverload
  public static func / (a: Tensor, b: Double) -> Tensor { a / Tensor(scalar: b) }
  /// A number divided by each element.
  @_disfavoredOverload
  public static func / (a: Double, b: Tensor) -> Tensor { Tensor(scalar: a) / b }
}

extension Tensor<BFloat16> {
  /// The sum of each element and a number.
  @_disfavoredOverload
  public static func + (a: Tensor, b: BFloat16) -> Tensor { a + Tensor(scalar: b) }
  /// The sum of each element and a number.
  @_disfavoredOverload
  public static func + (a: BFloat16, b: Tensor) -> Tensor { Tensor(scalar: a) + b }
  /// Each element minus a number.
  @_disfavoredOverload
  public static func - (a: Tensor, b: BFloat16) -> Tensor { a - Tensor(scalar: b) }
  /// A number minus each element.
  @_disfavoredOverload
  public static func - (a: BFloat16, b: Tensor) -> Tensor { Tensor(scalar: a) - b }
  /// The product of each element and a number.
  @_disfavoredOverload
  public static func * (a: Tensor, b: BFloat16) -> Tensor { a * Tensor(scalar: b) }
  /// The product of each element and a number.
  @_disfavoredOverload
  public static func * (a: BFloat16, b: Tensor) -> Tensor { Tensor(scalar: a) * b }
  /// Each element divided by a number.
  @_disfavoredOverload
  public static func / (a: Tensor, b: BFloat16) -> Tensor { a / Tensor(scalar: b) }
  /// A number divided by each element.
  @_disfavoredOverload
  public static func / (a: BFloat16, b: Tensor) -> Tensor { Tensor(scalar: a) / b }
}

#if !((os(macOS) || targetEnvironment(macCatalyst)) && arch(x86_64))
extension Tensor<Float16> {
  /// The sum of each element and a number.
  @_disfavoredOverload
  public static func + (a: Tensor, b: Float16) -> Tensor { a + Tensor(scalar: b) }
  /// The sum of each element and a number.
  @_disfavoredOverload
  public static func + (a: Float16, b: Tensor) -> Tensor { Tensor(scalar: a) + b }
  /// Each element minus a number.
  @_disfavoredOverload
  public static func - (a: Tensor, b: Float16) -> Tensor { a - Tensor(scalar: b) }
  /// A number minus each element.
  @_disfavoredOverload
  public static func - (a: Float16, b: Tensor) -> Tensor { Tensor(scalar: a) - b }
  /// The product of each element and a number.
  @_disfavoredOverload
  public static func * (a: Tensor, b: Float16) -> Tensor { a * Tensor(scalar: b) }
  /// The product of each element and a number.
  @_disfavoredOverload
  public static func * (a: Float16, b: Tensor) -> Tensor { Tensor(scalar: a) * b }
  /// Each element divided by a number.
  @_disfavoredOverload
  public static func / (a: Tensor, b: Float16) -> Tensor { a / Tensor(scalar: b) }
  /// A number divided by each element.
  @_disfavoredOverload
  public static func / (a: Float16, b: Tensor) -> Tensor { Tensor(scalar: a) / b }
}
#endif
