/// All methods of caching, by name, and the parser of texts such as `delta-dit:n=2`.
public enum CacheMethods {
  /// The methods, in the order of the help.
  public static let all: [any NamedCacheMethod.Type] = [
    DeltaDiT.self, DeltaCache.self, StepMask.self, FORA.self, SmoothCache.self, TaylorSeer.self,
    ABCache.self, FirstBlockCache.self, EasyCache.self, FasterCacheGuidance.self,
    DBCache.self, TeaCache.self, SeaCache.self, MagCache.self, AdaCache.self,
    Foresight.self,
    FasterDiffusion.self, PyramidAttentionBroadcast.self, FasterCache.self, TGATE.self,
    HiCache.self, FoCa.self, FreqCa.self, SpeCa.self, DiCache.self,
    FEBCache.self, ProfilingDiT.self, LeMiCa.self, CacheQuant.self, QAndC.self, ICC.self,
    DiTFastAttn.self,
  ]

  /// A method as a text names it, with the settings of the text.
  public struct Choice: CacheMethod {
    /// The method's name, or several with `+` between them.
    public let name: String
    /// The text, with the settings of a preset in place of its name.
    public let text: String
    private let method: any CacheMethod
    /// The calibrations that the methods take.
    public let calibrations: [CacheCalibration]
    /// The method with another threshold; nil where it has none.
    private let trials: Trials?

    /// A method whose threshold may be another one.
    fileprivate struct Trials: Sendable {
      let key: String
      let method: @Sendable (_ threshold: Double) -> (any CacheMethod)?
    }

    fileprivate init(
      name: String, text: String, method: any CacheMethod, calibrations: [CacheCalibration],
      trials: Trials? = nil
    ) {
      (self.name, self.text, self.method) = (name, text, method)
      (self.calibrations, self.trials) = (calibrations, trials)
    }

    /// Several methods at once.
    fileprivate init(joining parts: [Choice]) {
      self.init(
        name: parts.map(\.name).joined(separator: "+"),
        text: parts.map(\.text).joined(separator: "+"), method: JoinedCache(parts),
        calibrations: parts.flatMap(\.calibrations))
    }

    /// What a user should know before a run with a plan of this method.
    public func warnings(for plan: CachePlan) -> [String] {
      let steps = plan.outline.stepCount
      var warnings = calibrations.flatMap { $0.warnings(for: plan.outline) }
      if plan.rules.isEmpty, plan.sampleCorrections.isEmpty {
        warnings.append(
          "with these settings nothing is reused in \(steps) steps"
            + (usefulThreshold(for: plan.outline).map { "; with \($0) something is" } ?? ""))
      }
      if steps <= 8 {
        warnings.append(
          "\(steps) steps are few: neighbouring ones differ much, and little can be reused")
      }
      return warnings
    }

    /// About the least threshold with which a plan reuses something, such as `alpha=0.02`, or
    /// words for all but zero; nil where none does.
    private func usefulThreshold(for run: RunOutline) -> String? {
      guard let trials else { return nil }
      func reuses(_ threshold: Double) -> Bool {
        (try? trials.method(threshold)?.plan(for: run).rules.isEmpty) == false
      }
      var (low, high) = (1e-9, 1e9)
      guard reuses(high) else { return nil }
      guard !reuses(low) else { return "any \(trials.key) above 0" }
      while high > 1.01 * low {
        let middle = (low * high).squareRoot()
        if reuses(middle) { high = middle } else { low = middle }
      }
      // So much more that the digits that are left out do not matter.
      return "\(trials.key)=\(short(1.001 * high))"
    }

    /// The plan of a run; see `CacheMethod`.
    public func plan(for run: RunOutline) throws(CacheError) -> CachePlan {
      try method.plan(for: run)
    }
  }

  /// The method that a text names: `NAME[:ITEM,…]`, several joined with `+`.
  ///
  /// An item is `key=value`, `dry`, a word that the method takes, or a preset: `quality`,
  /// `balanced` or `fast`. Keys beside a preset overrule its settings. All methods take `warmup=`,
  /// `cooldown=` and `most=`; those that measure the model first also take `calibration=FILE`.
  ///
  /// - Parameters:
  ///   - text: Such as `delta-dit:n=2+faster-cache-guidance:fast`.
  ///   - calibration: The calibration for methods that need one and name no file.
  /// - Returns: The method.
  /// - Throws: `CacheError`, which lists the methods, or the keys, that there are.
  public static func method(
    _ text: String, calibration: CacheCalibration? = nil
  ) throws(CacheError) -> Choice {
    var parts: [Choice] = []
    for part in text.split(separator: "+", omittingEmptySubsequences: false) {
      parts.append(try single(String(part), calibration: calibration))
    }
    return parts.count == 1 ? parts[0] : Choice(joining: parts)
  }

