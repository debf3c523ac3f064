/// A type that tensors can have as their elements.
public protocol TensorScalar: BitwiseCopyable, Sendable, Equatable {
  /// The element type at run time.
  static var scalarType: ScalarType { get }
}

/// The element types, where they are known only at run time.
public enum ScalarType: String, Sendable, Hashable, CaseIterable {
  /// 32-bit floating point.
  case float
  /// 64-bit floating point.
  case double
  /// The upper half of a 32-bit floating-point number.
  case bfloat16
  /// 16-bit floating point.
  case float16
  /// Signed 8-bit integers.
  case int8
  /// Unsigned 8-bit integers.
  case uint8
  /// Signed 32-bit integers.
  case int32
  /// Signed 64-bit integers.
  case int64
  /// Truth values, a byte each.
  case bool
}

extension Float: TensorScalar {
  /// `ScalarType.float`.
  public static var scalarType: ScalarType { .float }
}

extension Double: TensorScalar {
  /// `ScalarType.double`.
  public static var scalarType: ScalarType { .double }
}

extension Int8: TensorScalar {
  /// `ScalarType.int8`.
  public static var scalarType: ScalarType { .int8 }
}

extension UInt8: TensorScalar {
  /// `ScalarType.uint8`.
  public static var scalarType: ScalarType { .uint8 }
}

extension Int32: TensorScalar {
  /// `ScalarType.int32`.
  public static var scalarType: ScalarType { .int32 }
}

extension Int64: TensorScalar {
  /// `ScalarType.int64`.
  public static var scalarType: ScalarType { .int64 }
}

extension Bool: TensorScalar {
  /// `ScalarType.bool`.
  public static var scalarType: ScalarType { .bool }
}
