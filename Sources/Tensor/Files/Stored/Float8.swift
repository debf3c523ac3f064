extension StoredType {
  /// Whether the elements are floating-point numbers of 8 bits.
  var isFloat8: Bool {
    switch self {
    case .float8E5M2, .float8E4M3, .float8E8M0, .float8E5M2FNUZ, .float8E4M3FNUZ: true
    default: false
    }
  }

  /// The floating-point numbers that the bytes 0 to 255 are; nil where elements are none of 8 bits.
  ///
  /// The formats are those of the OCP's "8-bit floating point specification" (2023) and "Microscaling
  /// formats" (2023), those without negative zero of ONNX.
  var numbers: [Float]? {
    switch self {
    case .float8E5M2:
      // The upper halves of 16-bit numbers, infinities included.
      Self.numbers(exponentBits: 5, bias: 15) { $0 & 0x7F > 0x7C }
        .map { $0.magnitude == 65536 ? $0 * .infinity : $0 }
    case .float8E4M3: Self.numbers(exponentBits: 4, bias: 7) { $0 & 0x7F == 0x7F }
    case .float8E5M2FNUZ: Self.numbers(exponentBits: 5, bias: 16) { $0 == 0x80 }
    case .float8E4M3FNUZ: Self.numbers(exponentBits: 4, bias: 8) { $0 == 0x80 }
    case .float8E8M0:
      (0..<256).map { $0 == 255 ? .nan : Float(sign: .plus, exponent: $0 - 127, significand: 1) }
    default: nil
    }
  }

  /// The numbers of bytes with a sign, so many bits of exponent, and a significand in the others.
  private static func numbers(
    exponentBits: Int, bias: Int, isNaN: (Int) -> Bool
  ) -> [Float] {
    let width = 7 - exponentBits
    return (0..<256).map { byte in
      let (exponent, fraction) = (byte >> width & (1 << exponentBits - 1), byte & (1 << width - 1))
      // Without the leading one where the exponent is zero.
      let significand = Float(exponent > 0 ? 1 << width + fraction : fraction)
      let scale = Float(
        sign: .plus, exponent: max(exponent, 1) - bias - width, significand: 1)
      return isNaN(byte) ? .nan : byte >= 0x80 ? -significand * scale : significand * scale
    }
  }
}
