/// Complex numbers of 64 bits, real and imaginary parts apart.
public struct ComplexVector: @unchecked Sendable {
  /// The first real part.
  public var real: UnsafeMutablePointer<Double>
  /// The first imaginary part.
  public var imaginary: UnsafeMutablePointer<Double>

  /// Numbers from two places on.
  @inlinable
  public init(real: UnsafeMutablePointer<Double>, imaginary: UnsafeMutablePointer<Double>) {
    (self.real, self.imaginary) = (real, imaginary)
  }

  /// The numbers from one on.
  @inlinable @inline(__always)
  public static func + (vector: ComplexVector, count: Int) -> ComplexVector {
    ComplexVector(real: vector.real + count, imaginary: vector.imaginary + count)
  }
}

/// A step of a fast Fourier transform: of each `radix` numbers that are a `radix`-th of what is left
/// apart, it makes their transform.
///
/// The steps are Stockham's: each writes its results in the order that the next one wants, and none
/// has to be sorted in the end.
public struct FourierStep: @unchecked Sendable {
  /// The largest radix.
  public static let maximumRadix = 13

  /// How many numbers are transformed at a time, at most `maximumRadix`.
  public var radix: Int
  /// The groups of numbers, each of which has factors of its own.
  public var groups: Int
  /// The numbers side by side that are treated alike.
  public var width: Int
  /// For each group the factors of its results but the first, `groups · (radix - 1)`.
  public var factors: ComplexVector
  /// The powers of `e^(-2πi / radix)`, `radix` of them.
  public var roots: ComplexVector

  /// A step with all it needs.
  @inlinable
  public init(radix: Int, groups: Int, width: Int, factors: ComplexVector, roots: ComplexVector) {
    (self.radix, self.groups, self.width) = (radix, groups, width)
    (self.factors, self.roots) = (factors, roots)
  }
}

/// What fast Fourier transforms consist of.
///
/// All instruction sets give the same bits.
public struct FourierKernels: Sendable {
  /// Computes a step: step, input, output, which is other memory.
  public let step: @Sendable (FourierStep, ComplexVector, ComplexVector) -> Void
  /// Multiplies numbers with a complex factor: its parts, numbers, count.
  public let scale: @Sendable (Double, Double, ComplexVector, Int) -> Void

  /// Instantiates the operations for `isa`.
  @inlinable @inline(__always)
  public init<I: InstructionSet>(_ isa: I.Type) {
    step = { I.step($0, $1, into: $2) }
    scale = { I.scale(real: $0, imaginary: $1, $2, count: $3) }
  }
}

/// Complex numbers in lanes: eight of them, or one where there are fewer side by side.
@usableFromInline
struct ComplexLanes<Lanes: FourierLanes>: BitwiseCopyable {
  @usableFromInline var real, imaginary: Lanes

  @inlinable @inline(__always)
  init(_ real: Lanes, _ imaginary: Lanes) { (self.real, self.imaginary) = (real, imaginary) }

  @inlinable @inline(__always)
  init(_ vector: ComplexVector, _ place: Int) {
    real = .load(vector.real + place)
    imaginary = .load(vector.imaginary + place)
  }

  @inlinable @inline(__always)
  func store(_ vector: ComplexVector, _ place: Int) {
    real.store(vector.real + place)
    imaginary.store(vector.imaginary + place)
  }

  @inlinable @inline(__always)
  static func + (a: Self, b: Self) -> Self {
    Self(.sum(a.real, b.real), .sum(a.imaginary, b.imaginary))
  }

  @inlinable @inline(__always)
  static func - (a: Self, b: Self) -> Self {
    Self(.difference(a.real, b.real), .difference(a.imaginary, b.imaginary))
  }

  /// The product with the complex number at a place.
  @inlinable @inline(__always)
  func times(_ factors: ComplexVector, _ place: Int) -> Self {
    let (c, s) = (Lanes.all(factors.real[place]), Lanes.all(factors.imaginary[place]))
    return Self(
      .difference(.product(real, c), .product(imaginary, s)),
      .sum(.product(real, s), .product(imaginary, c)))
  }

  /// The product with -i.
  @inlinable @inline(__always)
  var timesMinusI: Self { Self(imaginary, .difference(.all(0), real)) }
}

