/// What the cases of a kernel came to.
struct Outcome {
  /// The kernels that failed so far.
  nonisolated(unsafe) static var failures = 0

  private let name: String
  private var cases = 0
  private var largest = 0.0
  private var failure: String?

  init(_ name: String) { self.name = name }

  /// Counts a case, whose error may be as large as `bound`; NaN is too large.
  mutating func expect(_ error: Double, within bound: Double, _ label: @autoclosure () -> String) {
    cases += 1
    largest = max(largest, error)
    if !(error <= bound) && failure == nil {
      failure = "\(label()): error \(error), at most \(bound)"
    }
  }

  /// Counts a case that has no error, or is wrong.
  mutating func expect(_ isRight: Bool, _ label: @autoclosure () -> String) {
    cases += 1
    if !isRight && failure == nil { failure = label() }
  }

  /// Prints the line of the kernel; `unit` says what errors are counted in.
  func report(_ unit: String = "") {
    if let failure {
      Outcome.failures += 1
      print("FAILED \(name): \(failure)")
    } else {
      print("ok \(name): \(cases) cases, largest error \(Float(largest))\(unit)")
    }
  }
}
