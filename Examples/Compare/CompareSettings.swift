internal import DiT
internal import _ExampleCommandLine
internal import _ExampleStudy

/// The options of `compare`, checked.
struct CompareSettings: Sendable {
  /// What `--budget` asks for.
  struct Budget: Codable, Equatable, Sendable {
    /// A share of a run without a cache.
    let share: Double
    /// Of its seconds, or else of its multiply-adds.
    let isOfTime: Bool
  }

  let study: Study
  let methods, ladder: [Candidate]
  let referenceSteps, rounds: Int
  let budget: Budget?
  let output: String
  let isQuiet: Bool
  /// The command that does it again.
  let command: String

  init(_ o: CompareOptions, _ arguments: ParsedArguments, commandLine: [String]) throws {
    for text in arguments[o.methods] {
      do { try Self.checkForm(text) } catch { throw UsageError.other("--method: \(error)") }
    }
    guard arguments.has(o.budget) || !arguments.has(o.budgetUnit) else {
      throw UsageError.other("--budget-of needs a --budget")
    }
    study = try Study(o.study, arguments, version: Compare.version)
    let steps = study.setup.steps
    methods =
      arguments[o.methods].isEmpty
      ? Candidate.allMethods(steps: steps)
      : arguments[o.methods].map { .method($0, steps: steps) }
    ladder =
      arguments[o.ladder] == "none"
      ? [] : Candidate.ladder(below: steps, all: arguments[o.ladder] == "all")
    (referenceSteps, rounds) = (arguments[o.referenceSteps], arguments[o.rounds])
    try study.require(steps: referenceSteps, of: "--reference-steps")
    budget = arguments[o.budget].map {
      Budget(share: $0, isOfTime: arguments[o.budgetUnit] == "time")
    }
    (output, isQuiet) = (arguments[o.output], arguments[o.quiet])
    command = (["swift", "run", "-c", "release", "compare"] + commandLine).map(quoted)
      .joined(separator: " ")
  }

  /// Throws where a method is misspelt, before anything is drawn.
  ///
  /// Whether it applies to the model shows only when it is drawn, and a calibration is measured
  /// only then.
  private static func checkForm(_ text: String) throws(CacheError) {
    for part in text.split(separator: "+", omittingEmptySubsequences: false) {
      let type = try CacheMethods.type(named: String(part.prefix { $0 != ":" }))
      if !(type is any CalibratedCacheMethod.Type) { _ = try CacheMethods.method(String(part)) }
    }
  }

  /// The references, which are drawn first.
  var references: [Candidate] {
    [
      Candidate(kind: .reference, steps: study.setup.steps, cache: nil),
      Candidate(kind: .longReference, steps: referenceSteps, cache: nil),
    ]
  }
}

/// A word as a shell takes it.
private func quoted(_ word: String) -> String {
  word.allSatisfy { $0.isLetter || $0.isNumber || "-_=:,./+%".contains($0) } && !word.isEmpty
    ? word : "'" + word.replacing("'", with: #"'\''"#) + "'"
}