  /// The type of the method of a name.
  ///
  /// - Throws: `CacheError.unknownMethod`.
  public static func type(named name: String) throws(CacheError) -> any NamedCacheMethod.Type {
    guard let type = all.first(where: { $0.name == name }) else {
      throw .unknownMethod(name, known: all.map { $0.name })
    }
    return type
  }

  private static func single(
    _ text: String, calibration: CacheCalibration?
  ) throws(CacheError) -> Choice {
    let sides = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard let name = sides.first, isWord(name) else { throw .form(text) }
    let type = try type(named: String(name))
    let given = try items(sides.count == 2 ? sides[1] : nil, of: text)
    var (values, words, preset) = (given.values, given.words, String?.none)
    if let place = words.firstIndex(where: { CachePresets.names.contains($0) }) {
      preset = type.about.presets[words.remove(at: place)]
      let settings = try items(preset.map { $0[...] }, of: text)
      values.merge(settings.values) { own, _ in own }
      if let second = words.first(where: { CachePresets.names.contains($0) }) {
        throw .presets(method: type.name, second: second)
      }
      words += settings.words
    }
    var parameters = CacheParameters(
      method: type.name, values: values, words: words, calibration: calibration)
    let method = try configured(type, &parameters)
    try parameters.finish()
    let trials = parameters.thresholdKey.map { key in
      Choice.Trials(key: key) { [values, words, calibration = parameters.calibration] threshold in
        var values = values
        values[key] = "\(threshold)"
        // It is read already.
        values["calibration"] = nil
        var other = CacheParameters(
          method: type.name, values: values, words: words, calibration: calibration)
        return try? configured(type, &other)
      }
    }
    let shown = words + values.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    let settings = shown.isEmpty ? "" : ":" + shown.joined(separator: ",")
    return Choice(
      name: type.name, text: preset == nil ? text : type.name + settings,
      method: method,
      calibrations: type is any CalibratedCacheMethod.Type
        ? [parameters.calibration].compactMap { $0 } : [], trials: trials)
  }

  /// A method with the settings that all methods have.
  private static func configured(
    _ type: any NamedCacheMethod.Type, _ parameters: inout CacheParameters
  ) throws(CacheError) -> LimitedCache {
    let isDry = parameters.flag("dry", "compute everything, and print what would have been reused")
    try parameters.readLimits(default: type.limits)
    if type is any CalibratedCacheMethod.Type { try parameters.readCalibration() }
    return LimitedCache(try type.init(&parameters), limits: parameters.limits, isDry: isDry)
  }

  /// The keys that a method takes.
  public static func keys(of type: any NamedCacheMethod.Type) -> [CacheParameters.Key] {
    var parameters = CacheParameters(listing: type.name)
    _ = try? configured(type, &parameters)
    // The keys that all methods have come last.
    let common = 1 + CacheParameters.limitKeys.count
    return Array(parameters.keys.dropFirst(common) + parameters.keys.prefix(common))
  }

  /// A text that lists every method with its keys, defaults, presets and source.
  public static var list: String {
    all.map { type in
      let about = type.about
      var lines = [about.name, "  " + about.summary, "  " + about.source]
      let keys = keys(of: type).filter { $0.name != "dry" }
      lines += aligned(
        keys.map { key in
          let standard = key.standard.isEmpty ? "" : " (\(key.standard))"
          return ("  " + key.name, key.meaning + standard)
        }
      ).split(separator: "\n").map(String.init)
      for name in CachePresets.names {
        lines.append("  \(name): \(about.presets[name].map { $0.isEmpty ? "defaults" : $0 } ?? "")")
      }
      return lines.joined(separator: "\n")
    }.joined(separator: "\n\n")
      + "\n\nEvery method also takes 'dry': it computes everything and prints, step by step, the "
      + "indicator and\nwhat other thresholds would have done. Several methods are joined with +."
  }

  private static func items(
    _ text: Substring?, of whole: String
  ) throws(CacheError) -> (values: [String: String], words: [String]) {
    var (values, words) = ([String: String](), [String]())
    guard let text, !text.isEmpty else {
      if text != nil, whole.hasSuffix(":") { throw .form(whole) }
      return (values, words)
    }
    for item in text.split(separator: ",", omittingEmptySubsequences: false) {
      let sides = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let key = sides.first, !item.isEmpty else { throw .form(whole) }
      if sides.count == 1 {
        words.append(String(item))
      } else {
        guard isWord(key), !sides[1].isEmpty,
          values.updateValue(String(sides[1]), forKey: String(key)) == nil
        else { throw .form(whole) }
      }
    }
    return (values, words)
  }

  private static func isWord(_ text: Substring) -> Bool {
    !text.isEmpty && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
  }
}
