/// What may stand in a tensor's subscript for one dimension.
///
///     let t: Tensor<Int32> = [[1, 2, 3], [4, 5, 6], [7, 8, 9]]
///     t[0]                           // [1, 2, 3]
///     t[-1, 1..<3]                   // [8, 9]
///     t[.all, .stride(by: 2)]        // [[1, 3], [4, 6], [7, 9]]
///     t[.ellipsis, .newAxis].shape   // [3, 3, 1]
///
/// A negative number counts from the end, also in a range:
///
///     let t: Tensor<Int32> = [1, 2, 3, 4]
///     t[-2...]    // [3, 4]
///     t[1..<-1]   // [2, 3]
///
/// (With a space, `1 ..< -1` is a range of Swift's, which has no end before its start.)
public protocol TensorIndex {
  /// What it selects.
  var selection: TensorSelection { get }
}

/// What a subscript selects of one dimension.
public enum TensorSelection: Sendable, Hashable, TensorIndex {
  /// One element; the dimension goes.
  case index(Int)
  /// The elements from `start` up to, not including, `end`; all that there are where nil.
  case slice(start: Int?, end: Int?, step: Int)
  /// A dimension of extent one that was not there.
  case insertion
  /// As many whole dimensions as the subscript does not name.
  case rest

  /// Itself.
  public var selection: TensorSelection { self }
}

extension Int: TensorIndex {
  /// One element.
  public var selection: TensorSelection { .index(self) }
}

extension Range<Int>: TensorIndex {
  /// The elements of the range.
  public var selection: TensorSelection { .slice(start: lowerBound, end: upperBound, step: 1) }
}

extension ClosedRange<Int>: TensorIndex {
  /// The elements of the range.
  public var selection: TensorSelection {
    .slice(start: lowerBound, end: endBehind(upperBound), step: 1)
  }
}

extension PartialRangeFrom<Int>: TensorIndex {
  /// The elements from the bound on.
  public var selection: TensorSelection { .slice(start: lowerBound, end: nil, step: 1) }
}

extension PartialRangeUpTo<Int>: TensorIndex {
  /// The elements before the bound.
  public var selection: TensorSelection { .slice(start: nil, end: upperBound, step: 1) }
}

extension PartialRangeThrough<Int>: TensorIndex {
  /// The elements up to the bound and the one there.
  public var selection: TensorSelection {
    .slice(start: nil, end: endBehind(upperBound), step: 1)
  }
}

extension TensorIndex where Self == TensorSelection {
  /// A dimension of extent one that was not there.
  public static var newAxis: TensorSelection { .insertion }

  /// As many whole dimensions as the subscript does not name.
  public static var ellipsis: TensorSelection { .rest }

  /// The whole dimension.
  public static var all: TensorSelection { .slice(start: nil, end: nil, step: 1) }

  /// Every `step`-th element; backwards where that is negative.
  public static func stride(from start: Int? = nil, to end: Int? = nil, by step: Int)
    -> TensorSelection
  {
    .slice(start: start, end: end, step: step)
  }
}

/// The end of a slice that has an element of its own at a place; nil where that is the last one.
private func endBehind(_ place: Int) -> Int? {
  place == -1 || place == .max ? nil : place + 1
}

// A minus sign at an end of a range is a part of the operator to the compiler, or negates the range;
// these make what is written mean what it says.

prefix operator ..<-
prefix operator ...-
infix operator ..<- : RangeFormationPrecedence
infix operator ...- : RangeFormationPrecedence

/// The elements from one on that is counted from the end: `t[-2...]`.
public prefix func - (range: PartialRangeFrom<Int>) -> TensorSelection {
  .slice(start: -range.lowerBound, end: nil, step: 1)
}

/// The elements before one that is counted from the end: `t[..<-1]`.
public prefix func ..<- (end: Int) -> TensorSelection {
  .slice(start: nil, end: -end, step: 1)
}

/// The elements up to one that is counted from the end: `t[...-2]`.
public prefix func ...- (end: Int) -> TensorSelection {
  .slice(start: nil, end: endBehind(-end), step: 1)
}

/// The elements from one to before another that is counted from the end: `t[1..<-1]`.
public func ..<- (start: Int, end: Int) -> TensorSelection {
  .slice(start: start, end: -end, step: 1)
}

/// The elements from one to another that is counted from the end: `t[1...-2]`.
public func ...- (start: Int, end: Int) -> TensorSelection {
  .slice(start: start, end: endBehind(-end), step: 1)
}
