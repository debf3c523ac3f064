internal import Foundation
internal import Kernels
internal import _ExampleCommandLine

/// Times the kernels and models, and says how much of the machine's peak they reach.
@main
struct Benchmarks {
  private static let options = BenchmarkOptions()

  static func main() async {
    await runExample(options.command) { arguments in
      try refuseDebugBuild()
      try refuseIdleOptions(arguments)
      try select(arguments[options.isa])
      let cases = try chosen(
        arguments[options.filter], all: arguments[options.all] || arguments[options.list])
      if arguments[options.list] {
        try StandardStream.output.write(cases.map { $0.name + "\n" }.joined())
      } else if arguments[options.serve] {
        // It waits for its input, and keeps nothing that an end would lose.
        try await withTaskCancellationHandler {
          try Server(threads: arguments[options.threads], cases: Case.all).run()
        } onCancel: {
          exit(ExitCode.interrupted.rawValue)
        }
      } else if let name = arguments[options.profile] {
        guard let benchmark = Case.all.first(where: { $0.name == name }) else {
          throw options.profile.refusing(name, allowed: "a name of --list")
        }
        let threads = Workspace(threads: arguments[options.threads]).threads
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

  /// Each of the other things to do takes a few options; all others have no use beside it.
  private static func refuseIdleOptions(_ arguments: ParsedArguments) throws(UsageError) {
    let modes: [(mode: any AnyOption, taken: [any AnyOption])] = [
      (options.list, [options.filter, options.all, options.isa]),
      (options.profile, [options.isa, options.threads]),
      (options.serve, [options.isa, options.threads]),
    ]
    for (mode, taken) in modes where arguments.has(mode) {
      guard let other = arguments.firstGiven(besides: taken + [mode]) else { continue }
      throw .other("\(other) has no use beside \(mode.signature.name)")
    }
  }

  /// Times cases, prints the table or the report, and what moved.
  private static func time(_ cases: [Case], _ arguments: ParsedArguments) throws {
    // Read first: a mistake in its name should not cost the run.
    let old = try arguments[options.compare].map(readReport)
    let every = Workspace().threads
    let suite = Suite(
      cases: cases,
      threads: arguments[options.threads].map { [$0] } ?? (every > 1 ? [1, every] : [1]),
      samples: arguments[options.samples])
    let out = StandardStream.output
    let report = try suite.run { if !arguments[options.json] { try out.write($0) } }
    if arguments[options.json] {
      try out.write(jsonReport(report))
    } else {
      try out.write(Table.legend)
    }
    if let old {
      try (arguments[options.json] ? .error : out).write(Comparison(old: old, new: report).text)
    }
    try Task.checkCancellation()
  }

  private static func readReport(_ path: String) throws -> Report {
    do {
      return try Report.read(path)
    } catch is DecodingError {
      throw options.compare.refusing(path, allowed: "a report of --json")
    } catch {
      throw options.compare.refusing(path, allowed: "a file that can be read")
    }
  }

  /// Selects an instruction set, or the one that the environment names.
  private static func select(_ name: String?) throws {
    if let name { return try Workspace.selectInstructionSet(name) }
    try selectInstructionSet()
  }

  /// The cases that have one of the texts in their names.
  private static func chosen(_ filters: [String], all: Bool) throws -> [Case] {
    if filters.isEmpty { return Case.all.filter { all || !$0.isLong } }
    let texts = filters.flatMap { $0.split(separator: ",") }
    let cases = Case.all.filter { benchmark in texts.contains { benchmark.name.contains($0) } }
    if cases.isEmpty {
      throw options.filter.refusing(
        filters.joined(separator: ","), allowed: "a part of a name of --list")
    }
    return cases
  }
}
