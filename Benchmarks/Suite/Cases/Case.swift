internal import Kernels

/// A piece of work that is timed, at the shape of a real model.
struct Case {
  /// The kernel, a part of the name.
  let family: String
  /// The precision of its operands, a part of the name.
  let precision: Precision
  /// The shape, a part of the name.
  let shape: String
  /// Where the shape is from.
  var note = ""
  /// What one call has to do.
  let work: Work
  /// Whether it is left out unless it is asked for.
  var isLong = false
  /// Whether it is a whole model, whose calls take seconds.
  var isModel = false
  /// Whether it splits its work over the threads of the workspace.
  var isThreaded = true
  /// Prepares the data and returns the work to time.
  let prepare: () throws -> (Workspace) -> Void

  /// The name, `family/precision/shape`.
  var name: String { "\(family)/\(precision.rawValue)/\(shape)" }

  /// All cases, in the order of the table.
  static var all: [Case] {
    products + attentions + functions + normalizations + images + layers + elementwise + arrays
      + numerics + steps + decodes
  }
}

extension [Int] {
  /// The extents joined by `x`, as names have them.
  var joined: String { map(String.init).joined(separator: "x") }
}
