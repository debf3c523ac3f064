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
    let padded = paddedShape(widths, file, line)
    var result = self
    for axis in shape.indices where padded[axis] != shape[axis] {
      let extent = shape[axis]
      check(
        extent > 0, "pad: axis \(axis) of \(shape) has nothing to repeat", file: file, line: line)
      let places = (-widths[axis].before..<extent + widths[axis].after).map {
        Int64(mode.source($0, extent))
      }
      result = result.gathered(Tensor<Int64>(places), axis: axis)
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
