/// The element types of tensors, where they are known only at run time.
public enum ElementType: String, Sendable, Hashable, CaseIterable {
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
  /// Signed 16-bit integers.
  case int16
  /// Unsigned 16-bit integers.
  case uint16
  /// Signed 32-bit integers.
  case int32
  /// Unsigned 32-bit integers.
  case uint32
  /// Signed 64-bit integers.
  case int64
  /// Unsigned 64-bit integers.
  case uint64
  /// Truth values, a byte each.
  case bool

  /// Whether the elements are floating-point numbers.
  public var isFloatingPoint: Bool {
    switch self {
    case .float, .double, .bfloat16, .float16: true
    case .int8, .uint8, .int16, .uint16, .int32, .uint32, .int64, .uint64, .bool: false
    }
  }

  /// The number of bytes of an element, which is its alignment too.
  public var byteCount: Int {
    switch self {
    case .int8, .uint8, .bool: 1
    case .bfloat16, .float16, .int16, .uint16: 2
    case .float, .int32, .uint32: 4
    case .double, .int64, .uint64: 8
    }
  }
}
