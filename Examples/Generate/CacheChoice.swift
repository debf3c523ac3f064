internal import DiT
internal import _ExampleCommandLine

/// The cache that `--cache` names, with its plan for the run.
struct CacheChoice: Sendable {
  /// The method as the library read it.
  let method: CacheMethods.Choice
  /// What is cached when, made once for all batches.
  let plan: CachePlan

  /// Reads the option's value; nil for no cache.
  ///
  /// - Throws: `UsageError` where the library does not know the method or take the settings, or where
  ///   nothing takes the calibration.
  static func method(
    _ text: String?, calibration: String?
  ) throws(UsageError) -> CacheMethods.Choice? {
    var (choice, given): (CacheMethods.Choice?, CacheCalibration?)
    do {
      given = try calibration.map(CacheCalibration.init(path:))
      if let text, text != "none" {
        choice = try CacheMethods.method(text, calibration: given)
      }
    } catch {
      throw .other("--cache: \(error)")
    }
    if let given, choice?.calibrations.contains(given) != true {
      throw .other("--calibration: no method of --cache takes it")
    }
    return choice
  }

  /// The choice for a run.
  ///
  /// - Throws: `UsageError` where the method does not fit it.
  init(_ method: CacheMethods.Choice, for outline: RunOutline) throws(UsageError) {
    self.method = method
    do {
      plan = try method.plan(for: outline)
      try plan.validate(for: outline)
    } catch {
      throw .other("--cache: \(error)")
    }
  }

  /// What is about to be done, in lines.
  var introduction: [String] {
    var lines = ["cache      \(method.text), at most \(plan.peakByteCount / 1000) kB"]
    lines += plan.description.split(separator: "\n").map { "           \($0)" }
    lines += method.warnings(for: plan).map { "           note: \($0)" }
    return lines
  }
}
