internal import _KernelsSequential

// Sorting puts NaN last (first where it falls), takes both zeros for equal, and leaves equals in their
// order. Truth values, whole numbers and all floating-point numbers are sorted by their digits, which
// takes as long whatever their order.
extension Tensor {
  /// The elements along an axis in rising order, or in falling one.
  ///
  ///     Tensor([3, 1, .nan, 2]).sorted()             // [1, 2, 3, nan]
  ///     Tensor([3, 1, 2]).sorted(descending: true)   // [3, 2, 1]
  ///
  /// - Parameters:
  ///   - axis: The axis, the last by default; a negative one counts from the end.
  ///   - descending: The largest first, and NaN before it.
  ///   - file: The caller's file, for a message.
  ///   - line: The caller's line, for a message.
  /// - Returns: The result.
  public func sorted(
    axis: Int = -1, descending: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    alongLastAxis(axis, "sort", file, line) { source, rows, count in
      let result = Tensor(uninitialized: source.shape)
      source.withUnsafeElements { elements in
        guard let base = elements.baseAddress else { return }
        nonisolated(unsafe) let (input, output) = (base, result.mutablePointer)
        inParallel(rows, cost: 32 * count) { range in
          let start = range.lowerBound * count
          sort(
            Scalar.scalarType, input + start, output + start, rows: range.count, count: count,
            isFalling: descending)
        }
      }
      return result
    }
  }

  /// The places of the elements along an axis in the order of the elements; equals stay in theirs.
  ///
  ///     Tensor([3, 1, 2]).argsort()   // [1, 2, 0]
  ///
  /// - Parameters:
  ///   - axis: The axis, the last by default; a negative one counts from the end.
  ///   - descending: The largest first, and NaN before it.
  ///   - file: The caller's file, for a message.
  ///   - line: The caller's line, for a message.
  /// - Returns: The result.
  public func argsort(
    axis: Int = -1, descending: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor<Int64> {
    alongLastAxis(axis, "argsort", file, line) { source, rows, count in
      let result = Tensor<Int64>(uninitialized: source.shape)
      source.withUnsafeElements { elements in
        guard let base = elements.baseAddress else { return }
        nonisolated(unsafe) let (input, output) = (base, result.mutablePointer)
        inParallel(rows, cost: 32 * count) { range in
          let start = range.lowerBound * count
          order(
            Scalar.scalarType, input + start, output + start, rows: range.count, count: count,
            isFalling: descending)
        }
      }
      return result
    }
  }

  /// The largest elements along an axis and their places, the largest first: PyTorch's `topk`.
  ///
  ///     let (values, places) = Tensor([3, 9, 1, 7]).top(2)
  ///     values   // [9, 7]
  ///     places   // [1, 3]
  ///
  /// - Parameters:
  ///   - count: How many, at most the extent of the axis.
  ///   - axis: The axis, the last by default; a negative one counts from the end.
  ///   - smallest: The smallest instead, the smallest first.
  ///   - file: The caller's file, for a message.
  ///   - line: The caller's line, for a message.
  /// - Returns: The result.
  public func top(
    _ count: Int, axis: Int = -1, smallest: Bool = false, file: StaticString = #fileID,
    line: UInt = #line
  ) -> (values: Tensor, places: Tensor<Int64>) {
    let axis = self.axis(axis, "top", file, line)
    check(
      (0...shape[axis]).contains(count),
      "top: axis \(axis) of \(shape) has not \(count) elements", file: file, line: line)
    guard (1...mostOfTop).contains(count) else {
      let places = argsort(axis: axis, descending: !smallest).narrowed(axis, 0..<count).copied()
      return (gathered(along: axis, places), places)
    }
    let places: Tensor<Int64> = alongLastAxis(axis, "top", file, line) { source, rows, extent in
      let result = Tensor<Int64>(uninitialized: source.shape.dropLast() + [count])
      source.withUnsafeElements { elements in
        guard let base = elements.baseAddress else { return }
        nonisolated(unsafe) let (input, output) = (base, result.mutablePointer)
        inParallel(rows, cost: 8 * extent) { range in
          _KernelsSequential.top(
            Scalar.scalarType, input + range.lowerBound * extent, output + range.lowerBound * count,
            rows: range.count, count: extent, wanted: count, isFalling: !smallest)
        }
      }
      return result
    }.contiguous()
    return (gathered(along: axis, places), places)
  }

  /// Calls `body` with the tensor, an axis last and without gaps, and puts that axis of the result back.
  private func alongLastAxis<Output>(
    _ axis: Int, _ name: String, _ file: StaticString, _ line: UInt,
    _ body: (Tensor, Int, Int) -> Tensor<Output>
  ) -> Tensor<Output> {
    // A single element is a row of its own.
    guard rank > 0 else { return body(reshaped([1]), 1, 1).reshaped([]) }
    let axis = self.axis(axis, name, file, line)
    let source = movingAxis(axis, to: -1).contiguous()
    let extent = shape[axis]
    let rows = extent > 0 ? count / extent : 0
    return body(source, rows, extent).movingAxis(-1, to: axis)
  }
}

/// The different elements of a tensor, in rising order, and where they are.
public struct UniqueElements<Scalar: TensorScalar>: Sendable {
  /// The elements, a vector.
  public let values: Tensor<Scalar>
  /// The place in row-major order of the first of each.
  public let firstPlaces: Tensor<Int64>
  /// The place in `values` of each element of the tensor, in its shape.
  public let inverse: Tensor<Int64>
  /// How often each is there.
  public let counts: Tensor<Int64>
}

extension Tensor {
  /// The different elements in rising order; all NaN are one, and so are both zeros.
  ///
  ///     let x: Tensor<Int32> = [3, 1, 3]
  ///     x.unique().values   // [1, 3]
  ///     x.unique().counts   // [1, 2]
  public func unique() -> UniqueElements<Scalar> {
    let flat = flattened()
    let order = flat.argsort()
    let sorted = flat.gathered(order)
    let groups = Tensor<Int64>(uninitialized: [count])
    let groupCount = sorted.withUnsafeElements { elements in
      elements.baseAddress.map {
        runs(Scalar.scalarType, $0, groups.mutablePointer, count: count)
      } ?? 0
    }
    var counts = Tensor<Int64>(zeros: [groupCount])
    counts.add(1, along: 0, at: groups)
    var inverse = Tensor<Int64>(zeros: [count])
    inverse.put(groups, along: 0, at: order)
    // The order is stable: the first of a group is the first in the tensor.
    let ends = counts.cumulativeSum(axis: 0)
    let firstPlaces = order.gathered(ends - counts)
    return UniqueElements(
      values: flat.gathered(firstPlaces), firstPlaces: firstPlaces,
      inverse: inverse.reshaped(shape), counts: counts)
  }

