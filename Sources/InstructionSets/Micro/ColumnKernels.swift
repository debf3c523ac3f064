/// Operations on vectors of 64-bit numbers, of which the decompositions of matrices consist.
///
/// All instruction sets give the same bits: sums run eight side by side, and nothing is fused.
public struct ColumnKernels: Sendable {
  /// The sum of the products of two vectors: first, second, count.
  public let dot: @Sendable (UnsafePointer<Double>, UnsafePointer<Double>, Int) -> Double
  /// Adds a factor times a vector to another one: factor, vector, the other one, count.
  public let addScaled:
    @Sendable (Double, UnsafePointer<Double>, UnsafeMutablePointer<Double>, Int) -> Void
  /// Multiplies a vector with a factor: factor, vector, count.
  public let scale: @Sendable (Double, UnsafeMutablePointer<Double>, Int) -> Void
  /// Rotates two vectors: cosine, sine, `x`, which becomes `cosine · x - sine · y`, `y`, which becomes
  /// `sine · x + cosine · y`, count.
  public let rotate:
    @Sendable (
      Double, Double, UnsafeMutablePointer<Double>, UnsafeMutablePointer<Double>, Int
    ) -> Void
  /// Adds `a · b` to a matrix, all of them row-major: `a`, `b`, the matrix, its rows, the depth, its
  /// columns.
  public let addProduct:
    @Sendable (
      UnsafePointer<Double>, UnsafePointer<Double>, UnsafeMutablePointer<Double>, Int, Int, Int
    ) -> Void

  /// Instantiates the operations for `isa`.
  @inlinable @inline(__always)
  public init<I: InstructionSet>(_ isa: I.Type) {
    dot = { I.dot($0, $1, count: $2) }
    addScaled = { I.addScaled($0, $1, to: $2, count: $3) }
    scale = { I.scale($0, $1, count: $2) }
    rotate = { I.rotate($0, $1, $2, $3, count: $4) }
    addProduct = { I.addProduct($0, $1, to: $2, rows: $3, depth: $4, columns: $5) }
  }
}

/// Eight numbers of 64 bits: operators on this type, which is concrete, are vector instructions.
@usableFromInline typealias Eight = SIMD8<Double>

extension InstructionSet {
  @inlinable @inline(__always)
  static func load(_ place: UnsafePointer<Double>) -> Eight {
    UnsafeRawPointer(place).loadUnaligned(as: Eight.self)
  }

  @inlinable @inline(__always)
  static func store(_ x: Eight, _ place: UnsafeMutablePointer<Double>) {
    UnsafeMutableRawPointer(place).storeBytes(of: x, as: Eight.self)
  }

  /// The sum of products, in four times eight lanes, which are merged in a fixed order.
  @inlinable @inline(__always)
  static func dot(
    _ x: UnsafePointer<Double>, _ y: UnsafePointer<Double>, count: Int
  ) -> Double {
    var (s0, s1, s2, s3) = (Eight.zero, Eight.zero, Eight.zero, Eight.zero)
    var i = 0
    while i + 32 <= count {
      s0 += load(x + i) * load(y + i)
      s1 += load(x + i + 8) * load(y + i + 8)
      s2 += load(x + i + 16) * load(y + i + 16)
      s3 += load(x + i + 24) * load(y + i + 24)
      i += 32
    }
    while i + 8 <= count {
      s0 += load(x + i) * load(y + i)
      i += 8
    }
    var rest = 0.0
    while i < count {
      rest += x[i] * y[i]
      i += 1
    }
    let sums = (s0 + s1) + (s2 + s3)
    let halves = sums.lowHalf + sums.highHalf
    let quarters = halves.lowHalf + halves.highHalf
    return quarters[0] + quarters[1] + rest
  }

  @inlinable @inline(__always)
  static func addScaled(
    _ factor: Double, _ x: UnsafePointer<Double>, to y: UnsafeMutablePointer<Double>, count: Int
  ) {
    let factors = Eight(repeating: factor)
    var i = 0
    while i + 8 <= count {
      store(load(y + i) + factors * load(x + i), y + i)
      i += 8
    }
    while i < count {
      y[i] += factor * x[i]
      i += 1
    }
  }

