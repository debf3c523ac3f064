public import _KernelsMicro

/// What is carried along an axis.
public enum Accumulation: Sendable, Hashable, CaseIterable {
  /// The sum so far.
  case sum
  /// The product so far.
  case product
  /// The smallest so far, or NaN.
  case minimum
  /// The largest so far, or NaN.
  case maximum
}

/// Loops over numbers of one type in which each step needs the one before, without gaps.
public struct SequentialKernels<Element: Arithmetic>: Sendable {
  /// Writes what is carried along neighbouring columns, at most 256, of some matrices: their number,
  /// that of their rows, the distance of rows, the number of columns.
  public let accumulate:
    @Sendable (
      Accumulation, UnsafePointer<Element>, UnsafeMutablePointer<Element>, Int, Int, Int, Int
    ) -> Void
  /// Takes each element into that at its place of the axis, one after the other; whether all places
  /// are inside the axis.
  public let scatterAlong:
    @Sendable (
      Accumulation, AxisLayout, UnsafePointer<Int64>, UnsafePointer<Element>,
      UnsafeMutablePointer<Element>
    ) -> Bool
  /// Writes the product of two matrices: rows × depth, depth × columns, output, these extents.
  public let product:
    @Sendable (
      UnsafePointer<Element>, UnsafePointer<Element>, UnsafeMutablePointer<Element>, Int, Int, Int
    ) -> Void

  /// Instantiates the loops.
  @inline(__always)
  init(_ element: Element.Type) {
    accumulate = { operation, input, output, matrices, count, stride, columns in
      @inline(__always)
      func each<Carried>(
        _ start: (Element) -> Carried, _ next: (Carried, Element) -> Carried,
        _ value: (Carried) -> Element
      ) {
        for matrix in 0..<matrices where count > 0 {
          let (x, z) = (input + matrix * count * stride, output + matrix * count * stride)
          if columns == 1 {
            // In a register.
            var carried = start(x[0])
            for i in 0..<count {
              carried = next(carried, x[i * stride])
              z[i * stride] = value(carried)
            }
          } else {
            // Row by row, so that neighbours in memory are computed side by side.
            var carried = InlineArray<256, Carried>(repeating: start(x[0]))
            for column in 0..<columns { carried[unchecked: column] = start(x[column]) }
            for i in 0..<count {
              let (row, results) = (x + i * stride, z + i * stride)
              for column in 0..<columns {
                let sum = next(carried[unchecked: column], row[column])
                carried[unchecked: column] = sum
                results[column] = value(sum)
              }
            }
          }
        }
      }
      switch operation {
      case .sum: each({ _ in Element.zeroSum }, { Element.add($1, to: $0) }) { Element.rounded($0) }
      case .product: each({ _ in Element.one }, { Element.product($0, $1) }) { $0 }
      case .minimum: each({ $0 }, { Element.smaller($0, $1) }) { $0 }
      case .maximum: each({ $0 }, { Element.larger($0, $1) }) { $0 }
      }
    }
    scatterAlong = { operation, layout, places, input, output in
      switch operation {
      case .sum: forEachPlace(layout, places) { output[$1] = .sum(output[$1], input[$0]) }
      case .product: forEachPlace(layout, places) { output[$1] = .product(output[$1], input[$0]) }
      case .minimum: forEachPlace(layout, places) { output[$1] = .smaller(output[$1], input[$0]) }
      case .maximum: forEachPlace(layout, places) { output[$1] = .larger(output[$1], input[$0]) }
      }
    }
    product = { a, b, output, rows, depth, columns in
      // Row by row of `b`, so that the innermost loop is over neighbours.
      for row in 0..<rows {
        let z = output + row * columns
        for column in 0..<columns { z[column] = .zero }
        for k in 0..<depth {
          let (factor, y) = (a[row * depth + k], b + k * columns)
          for column in 0..<columns { z[column] = .sum(z[column], .product(factor, y[column])) }
        }
      }
    }
  }
}

/// Those of `Float`.
public let floatSequential = SequentialKernels(Float.self)
/// Those of `Double`.
public let doubleSequential = SequentialKernels(Double.self)
/// Those of `BFloat16`.
public let bfloat16Sequential = SequentialKernels(BFloat16.self)
#if !((os(macOS) || targetEnvironment(macCatalyst)) && arch(x86_64))
/// Those of `Float16`.
public let float16Sequential = SequentialKernels(Float16.self)
#endif
/// Those of `Int8`.
public let int8Sequential = SequentialKernels(Int8.self)
/// Those of `Int16`.
public let int16Sequential = SequentialKernels(Int16.self)
/// Those of `Int32`.
public let int32Sequential = SequentialKernels(Int32.self)
/// Those of `Int64`.
public let int64Sequential = SequentialKernels(Int64.self)
/// Those of `UInt8`.
public let uint8Sequential = SequentialKernels(UInt8.self)
/// Those of `UInt16`.
public let uint16Sequential = SequentialKernels(UInt16.self)
/// Those of `UInt32`.
public let uint32Sequential = SequentialKernels(UInt32.self)
/// Those of `UInt64`.
public let uint64Sequential = SequentialKernels(UInt64.self)
