/// What stands around a tensor that is padded.
public enum PadMode: String, Sendable, Hashable, CaseIterable {
  /// The elements at the edge, again and again: PyTorch's `replicate`.
  case edge
  /// The elements in a mirror that stands on the edge, which is not repeated.
  case reflect
  /// The elements in a mirror that stands behind the edge, which is repeated.
  case symmetric
  /// The elements from the other end: PyTorch's `circular`.
  case wrap
}

extension Tensor {
  /// A copy padded with an element.
  ///
  ///     Tensor([1, 2]).padded([(1, 2)], with: 0)   // [0, 1, 2, 0, 0]
  ///
  /// - Parameters:
  ///   - widths: For each axis, how many are added before and after.
  ///   - element: What is added.
  ///   - file: The caller's file, for a message.
  ///   - line: The caller's line, for a message.
  /// - Returns: A larger tensor.
  public func padded(
    _ widths: [(before: Int, after: Int)], with element: Scalar, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    let result = Tensor(repeating: element, shape: paddedShape(widths, file, line))
    var part = result
    for axis in shape.indices {
      part = part.narrowed(axis, widths[axis].before..<widths[axis].before + shape[axis])
    }
    part.update(from: self)
    return result
  }

  /// A copy padded with elements of its own.
  ///
  ///     Tensor([1, 2, 3]).padded([(2, 2)], .reflect)   // [3, 2, 1, 2, 3, 2, 1]
  ///
  /// - Parameters:
  ///   - widths: For each axis, how many are added before and after; as many as one likes.
  ///   - mode: Which.
  ///   - file: The caller's file, for a message.
  ///   - line: The caller's line, for a message.
  /// - Returns: The result.
  /// - Precondition: An axis to which elements are added has some.
  public func padded(
    _ widths: [(before: Int, after: Int)], _ mode: PadMode, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    let result = Tensor(uninitialized: paddedShape(widths, file, line))
    for axis in shape.indices where result.shape[axis] != shape[axis] {
      check(
        shape[axis] > 0, "pad: axis \(axis) of \(shape) has nothing to repeat", file: file,
        line: line)
    }
    let inner = zip(shape, widths).map { $1.before..<$1.before + $0 }
    var middle = result
    for axis in shape.indices { middle = middle.narrowed(axis, inner[axis]) }
    middle.update(from: self)
    // Of the last axis first, whose slices are as long as the tensor was; the next ones are longer.
    for axis in shape.indices.reversed() {
      var whole = result
      for other in shape.indices where other < axis { whole = whole.narrowed(other, inner[other]) }
      let outside = [0..<inner[axis].lowerBound, inner[axis].upperBound..<result.shape[axis]]
      for place in outside.joined() {
        let source =
          inner[axis].lowerBound + mode.source(place - inner[axis].lowerBound, shape[axis])
        var slice = whole.narrowed(axis, place..<place + 1)
        slice.update(from: whole.narrowed(axis, source..<source + 1))
      }
    }
    return result
  }

  private func paddedShape(
    _ widths: [(before: Int, after: Int)], _ file: StaticString, _ line: UInt
  ) -> [Int] {
    check(
      widths.count == rank && widths.allSatisfy { $0.before >= 0 && $0.after >= 0 },
      "pad: \(widths) does not fit \(shape)", file: file, line: line)
    return zip(shape, widths).map { extent, width in
      let (some, isTooLarge) = extent.addingReportingOverflow(width.before)
      let (all, isStillTooLarge) = some.addingReportingOverflow(width.after)
      check(
        !isTooLarge && !isStillTooLarge, "pad: \(shape) and \(widths) are too large", file: file,
        line: line)
      return all
    }
  }
}

extension PadMode {
  /// The element that stands at a place, which may be before or behind all of them.
  fileprivate func source(_ place: Int, _ extent: Int) -> Int {
    func remainder(_ period: Int) -> Int { (place % period + period) % period }
    switch self {
    case .edge: return min(max(place, 0), extent - 1)
    case .wrap: return remainder(extent)
    case .reflect:
      let period = max(2 * (extent - 1), 1)
      let place = remainder(period)
      return min(place, period - place)
    case .symmetric:
      let place = remainder(2 * extent)
      return min(place, 2 * extent - 1 - place)
    }
  }
}