  @inlinable @inline(__always)
  static func scale(_ factor: Double, _ x: UnsafeMutablePointer<Double>, count: Int) {
    let factors = Eight(repeating: factor)
    var i = 0
    while i + 8 <= count {
      store(factors * load(x + i), x + i)
      i += 8
    }
    while i < count {
      x[i] *= factor
      i += 1
    }
  }

  @inlinable @inline(__always)
  static func rotate(
    _ cosine: Double, _ sine: Double, _ x: UnsafeMutablePointer<Double>,
    _ y: UnsafeMutablePointer<Double>, count: Int
  ) {
    let (cosines, sines) = (Eight(repeating: cosine), Eight(repeating: sine))
    var i = 0
    while i + 8 <= count {
      let (a, b) = (load(x + i), load(y + i))
      store(cosines * a - sines * b, x + i)
      store(sines * a + cosines * b, y + i)
      i += 8
    }
    while i < count {
      let (a, b) = (x[i], y[i])
      x[i] = cosine * a - sine * b
      y[i] = sine * a + cosine * b
      i += 1
    }
  }

  /// Adds a product of matrices.
  ///
  /// Four rows × sixteen columns of sums stay in registers over a part of the depth, whose rows of `b`
  /// stay in L1 for the next four rows. What is left takes a row of sums at a time. Either way a sum
  /// takes its products from the first to the last.
  @inlinable @inline(__always)
  static func addProduct(
    _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, to c: UnsafeMutablePointer<Double>,
    rows: Int, depth: Int, columns: Int
  ) {
    let (wholeRows, wholeColumns) = (rows / 4 * 4, columns / 16 * 16)
    for start in stride(from: 0, to: depth, by: 256) {
      let part = start..<min(start + 256, depth)
      for column in stride(from: 0, to: wholeColumns, by: 16) {
        for row in stride(from: 0, to: wholeRows, by: 4) {
          addTile(
            a + row * depth, b + column, to: c + row * columns + column, part, depth: depth,
            columns: columns)
        }
      }
      for row in 0..<rows {
        let first = row < wholeRows ? wholeColumns : 0
        for term in part {
          addScaled(
            a[row * depth + term], b + term * columns + first, to: c + row * columns + first,
            count: columns - first)
        }
      }
    }
  }

  /// Adds a part of the depth to four rows × sixteen columns.
  @inlinable @inline(__always)
  static func addTile(
    _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, to c: UnsafeMutablePointer<Double>,
    _ part: Range<Int>, depth: Int, columns: Int
  ) {
    var (s0, t0) = (load(c), load(c + 8))
    var (s1, t1) = (load(c + columns), load(c + columns + 8))
    var (s2, t2) = (load(c + 2 * columns), load(c + 2 * columns + 8))
    var (s3, t3) = (load(c + 3 * columns), load(c + 3 * columns + 8))
    for term in part {
      let (x, y) = (load(b + term * columns), load(b + term * columns + 8))
      let a0 = Eight(repeating: a[term])
      (s0, t0) = (s0 + a0 * x, t0 + a0 * y)
      let a1 = Eight(repeating: a[depth + term])
      (s1, t1) = (s1 + a1 * x, t1 + a1 * y)
      let a2 = Eight(repeating: a[2 * depth + term])
      (s2, t2) = (s2 + a2 * x, t2 + a2 * y)
      let a3 = Eight(repeating: a[3 * depth + term])
      (s3, t3) = (s3 + a3 * x, t3 + a3 * y)
    }
    store(s0, c)
    store(t0, c + 8)
    store(s1, c + columns)
    store(t1, c + columns + 8)
    store(s2, c + 2 * columns)
    store(t2, c + 2 * columns + 8)
    store(s3, c + 3 * columns)
    store(t3, c + 3 * columns + 8)
  }
}