/// Numbers that are computed with side by side.
@usableFromInline
protocol FourierLanes: BitwiseCopyable {
  static func load(_ place: UnsafePointer<Double>) -> Self
  func store(_ place: UnsafeMutablePointer<Double>)
  static func all(_ x: Double) -> Self
  static func sum(_ a: Self, _ b: Self) -> Self
  static func difference(_ a: Self, _ b: Self) -> Self
  static func product(_ a: Self, _ b: Self) -> Self
}

extension Double: FourierLanes {
  @inlinable @inline(__always)
  static func load(_ place: UnsafePointer<Double>) -> Double { place.pointee }
  @inlinable @inline(__always)
  func store(_ place: UnsafeMutablePointer<Double>) { place.pointee = self }
  @inlinable @inline(__always)
  static func all(_ x: Double) -> Double { x }
}

extension SIMD8<Double>: FourierLanes {
  @inlinable @inline(__always)
  static func load(_ place: UnsafePointer<Double>) -> SIMD8<Double> {
    UnsafeRawPointer(place).loadUnaligned(as: Self.self)
  }
  @inlinable @inline(__always)
  func store(_ place: UnsafeMutablePointer<Double>) {
    UnsafeMutableRawPointer(place).storeBytes(of: self, as: Self.self)
  }
  @inlinable @inline(__always)
  static func all(_ x: Double) -> SIMD8<Double> { Self(repeating: x) }
  @inlinable @inline(__always)
  static func sum(_ a: Self, _ b: Self) -> Self { a + b }
  @inlinable @inline(__always)
  static func difference(_ a: Self, _ b: Self) -> Self { a - b }
  @inlinable @inline(__always)
  static func product(_ a: Self, _ b: Self) -> Self { a * b }
}

extension InstructionSet {
  @inlinable @inline(__always)
  static func step(_ step: FourierStep, _ x: ComplexVector, into y: ComplexVector) {
    for group in 0..<step.groups {
      var place = 0
      while place + 8 <= step.width {
        butterfly(SIMD8<Double>.self, step, group, place, x, into: y)
        place += 8
      }
      while place < step.width {
        butterfly(Double.self, step, group, place, x, into: y)
        place += 1
      }
    }
  }

  /// Transforms the numbers of a group at one place, or eight places.
  @inlinable @inline(__always)
  static func butterfly<Lanes: FourierLanes>(
    _ lanes: Lanes.Type, _ step: FourierStep, _ group: Int, _ place: Int, _ x: ComplexVector,
    into y: ComplexVector
  ) {
    let (radix, width) = (step.radix, step.width)
    func load(_ j: Int) -> ComplexLanes<Lanes> {
      ComplexLanes(x, (group + step.groups * j) * width + place)
    }
    func store(_ result: ComplexLanes<Lanes>, _ k: Int) {
      let factored =
        k == 0 ? result : result.times(step.factors, group * (radix - 1) + k - 1)
      factored.store(y, (radix * group + k) * width + place)
    }
    switch radix {
    case 2:
      let (a, b) = (load(0), load(1))
      store(a + b, 0)
      store(a - b, 1)
    case 4:
      let (a, b, c, d) = (load(0), load(1), load(2), load(3))
      let (even, odd, difference) = (a + c, b + d, a - c)
      let turned = (b - d).timesMinusI
      store(even + odd, 0)
      store(difference + turned, 1)
      store(even - odd, 2)
      store(difference - turned, 3)
    default:
      for k in 0..<radix {
        var (sum, power) = (load(0), 0)
        for j in 1..<radix {
          power = (power + k) % radix
          sum = sum + load(j).times(step.roots, power)
        }
        store(sum, k)
      }
    }
  }

  @inlinable @inline(__always)
  static func scale(real: Double, imaginary: Double, _ x: ComplexVector, count: Int) {
    func scaled<Lanes: FourierLanes>(_ lanes: Lanes.Type, _ place: Int) {
      let (a, c, s) = (ComplexLanes<Lanes>(x, place), Lanes.all(real), Lanes.all(imaginary))
      ComplexLanes<Lanes>(
        .difference(.product(a.real, c), .product(a.imaginary, s)),
        .sum(.product(a.real, s), .product(a.imaginary, c))
      ).store(x, place)
    }
    var place = 0
    while place + 8 <= count {
      scaled(SIMD8<Double>.self, place)
      place += 8
    }
    while place < count {
      scaled(Double.self, place)
      place += 1
    }
  }
}
