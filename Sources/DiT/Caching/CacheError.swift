/// A text that names no cache, or a cache that does not suit a model or a run.
public enum CacheError: Error, Hashable, CustomStringConvertible {
  /// The text is not of the form `NAME[:KEY=VALUE,…][+…]`.
  case form(String)
  /// There is no method of this name.
  case unknownMethod(String, known: [String])
  /// The method has no such key.
  case unknownKey(String, method: String, known: [String])
  /// A second preset is given.
  case presets(method: String, second: String)
  /// A value is not among those that its key takes.
  case value(key: String, method: String, found: String, expected: String)
  /// The method does nothing for this model or run, and why.
  case inapplicable(method: String, reason: String)
  /// The method needs a calibration, and none was given.
  case calibrationMissing(method: String)
  /// A calibration was made for something else.
  case calibration(method: String, what: String, expected: String, found: String)
  /// A file that is no calibration, and why.
  case calibrationFile(String, reason: String)
  /// The model does not have a site.
  case site(CacheSite, depth: Int)
  /// A plan is for another number of steps.
  case stepCount(plan: Int, run: Int)
  /// A plan is for another number of blocks.
  case depth(plan: Int, model: Int)
  /// A step reuses what no step before it has kept.
  case nothingToReuse(site: CacheSite, step: Int)
  /// A guided step reuses what a step without the unconditional stream has kept.
  case unguidedRecord(site: CacheSite, recorded: Int, reused: Int)
  /// Two sites overlap, and one of them is reused in a step in which the other is needed.
  case conflict(CacheSite, CacheSite, step: Int)
  /// A gate looks at a value that another rule may reuse in the same step.
  case hiddenProbe(CacheProbe, by: CacheSite, step: Int)
  /// A target that the method cannot meet.
  case target(Double, allowed: ClosedRange<Double>)

  /// The error in a sentence.
  public var description: String {
    switch self {
    case .form(let text):
      "'\(text)' is not of the form NAME[:KEY=VALUE,...] with each key once, several joined with +"
    case .unknownMethod(let name, let known):
      "there is no cache '\(name)'; there are \(known.joined(separator: ", "))"
    case .unknownKey(let key, let method, let known):
      "\(method) has no '\(key)'; it has \(known.joined(separator: ", "))"
    case .presets(let method, let second): "\(method) takes one preset, and '\(second)' is another"
    case .value(let key, let method, let found, let expected):
      "\(method): \(key) must be \(expected), not '\(found)'"
    case .inapplicable(let method, let reason): "\(method) cannot apply: \(reason)"
    case .calibrationMissing(let method):
      "\(method) needs a calibration of this model; make one first and give calibration=FILE"
    case .calibration(let method, let what, let expected, let found):
      "\(method): the calibration is of \(what) \(found), the run has \(expected)"
    case .calibrationFile(let file, let reason): "\(file) is no calibration of a cache: \(reason)"
    case .site(let site, let depth):
      "\(site) cannot be cached: the model has "
        + (depth > 0 ? "blocks 0-\(depth - 1)" : "no blocks")
    case .stepCount(let plan, let run): "a cache plan of \(plan) steps meets a run of \(run)"
    case .depth(let plan, let model):
      "a cache plan for \(plan) blocks meets a model of \(model)"
    case .nothingToReuse(let site, let step):
      "\(site): step \(step) would reuse what no step before it has kept"
    case .unguidedRecord(let site, let recorded, let reused):
      "\(site): step \(recorded) computes the conditional stream alone; what it keeps cannot "
        + "serve step \(reused), which computes both"
    case .conflict(let a, let b, let step):
      "\(a) and \(b) cannot both be cached in step \(step)"
    case .hiddenProbe(let probe, let site, let step):
      "a gate looks at the \(probe), which \(site) may not compute in step \(step)"
    case .target(let target, let allowed):
      "a target of \(target) is out of reach: from \(allowed.lowerBound) to "
        + "\(allowed.upperBound) is possible"
    }
  }
}
