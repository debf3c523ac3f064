import Tensor
import Testing
import _KernelsActive
import _KernelsMicro
import _TestSupport

@Suite struct ConversionTests {
  /// All numbers of float16, as what their bits mean.
  @Test(arguments: KernelTable.supported)
  func widensFloat16(_ table: KernelTable) {
    let numbers = Array(UInt16.min...UInt16.max)
    var widened = [Float](repeating: 0, count: numbers.count)
    numbers.withUnsafeBytes { bytes in
      guard let start = bytes.baseAddress else { return }
      table.widenFloat16(start, &widened, numbers.count)
    }
    for (bits, number) in zip(numbers, widened) {
      let (exponent, fraction) = (Int(bits >> 10 & 31), Double(bits & 1023) / 1024)
      let magnitude =
        switch exponent {
        case 31: fraction == 0 ? .infinity : Double.nan
        case 0: Double(sign: .plus, exponent: -14, significand: fraction)
        default: Double(sign: .plus, exponent: exponent - 15, significand: 1 + fraction)
        }
      #expect(Self.same(Double(number), bits >> 15 == 1 ? -magnitude : magnitude))
    }
  }

  /// Whether two numbers are the same, zeros with the same sign, or both none.
  static func same<Scalar: BinaryFloatingPoint>(_ a: Scalar, _ b: Scalar) -> Bool {
    (a == b && a.sign == b.sign) || (a.isNaN && b.isNaN)
  }

  /// A `Double` as a whole number: towards zero, to the nearest end, and zero for NaN.
  static func whole<Whole: FixedWidthInteger>(_ value: Double, _ type: Whole.Type) -> Whole {
    if value.isNaN { return 0 }
    return Whole(exactly: value.rounded(.towardZero)) ?? (value < 0 ? .min : .max)
  }

  /// The nearest bfloat16 to a number, ties to even, by trying both neighbours.
  static func nearest(_ value: Double) -> BFloat16 {
    guard value.isFinite else { return BFloat16(Float(value)) }
    var low: UInt16 = 0
    var high: UInt16 = 0x7F80
    while high - low > 1 {
      let middle = (low + high) / 2
      if Double(Float(BFloat16(bitPattern: middle))) <= value.magnitude {
        low = middle
      } else {
        high = middle
      }
    }
    // Infinity stands where the next number would be.
    func number(_ bits: UInt16) -> Double {
      bits == 0x7F80 ? 0x1p128 : Double(Float(BFloat16(bitPattern: bits)))
    }
    let (below, above) = (value.magnitude - number(low), number(high) - value.magnitude)
    let bits = below < above || (below == above && low & 1 == 0) ? low : high
    return BFloat16(bitPattern: bits | (value.sign == .minus ? 0x8000 : 0))
  }

  func expectConversions<Scalar: TensorScalar>(_ values: [Scalar], _ numbers: [Double]) {
    let tensor = Tensor(values)
    func converted<Other: TensorScalar>(_ other: Other.Type) -> [Other] {
      tensor.converted(to: other).elements
    }
    for (i, number) in numbers.enumerated() {
      #expect(Self.same(converted(Double.self)[i], number))
      #expect(Self.same(converted(Float.self)[i], Float(number)))
      #expect(Self.same(converted(Float16.self)[i], Float16(number)))
      #expect(Self.same(Float(converted(BFloat16.self)[i]), Float(Self.nearest(number))))
      #expect(converted(Int8.self)[i] == Self.whole(number, Int8.self))
      #expect(converted(UInt8.self)[i] == Self.whole(number, UInt8.self))
      #expect(converted(Int16.self)[i] == Self.whole(number, Int16.self))
      #expect(converted(UInt16.self)[i] == Self.whole(number, UInt16.self))
      #expect(converted(Int32.self)[i] == Self.whole(number, Int32.self))
      #expect(converted(UInt32.self)[i] == Self.whole(number, UInt32.self))
      #expect(converted(UInt64.self)[i] == Self.whole(number, UInt64.self))
      #expect(converted(Int64.self)[i] == Self.whole(number, Int64.self))
      #expect(converted(Bool.self)[i] == (number != 0))
    }
  }

  static let doubles: [Double] = {
    let positive = [
      0, 0.25, 0.5, 0.75, 1, 1.5, 2.5, 126.9, 127, 127.1, 128, 254.9, 255, 255.9, 256, 65504, 65519,
      65520, 65536, 2_147_483_646.5, 2_147_483_647, 2_147_483_647.5, 2_147_483_648,
      9_223_372_036_854_774_784, 0x1p63, 0x1p64, 1e30, 1e300, .infinity, 0x1p-24, 0x1p-25, 0x1p-126,
      0x1p-133, 0x1p-134, 0x1.8p-133, 0x1p-149, 0x1p-150, 1e-300, .leastNonzeroMagnitude,
      // Ties of bfloat16, and what is so near to one that a Float cannot tell.
      0x1.01p0, 0x1.03p0, 0x1.0100000001p0, 0x1.00ffffffffp0, 0x1.0300000001p0, 0x1.02ffffffffp0,
      0x1.ffp127, 0x1.fefffffffp127, 0x1.fffffep127, 0x1.ffffffp127,
    ]
    return positive + positive.map { -$0 } + [.nan]
  }()

  @Test func convertsRealNumbers() {
    let doubles = Self.doubles
    expectConversions(doubles, doubles)
    let floats = doubles.map { Float($0) }
    expectConversions(floats, floats.map { Double($0) })
    let brains = floats.map { BFloat16($0) }
    expectConversions(brains, brains.map { Double(Float($0)) })
    let halves = doubles.map { Float16($0) }
    expectConversions(halves, halves.map { Double($0) })
  }

