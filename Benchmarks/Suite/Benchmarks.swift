internal import Foundation
internal import Kernels
internal import _ExampleCommandLine

/// Times the kernels and models, and says how much of the machine's peak they reach.
@main
struct Benchmarks {
  static let filter = Option(
    "filter", each: .text, default: "all but the longest",
    "only cases with this text in their names, or one of several with commas between them; may be "
      + "repeated")
  static let all = Option(flag: "all", "the longest cases too")
  static let isa = Option(
    "isa", optional: .choice(Workspace.supportedInstructionSets), default: "the widest",
    "the instruction set")
  static let threads = Option(
    "threads", short: "t", optional: .integer(1...1024), default: "1 and all processors",
    "the number of threads")
  static let samples = Option(
    "samples", optional: .integer(1...1000),
    default: "0.2 s of them, at least 5 (3 of models) unless that takes a second",
    "samples of each")
  static let json = Option(flag: "json", "print a report for programs")
  static let compare = Option(
    "compare", optional: .path, "a report of --json; say what moved beyond the noise since")
  static let list = Option(flag: "list", "print the names of the cases")
  static let profile = Option(
    "profile", optional: .text.named("CASE"), "print where the time of one case goes")
  static let serve = Option(
    flag: "serve", "time the cases whose names come line by line, and answer in JSON")

  static func main() async {
    let command = Command(
      "benchmarks", version: "0.1.0",
      summary: "Times the kernels and models against this machine's own peaks.",
      groups: [
        .init("Cases", [filter, all, isa, threads, samples]),
        .init("Output", [json, compare]),
        .init("Other things to do", [list, profile, serve]),
      ])
    await runExample(command) { arguments in
      try refuseDebugBuild()
      try refuseIdleOptions(arguments)
      try select(arguments[isa])
      let cases = try chosen(arguments[filter], all: arguments[all] || arguments[list])
      if arguments[list] {
        try StandardStream.output.write(cases.map { $0.name + "\n" }.joined())
      } else if arguments[serve] {
        // It waits for its input, and keeps nothing that an end would lose.
        try await withTaskCancellationHandler {
          try Server(threads: arguments[threads], cases: Case.all).run()
        } onCancel: {
          exit(ExitCode.interrupted.rawValue)
        }
      } else if let name = arguments[profile] {
        guard let benchmark = Case.all.first(where: { $0.name == name }) else {
          throw profile.refusing(name, allowed: "a name of --list")
        }
        let threads = Workspace(threads: arguments[threads]).threads
        let profile = try Profile(benchmark, threads: threads)
        try StandardStream.output.write(profile.text)
      } else {
        try time(cases, arguments)
      }
    }
  }

  /// Times of a debug build say nothing.
  private static func refuseDebugBuild() throws(UsageError) {
    #if DEBUG
    throw .other("benchmarks need 'swift run -c release'")
    #endif
  }

  /// Each of the other things to do leaves some options without a use.
  private static func refuseIdleOptions(_ arguments: ParsedArguments) throws(UsageError) {
    let idle: [(mode: any AnyOption, others: [any AnyOption])] = [
      (list, [threads, samples, json, compare, profile, serve]),
      (profile, [filter, all, samples, json, compare, serve]),
      (serve, [filter, all, samples, json, compare]),
    ]
    for (mode, others) in idle where arguments.has(mode) {
      guard let other = others.first(where: { arguments.has($0) }) else { continue }
      throw .other("\(other.signature.name) has no use beside \(mode.signature.name)")
    }
  }

  /// Times cases, prints the table or the report, and what moved.
  private static func time(_ cases: [Case], _ arguments: ParsedArguments) throws {
    // Read first: a mistake in its name should not cost the run.
    let old = try arguments[compare].map(readReport)
    let every = Workspace().threads
    let suite = Suite(
      cases: cases, threads: arguments[threads].map { [$0] } ?? (every > 1 ? [1, every] : [1]),
      samples: arguments[samples])
    let out = StandardStream.output
    let report = try suite.run { if !arguments[json] { try out.write($0) } }
    if arguments[json] {
      try out.write(jsonReport(report))
    } else {
      try out.write(Table.legend)
    }
    if let old {
      try (arguments[json] ? .error : out).write(Comparison(old: old, new: report).text)
    }
    try Task.checkCancellation()
  }

  private static func readReport(_ path: String) throws -> Report {
    do {
      return try Report.read(path)
    } catch is DecodingError {
      throw compare.refusing(path, allowed: "a report of --json")
    } catch {
      throw compare.refusing(path, allowed: "a file that can be read")
    }
  }

  /// Selects an instruction set, or the one that the environment names.
  private static func select(_ name: String?) throws {
    if let name { return try Workspace.selectInstructionSet(name) }
    do {
      try Workspace.selectInstructionSetFromEnvironment()
    } catch {
      throw UsageError.other("KERNELS_ISA: \(error)")
    }
  }

  /// The cases that have one of the texts in their names.
  private static func chosen(_ filters: [String], all: Bool) throws -> [Case] {
    if filters.isEmpty { return Case.all.filter { all || !$0.isLong } }
    let texts = filters.flatMap { $0.split(separator: ",") }
    let cases = Case.all.filter { benchmark in texts.contains { benchmark.name.contains($0) } }
    if cases.isEmpty {
      throw filter.refusing(filters.joined(separator: ","), allowed: "a part of a name of --list")
    }
    return cases
  }
}
