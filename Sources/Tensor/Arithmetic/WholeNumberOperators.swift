// Arithmetic of tensors of integers and numbers that are in variables, for each type by name;
// NumberOperators.swift says why.

extension Tensor<Int8> {
  /// The sum of each element and a number.
  ///
  ///     let step: Int8 = 3
  ///     step * Tensor<Int8>([1, 2]) + step   // [6, 9]
  @_disfavoredOverload
  public static func + (a: Tensor, b: Int8) -> Tensor { a + Tensor(scalar: b) }
  /// The sum of each element and a number.
  @_disfavoredOverload
  public static func + (a: Int8, b: Tensor) -> Tensor { Tensor(scalar: a) + b }
  /// Each element minus a number.
  @_disfavoredOverload
  public static func - (a: Tensor, b: Int8) -> Tensor { a - Tensor(scalar: b) }
  /// A number minus each element.
  @_disfavoredOverload
  public static func - (a: Int8, b: Tensor) -> Tensor { Tensor(scalar: a) - b }
  /// The product of each element and a number.
  @_disfavoredOverload
  public static func * (a: Tensor, b: Int8) -> Tensor { a * Tensor(scalar: b) }
  /// The product of each element and a number.
  @_disfavoredOverload
  public static func * (a: Int8, b: Tensor) -> Tensor { Tensor(scalar: a) * b }
  /// Each element divided by a number.
  @_disfavoredOverload
  public static func / (a: Tensor, b: Int8) -> Tensor { a / Tensor(scalar: b) }
  /// A number divided by each element.
  @_disfavoredOverload
  public static func / (a: Int8, b: Tensor) -> Tensor { Tensor(scalar: a) / b }
}

extension Tensor<Int16> {
  /// The sum of each element and a number.
  @_disfavoredOverload
  public static func + (a: Tensor, b: Int16) -> Tensor { a + Tensor(scalar: b) }
  /// The sum of each element and a number.
  @_disfavoredOverload
  public static func + (a: Int16, b: Tensor) -> Tensor { Tensor(scalar: a) + b }
  /// Each element minus a number.
  @_disfavoredOverload
  public static func - (a: Tensor, b: Int16) -> Tensor { a - Tensor(scalar: b) }
  /// A number minus each element.
  @_disfavoredOverload
  public static func - (a: Int16, b: Tensor) -> Tensor { Tensor(scalar: a) - b }
  /// The product of each element and a number.
  @_disfavoredOverload
  public static func * (a: Tensor, b: Int16) -> Tensor { a * Tensor(scalar: b) }
  /// The product of each element and a number.
  @_disfavoredOverload
  public static func * (a: Int16, b: Tensor) -> Tensor { Tensor(scalar: a) * b }
  /// Each element divided by a number.
  @_disfavoredOverload
  public static func / (a: Tensor, b: Int16) -> Tensor { a / Tensor(scalar: b) }
  /// A number divided by each element.
  @_disfavoredOverload
  public static func / (a: Int16, b: Tensor) -> Tensor { Tensor(scalar: a) / b }
}

extension Tensor<Int32> {
  /// The sum of each element and a number.
  @_disfavoredOverload
  public static func + (a: Tensor, b: Int32) -> Tensor { a + Tensor(scalar: b) }
  /// The sum of each element and a number.
  @_disfavoredOverload
  public static func + (a: Int32, b: Tensor) -> Tensor { Tensor(scalar: a) + b }
  /// Each element minus a number.
  @_disfavoredOverload
  public static func - (a: Tensor, b: Int32) -> Tensor { a - Tensor(scalar: b) }
  /// A number minus each element.
  @_disfavoredOverload
  public static func - (a: Int32, b: Tensor) -> Tensor { Tensor(scalar: a) - b }
  /// The product of each element and a number.
  @_disfavoredOverload
  public static func * (a: Tensor, b: Int32) -> Tensor { a * Tensor(scalar: b) }
  /// The product of each element and a number.
  @_disfavoredOverload
  public static func * (a: Int32, b: Tensor) -> Tensor { Tensor(scalar: a) * b }
  /// Each element divided by a number.
  @_disfavoredOverload
  public static func / (a: Tensor, b: Int32) -> Tensor { a / Tensor(scalar: b) }
  /// A number divided by each element.
  @_disfavoredOverload
  public static func / (a: Int32, b: Tensor) -> Tensor { Tensor(scalar: a) / b }
}

extension Tensor<Int64> {
  /// The sum of each element and a number.
  @_disfavoredOverload
  public static func + (a: Tensor, b: Int64) -> Tensor { a + Tensor(scalar: b) }
  /// The sum of each element and a number.
  @_disfavoredOverload
  public static func + (a: Int64, b: Tensor) -> Tensor { Tensor(scalar: a) + b }
  /// Each element minus a number.
  @_disfavoredOverload
  public static func - (a: Tensor, b: Int64) -> Tensor { a - Tensor(scalar: b) }
  /// A number minus each element.
  @_disfavoredOverload
  public static func - (a: Int64, b: Tensor) -> Tensor { Tensor(scalar: a) - b }
  /// The product of each element and a number.
  @_disfavoredOverload
  public static func * (a: Tensor, b: Int64) -> Tensor { a * Tensor(scalar: b) }
  /// The product of each element and a number.
  @_disfavoredOverload
  public static func * (a: Int64, b: Tensor) -> Tensor { Tensor(scalar: a) * b }
  /// Each element divided by a number.
  @_disfavoredOverload
  public static func / (a: Tensor, b: Int64) -> Tensor { a / Tensor(scalar: b) }
  /// A number divided by each element.
  @_disfavoredOverload
  public static func / (a: Int64, b: Tensor) -> Tensor { Tensor(scalar: a) / b }
}