  @Test func convertsWholeNumbers() {
    let numbers: [Int64] = [
      0, 1, -1, 2, 100, 127, 128, -128, -129, 255, 256, 32767, -40000,
      1 << 24,
    ]
    func expect<Scalar: TensorScalar & FixedWidthInteger>(_ scalar: Scalar.Type) {
      var values = numbers.map { Scalar(clamping: $0) }
      if Scalar.bitWidth < 64 { values += [.min, .max] }
      expectConversions(values, values.map { Double($0) })
    }
    expect(Int8.self)
    expect(UInt8.self)
    expect(Int16.self)
    expect(UInt16.self)
    expect(Int32.self)
    expect(UInt32.self)
    expect(Int64.self)
    expect(UInt64.self)
    expectConversions([false, true], [0, 1])
  }

  /// What a `Double` does not hold.
  @Test func convertsLongNumbers() {
    let tie: Int64 = 1 << 62 + 1 << 54
    let integers: [Int64] = [
      .max, .min, .max - 1, .min + 1, tie, tie + 1, tie - 1, -tie, -tie - 1, -tie + 1,
      3 * (1 << 54) + 1 << 62, 3 * (1 << 54) + 1 << 62 - 1, 1 << 53 + 1, (1 << 53 + 1 << 45) + 1,
      (1 << 53 + 1 << 45) - 1, 1 << 52 + 1 << 44, 1 << 52 + 1 << 44 + 1,
    ]
    expectLongNumbers(integers)
    let farTie: UInt64 = 1 << 63 + 1 << 55
    let naturals: [UInt64] = [
      .max, .max - 1, 1 << 63, 1 << 63 - 1, farTie, farTie + 1, farTie - 1, 3 * (1 << 55) + 1 << 63,
      3 * (1 << 55) + 1 << 63 - 1, 1 << 53 + 1,
    ]
    expectLongNumbers(naturals)
    let far = Tensor<UInt64>([.max, 1 << 63, 1 << 63 - 1])
    #expect(far.converted(to: Int64.self).elements == [.max, .max, .max])
    #expect(far.converted(to: UInt8.self).elements == [255, 255, 255])
    #expect(far.converted(to: Bool.self).elements == [true, true, true])
    #expect(Tensor<Int64>([-1, .max]).converted(to: UInt64.self).elements == [0, 1 << 63 - 1])
    #expect(Tensor<Double>([1.9e19, -1]).converted(to: UInt64.self).elements == [.max, 0])
    #expect(Tensor<Float>([0x1.8p63]).converted(to: UInt64.self).elements == [3 << 62])
  }

  func expectLongNumbers<Scalar: TensorScalar & FixedWidthInteger>(_ values: [Scalar]) {
    let tensor = Tensor(values)
    #expect(tensor.converted(to: Double.self).elements == values.map { Double($0) })
    #expect(tensor.converted(to: Float.self).elements == values.map { Float($0) })
    #expect(tensor.converted(to: Int32.self).elements == values.map { $0 < 0 ? .min : .max })
    for (value, result) in zip(values, tensor.converted(to: BFloat16.self).elements) {
      // Eight bits of the magnitude, the rest rounded.
      let number = UInt64(value.magnitude)
      let shift = 64 - number.leadingZeroBitCount - 8
      let (kept, rest) = (number >> shift, number & (1 << shift - 1))
      let half: UInt64 = 1 << (shift - 1)
      let isUp = rest > half || (rest == half && kept & 1 == 1)
      let magnitude =
        Double((kept + (isUp ? 1 : 0))) * Double(sign: .plus, exponent: shift, significand: 1)
      #expect(Double(Float(result)) == (value < 0 ? -magnitude : magnitude), "\(value)")
    }
  }

  @Test func roundsBFloat16TiesToEven() {
    #expect(BFloat16(0x1.01p0).bitPattern == 0x3F80)
    #expect(BFloat16(0x1.03p0).bitPattern == 0x3F82)
    #expect(BFloat16(Float.greatestFiniteMagnitude).bitPattern == 0x7F80)
    #expect(Float(BFloat16(.nan)).isNaN && Float(BFloat16(-.nan)).isNaN)
    #expect(Float(BFloat16(Float(bitPattern: 0x7F80_0001))).isNaN)
    let all = (0...UInt16.max).map { BFloat16(bitPattern: $0) }
    let back = Tensor(all).converted(to: Float.self).converted(to: BFloat16.self).elements
    let differ = zip(all, back).filter { $0 != $1 && !(Float($0).isNaN && Float($1).isNaN) }
    #expect(differ.isEmpty)
    var numbers = SampleNumbers(seed: 3)
    let floats = (0..<2000).map { _ in Float(bitPattern: UInt32(truncatingIfNeeded: numbers.bits()))
    }
    for (value, result) in zip(floats, Tensor(floats).converted(to: BFloat16.self).elements) {
      #expect(Self.same(Float(result), Float(Self.nearest(Double(value)))))
      #expect(result.bitPattern == BFloat16(value).bitPattern)
    }
  }

  @Test func convertsViews() {
    let tensor = Tensor<Float>([1.5, -2.5, 300, 4], shape: [2, 2])
    #expect(tensor.transposed().converted(to: UInt8.self).elements == [1, 255, 0, 4])
    #expect(tensor.flipped(1)[1].converted(to: Int64.self).elements == [4, 300])
    #expect(tensor[0..<0].converted(to: Int8.self).shape == [0, 2])
    #expect(tensor.converted(to: Float.self).storage === tensor.storage)
    let any = AnyTensor(tensor.transposed())
    #expect(any.tensor(of: Int8.self) == nil && any.tensor(of: Float.self) == tensor.transposed())
  }
}
