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
  /// - Throws: `UsageError` where the library does not know the method or takes the settings.
  static func method(
    _ text: String?, calibration: String?
  ) throws(UsageError) -> CacheMethods.Choice? {
    guard let text, text != "none" else { return nil }
    do {
      let calibration = try calibration.map(CacheCalibration.init(path:))
      return try CacheMethods.method(text, calibration: calibration)
    } catch {
      throw .other("--cache: \(error)")
    }
  }

  /// The choice for a run.
  ///
  /// - Throws: `UsageError` where the method does not fit it.
  init(_ method: CacheMethods.Choice, for outline: RunOutline) throws(UsageError) {
    self.method = method
    do {
      plan = try method.plan(for: outline)
    } catch {
      throw .other("--cache: \(error)")
    }
  }

  /// What is about to be done, in lines.
  var introduction: [String] {
    var lines = ["cache      \(method.text), at most \(plan.peakByteCount / 1000) kB"]
    lines += plan.description.split(separator: "\n").map { "           \($0)" }
    lines += method.warnings(for: plan.outline).map { "           note: \($0)" }
    return lines
  }
}