  /// The place at which each value would have to be put into a sorted vector to leave it sorted:
  /// NumPy's `searchsorted`.
  ///
  ///     Tensor([1, 3, 5]).places(for: [0, 3, 9])   // [0, 1, 3]
  ///
  /// - Parameters:
  ///   - values: Of any shape.
  ///   - behindEquals: Behind those equal to it, not before them.
  ///   - file: The caller's file, for a message.
  ///   - line: The caller's line, for a message.
  /// - Returns: The result.
  /// - Precondition: This is a vector in rising order.
  public func places(
    for values: Tensor, behindEquals: Bool = false, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor<Int64> {
    check(rank == 1, "places: \(shape) is no vector", file: file, line: line)
    let result = Tensor<Int64>(uninitialized: values.shape)
    withUnsafeElements { elements in
      values.withUnsafeElements { values in
        guard let first = elements.baseAddress, let wanted = values.baseAddress else { return }
        nonisolated(unsafe) let (sorted, input) = (first, wanted)
        nonisolated(unsafe) let output = result.mutablePointer
        let sortedCount = elements.count
        inParallel(values.count, grain: 8, cost: 128) { range in
          search(
            Scalar.scalarType, sorted: sorted, sortedCount: sortedCount,
            values: input + range.lowerBound, count: range.count, output + range.lowerBound,
            isAfterEquals: behindEquals)
        }
      }
    }
    return result
  }

  /// Where an element is one of some values: NumPy's `isin`.
  ///
  /// NaN is none.
  ///
  ///     Tensor([1, 2, 3]).isIn([3, 1])   // [true, false, true]
  public func isIn(_ values: Tensor) -> Tensor<Bool> {
    let sorted = values.flattened().sorted()
    guard sorted.count > 0 else { return Tensor<Bool>(repeating: false, shape: shape) }
    let places = sorted.places(for: self)
    let candidates = sorted.gathered(minimum(places, Int64(sorted.count - 1)))
    return Tensor<Bool>(
      zip(candidates.elements, elements).map { $0 == $1 }, shape: shape)
  }

  /// The different elements that are in both tensors, in rising order.
  ///
  ///     Tensor([1, 2, 2, 3]).intersection([2, 3, 4])   // [2, 3]
  public func intersection(_ other: Tensor) -> Tensor {
    let values = unique().values
    return values[values.isIn(other)]
  }

  /// The different elements that are in either tensor, in rising order.
  ///
  ///     Tensor([1, 2, 2, 3]).union([2, 3, 4])   // [1, 2, 3, 4]
  public func union(_ other: Tensor) -> Tensor {
    Tensor(concatenating: [flattened(), other.flattened()]).unique().values
  }

  /// The different elements that are not in another tensor, in rising order.
  ///
  ///     Tensor([1, 2, 2, 3]).subtracting([2, 3, 4])   // [1]
  public func subtracting(_ other: Tensor) -> Tensor {
    let values = unique().values
    return values[.!values.isIn(other)]
  }

  /// The different elements that are in just one of both tensors, in rising order.
  ///
  ///     Tensor([1, 2, 2, 3]).symmetricDifference([2, 3, 4])   // [1, 4]
  public func symmetricDifference(_ other: Tensor) -> Tensor {
    subtracting(other).union(other.subtracting(self))
  }
}

/// The places of rows in the order of several keys, the first of which decides, then the next: NumPy's
/// `lexsort` with its keys in the opposite order.
///
///     argsort(by: [Tensor([1, 0, 1]), Tensor([5, 9, 4])])   // [1, 2, 0]
///
/// - Parameters:
///   - keys: Vectors of one length, at least one.
///   - file: The caller's file, for a message.
///   - line: The caller's line, for a message.
/// - Returns: The result.
public func argsort<Scalar: TensorScalar>(
  by keys: [Tensor<Scalar>], file: StaticString = #fileID, line: UInt = #line
) -> Tensor<Int64> {
  check(
    !keys.isEmpty && keys.allSatisfy { $0.rank == 1 && $0.count == keys[0].count },
    "argsort: keys of shapes \(keys.map(\.shape)) do not go together", file: file, line: line)
  // By the last key first: later sorts leave equals in their order.
  return keys.reversed().reduce(Tensor<Int64>(range: 0..<keys[0].count)) { order, key in
    order.gathered(key.gathered(order).argsort())
  }
}