extension Tensor<UInt8> {
  /// The sum of each element and a number.
  @_disfavoredOverload
  public static func + (a: Tensor, b: UInt8) -> Tensor { a + Tensor(scalar: b) }
  /// The sum of each element and a number.
  @_disfavoredOverload
  public static func + (a: UInt8, b: Tensor) -> Tensor { Tensor(scalar: a) + b }
  /// Each element minus a number.
  @_disfavoredOverload
  public static func - (a: Tensor, b: UInt8) -> Tensor { a - Tensor(scalar: b) }
  /// A number minus each element.
  @_disfavoredOverload
  public static func - (a: UInt8, b: Tensor) -> Tensor { Tensor(scalar: a) - b }
  /// The product of each element and a number.
  @_disfavoredOverload
  public static func * (a: Tensor, b: UInt8) -> Tensor { a * Tensor(scalar: b) }
  /// The product of each element and a number.
  @_disfavoredOverload
  public static func * (a: UInt8, b: Tensor) -> Tensor { Tensor(scalar: a) * b }
  /// Each element divided by a number.
  @_disfavoredOverload
  public static func / (a: Tensor, b: UInt8) -> Tensor { a / Tensor(scalar: b) }
  /// A number divided by each element.
  @_disfavoredOverload
  public static func / (a: UInt8, b: Tensor) -> Tensor { Tensor(scalar: a) / b }
}

extension Tensor<UInt16> {
  /// The sum of each element and a number.
  @_disfavoredOverload
  public static func + (a: Tensor, b: UInt16) -> Tensor { a + Tensor(scalar: b) }
  /// The sum of each element and a number.
  @_disfavoredOverload
  public static func + (a: UInt16, b: Tensor) -> Tensor { Tensor(scalar: a) + b }
  /// Each element minus a number.
  @_disfavoredOverload
  public static func - (a: Tensor, b: UInt16) -> Tensor { a - Tensor(scalar: b) }
  /// A number minus each element.
  @_disfavoredOverload
  public static func - (a: UInt16, b: Tensor) -> Tensor { Tensor(scalar: a) - b }
  /// The product of each element and a number.
  @_disfavoredOverload
  public static func * (a: Tensor, b: UInt16) -> Tensor { a * Tensor(scalar: b) }
  /// The product of each element and a number.
  @_disfavoredOverload
  public static func * (a: UInt16, b: Tensor) -> Tensor { Tensor(scalar: a) * b }
  /// Each element divided by a number.
  @_disfavoredOverload
  public static func / (a: Tensor, b: UInt16) -> Tensor { a / Tensor(scalar: b) }
  /// A number divided by each element.
  @_disfavoredOverload
  public static func / (a: UInt16, b: Tensor) -> Tensor { Tensor(scalar: a) / b }
}

extension Tensor<UInt32> {
  /// The sum of each element and a number.
  @_disfavoredOverload
  public static func + (a: Tensor, b: UInt32) -> Tensor { a + Tensor(scalar: b) }
  /// The sum of each element and a number.
  @_disfavoredOverload
  public static func + (a: UInt32, b: Tensor) -> Tensor { Tensor(scalar: a) + b }
  /// Each element minus a number.
  @_disfavoredOverload
  public static func - (a: Tensor, b: UInt32) -> Tensor { a - Tensor(scalar: b) }
  /// A number minus each element.
  @_disfavoredOverload
  public static func - (a: UInt32, b: Tensor) -> Tensor { Tensor(scalar: a) - b }
  /// The product of each element and a number.
  @_disfavoredOverload
  public static func * (a: Tensor, b: UInt32) -> Tensor { a * Tensor(scalar: b) }
  /// The product of each element and a number.
  @_disfavoredOverload
  public static func * (a: UInt32, b: Tensor) -> Tensor { Tensor(scalar: a) * b }
  /// Each element divided by a number.
  @_disfavoredOverload
  public static func / (a: Tensor, b: UInt32) -> Tensor { a / Tensor(scalar: b) }
  /// A number divided by each element.
  @_disfavoredOverload
  public static func / (a: UInt32, b: Tensor) -> Tensor { Tensor(scalar: a) / b }
}

extension Tensor<UInt64> {
  /// The sum of each element and a number.
  @_disfavoredOverload
  public static func + (a: Tensor, b: UInt64) -> Tensor { a + Tensor(scalar: b) }
  /// The sum of each element and a number.
  @_disfavoredOverload
  public static func + (a: UInt64, b: Tensor) -> Tensor { Tensor(scalar: a) + b }
  /// Each element minus a number.
  @_disfavoredOverload
  public static func - (a: Tensor, b: UInt64) -> Tensor { a - Tensor(scalar: b) }
  /// A number minus each element.
  @_disfavoredOverload
  public static func - (a: UInt64, b: Tensor) -> Tensor { Tensor(scalar: a) - b }
  /// The product of each element and a number.
  @_disfavoredOverload
  public static func * (a: Tensor, b: UInt64) -> Tensor { a * Tensor(scalar: b) }
  /// The product of each element and a number.
  @_disfavoredOverload
  public static func * (a: UInt64, b: Tensor) -> Tensor { Tensor(scalar: a) * b }
  /// Each element divided by a number.
  @_disfavoredOverload
  public static func / (a: Tensor, b: UInt64) -> Tensor { a / Tensor(scalar: b) }
  /// A number divided by each element.
  @_disfavoredOverload
  public static func / (a: UInt64, b: Tensor) -> Tensor { Tensor(scalar: a) / b }
}
