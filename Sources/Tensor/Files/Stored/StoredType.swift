/// The type of a tensor's elements in a file.
///
/// The names are those of safetensors, and of the same pattern where that format lacks the type.
/// Tensors can have most of them as they are (`scalarType`); the others can be listed and copied to
/// another file.
public enum StoredType: String, Sendable, CaseIterable {
  /// Truth values, a byte each.
  case bool = "BOOL"
  /// Unsigned 8-bit integers.
  case uint8 = "U8"
  /// Signed 8-bit integers.
  case int8 = "I8"
  /// Unsigned 16-bit integers.
  case uint16 = "U16"
  /// Signed 16-bit integers.
  case int16 = "I16"
  /// Unsigned 32-bit integers.
  case uint32 = "U32"
  /// Signed 32-bit integers.
  case int32 = "I32"
  /// Unsigned 64-bit integers.
  case uint64 = "U64"
  /// Signed 64-bit integers.
  case int64 = "I64"
  /// 16-bit floating point.
  case float16 = "F16"
  /// The upper half of a 32-bit floating-point number.
  case bfloat16 = "BF16"
  /// 32-bit floating point.
  case float32 = "F32"
  /// 64-bit floating point.
  case float64 = "F64"
  /// Complex numbers of two 16-bit floating-point ones; safetensors files cannot have them.
  case complex32 = "C32"
  /// Complex numbers of two 32-bit floating-point ones.
  case complex64 = "C64"
  /// Complex numbers of two 64-bit floating-point ones; safetensors files cannot have them.
  case complex128 = "C128"
  /// 8-bit floating point with 5 bits of exponent.
  case float8E5M2 = "F8_E5M2"
  /// 8-bit floating point with 4 bits of exponent.
  case float8E4M3 = "F8_E4M3"
  /// Powers of two, as 8 bits of exponent.
  case float8E8M0 = "F8_E8M0"
  /// 8-bit floating point with 5 bits of exponent, without infinities and negative zero.
  case float8E5M2FNUZ = "F8_E5M2FNUZ"
  /// 8-bit floating point with 4 bits of exponent, without infinities and negative zero.
  case float8E4M3FNUZ = "F8_E4M3FNUZ"
  /// 6-bit floating point with 2 bits of exponent.
  case float6E2M3 = "F6_E2M3"
  /// 6-bit floating point with 3 bits of exponent.
  case float6E3M2 = "F6_E3M2"
  /// 4-bit floating point.
  case float4 = "F4"

  /// The number of bits of an element.
  public var bitCount: Int {
    switch self {
    case .float4: 4
    case .float6E2M3, .float6E3M2: 6
    case .bool, .uint8, .int8, .float8E5M2, .float8E4M3, .float8E8M0, .float8E5M2FNUZ,
      .float8E4M3FNUZ:
      8
    case .uint16, .int16, .float16, .bfloat16: 16
    case .uint32, .int32, .float32, .complex32: 32
    case .uint64, .int64, .float64, .complex64: 64
    case .complex128: 128
    }
  }

  /// The type in a file of an element type of tensors.
  public init(_ scalarType: ScalarType) {
    self =
      switch scalarType {
      case .float: .float32
      case .double: .float64
      case .bfloat16: .bfloat16
      case .float16: .float16
      case .int8: .int8
      case .uint8: .uint8
      case .int16: .int16
      case .uint16: .uint16
      case .int32: .int32
      case .uint32: .uint32
      case .int64: .int64
      case .uint64: .uint64
      case .bool: .bool
      }
  }

  /// The element type that tensors read from such elements have: the same, `float` for
  /// floating-point numbers of 8 bits, which it holds; nil where tensors cannot have them.
  public var scalarType: ScalarType? {
    isFloat8 ? .float : ScalarType.allCases.first { Self($0) == self }
  }

  /// Whether safetensors files can have such elements.
  public var isInSafetensors: Bool { self != .complex32 && self != .complex128 }

  /// Whether files of NumPy can have such elements.
  public var isInNumPy: Bool { NumPyType.name(self) != nil }

  /// Whether the elements are complex numbers, the real part first.
  public var isComplex: Bool { self == .complex32 || self == .complex64 || self == .complex128 }

  /// The number of bytes that an element's parts have which are numbers of their own: half of a
  /// complex one.
  var numberByteCount: Int { bitCount / (isComplex ? 16 : 8) }
}
