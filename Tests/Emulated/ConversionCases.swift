import _KernelsBaseline
import _KernelsMicro

/// Numbers at the ends of the types' ranges, between their values and inside them.
private let values: [Float] =
  [
    0, 0.5, 1.5, -0.5, 2.5, -2.5, 126.7, 127, 128, -128, -129, 255, 256, 300, -300, 65_504, 65_519,
    65_520, 1e5, -1e5, 2_147_483_520, 2_147_483_648, -2_147_483_648, 9.2e18, 9.3e18, -9.3e18, 1e30,
    1e-8, 6e-8, 3.14159, -2.71828, 1.003_906_25, 1.011_718_75, .infinity, -.infinity,
  ]

/// Converts all values to a type, and says whether each became what `expected` says.
private func testConversion<Element: Equatable>(
  _ name: String, _ type: ElementType, canary: Element, _ expected: (Float) -> Element
) {
  var outcome = Outcome("conversion of Float to \(name)")
  for count in [0, 1, 3, 4, 7, 8, 15, 16, 17, values.count] {
    let result = written(count, canary: canary) {
      conversionKernels.convert(.float, values, type, $0, count)
    }
    for i in 0..<count {
      outcome.expect(
        result.isInside && result.elements[i] == expected(values[i]), "\(values[i])")
    }
  }
  outcome.report()
}

/// Towards zero, and to the nearest end of the range.
private func whole<Element: FixedWidthInteger>(_ x: Float) -> Element {
  if Double(x) >= Double(Element.max) { return .max }
  return Double(x) <= Double(Element.min) ? .min : Element(Double(x))
}

/// The upper half of the nearest number that has no other bits, ties to even.
private func bfloat16(_ x: Float) -> UInt16 {
  let below = UInt16(x.bitPattern >> 16)
  let rest = x.bitPattern & 0xFFFF
  return below + (rest > 0x8000 || (rest == 0x8000 && below & 1 == 1) ? 1 : 0)
}

func testConversions() {
  testConversion("Double", .double, canary: -7.25) { Double($0) }
  testConversion("BFloat16", .bfloat16, canary: 0x4321, bfloat16)
  testConversion("Float16", .float16, canary: Float16(-7.25)) { Float16($0) }
  testConversion("Int8", .int8, canary: Int8(99), whole)
  testConversion("UInt8", .uint8, canary: UInt8(99), whole)
  testConversion("Int16", .int16, canary: Int16(99), whole)
  testConversion("UInt16", .uint16, canary: UInt16(99), whole)
  testConversion("Int32", .int32, canary: Int32(99), whole)
  testConversion("UInt32", .uint32, canary: UInt32(99), whole)
  testConversion("UInt64", .uint64, canary: UInt64(99), whole)
  testConversion("Int64", .int64, canary: Int64(99), whole)
  testConversion("Bool", .bool, canary: false) { $0 != 0 }
  testConversion("Bool", .bool, canary: true) { $0 != 0 }
}
