internal import _KernelsActive
internal import _KernelsMicro
internal import _LibC

/// A complex number of 64 bits.
package struct ComplexNumber {
  package var real, imaginary: Double

  /// `e^(-2πi · k / n)`, with `k` from 0 to below `n`, to half a unit in the last place or so: angles
  /// are at most π / 4.
  package static func root(_ k: Int, of n: Int) -> ComplexNumber {
    // In eighths of the circle.
    let (eighth, rest) = (8 * k).quotientAndRemainder(dividingBy: n)
    let isBehind = eighth % 2 == 1
    let angle = Double.pi / 4 * Double(isBehind ? n - rest : rest) / Double(n)
    let (c, s) = isBehind ? (sin(angle), cos(angle)) : (cos(angle), sin(angle))
    // Of the first quarter, turned by whole ones.
    switch eighth / 2 {
    case 0: return ComplexNumber(real: c, imaginary: -s)
    case 1: return ComplexNumber(real: -s, imaginary: -c)
    case 2: return ComplexNumber(real: -c, imaginary: s)
    default: return ComplexNumber(real: s, imaginary: c)
    }
  }
}

extension Double {
  /// The length of the vector of both numbers.
  func hypotenuse(_ other: Double) -> Double { hypot(self, other) }

  /// The angle of the vector with this as its second and `x` as its first element.
  func angle(from x: Double) -> Double { atan2(self, x) }
}

/// Complex numbers that a transform works on.
final class ComplexBuffer {
  let count: Int
  private var real, imaginary: UnsafeMutablePointer<Double>

  /// Zeros.
  init(_ count: Int) {
    self.count = count
    real = .allocate(capacity: count)
    imaginary = .allocate(capacity: count)
    real.initialize(repeating: 0, count: count)
    imaginary.initialize(repeating: 0, count: count)
  }

  deinit {
    real.deallocate()
    imaginary.deallocate()
  }

  /// The numbers, valid as long as the buffer is.
  var vector: ComplexVector { ComplexVector(real: real, imaginary: imaginary) }

  subscript(index: Int) -> ComplexNumber {
    ComplexNumber(real: real[index], imaginary: imaginary[index])
  }

  /// Replaces a number.
  func set(_ index: Int, _ number: ComplexNumber) {
    (real[index], imaginary[index]) = (number.real, number.imaginary)
  }

  /// Copies the first numbers of another buffer to the start.
  func copy(_ other: ComplexBuffer, count: Int) {
    real.update(from: other.real, count: count)
    imaginary.update(from: other.imaginary, count: count)
  }

  /// Takes a part of the columns of a matrix, row by row.
  func read(
    _ realParts: UnsafePointer<Double>, _ imaginaryParts: UnsafePointer<Double>, rows: Int,
    columns: Int, stride: Int
  ) {
    for row in 0..<rows {
      (real + row * columns).update(from: realParts + row * stride, count: columns)
      (imaginary + row * columns).update(from: imaginaryParts + row * stride, count: columns)
    }
  }

  /// Writes a part of the columns of a matrix, row by row.
  func write(
    _ realParts: UnsafeMutablePointer<Double>, _ imaginaryParts: UnsafeMutablePointer<Double>,
    rows: Int, columns: Int, stride: Int
  ) {
    for row in 0..<rows {
      (realParts + row * stride).update(from: real + row * columns, count: columns)
      (imaginaryParts + row * stride).update(from: imaginary + row * columns, count: columns)
    }
  }

  /// Multiplies all numbers with a factor.
  func scale(by factor: Double) {
    KernelTable.active.columnOperations.scale(factor, real, count)
    KernelTable.active.columnOperations.scale(factor, imaginary, count)
  }

  /// Makes real parts imaginary ones, and the other way round.
  func exchangeParts() { swap(&real, &imaginary) }
}
