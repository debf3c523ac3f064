internal import Foundation
internal import Kernels
internal import _ExampleCommandLine
internal import _KernelsActive
internal import _KernelsMicro

/// Times the kernels and models, and says how much of the machine's peak they reach.
@main
struct Benchmarks {
  /// A line of the table.
  struct Row: Encodable {
    let name: String
    let threads: Int
    let sample: Sample
    let gigaflops: Double?
    /// The share of the measured peak of as many threads.
    let share: Double?
  }

  /// The whole table.
  struct Report: Encodable {
    let instructionSet: String
    /// GFLOP/s of multiply-adds in registers, one thread.
    let peak: Double
    let rows: [Row]
  }

  static func main() async {
    let filter = Option("filter", optional: .text, "only what has this text in its name")
    let isa = Option(
      "isa", optional: .choice(Workspace.supportedInstructionSets), default: "the widest",
      "the instruction set")
    let threads = Option(
      "threads", short: "t", optional: .integer(1...1024), default: "1 and all processors",
      "the number of threads")
    let samples = Option("samples", as: .integer(1...1000), default: 11, "samples of each")
    let json = Option(flag: "json", "print a report for programs")
    let command = Command(
      "benchmarks", version: "0.1.0",
      summary: "Times the kernels and models against this machine's own peak.",
      groups: [.init("Options", [filter, isa, threads, samples, json])])
    await runExample(command) { arguments in
      assert({ fatalError("benchmarks need '-c release'") }())
      if let name = arguments[isa] {
        try Workspace.selectInstructionSet(name)
      } else {
        do {
          try Workspace.selectInstructionSetFromEnvironment()
        } catch {
          throw UsageError.other("KERNELS_ISA: \(error)")
        }
      }
      let all = Workspace().threads
      try run(
        threads: arguments[threads].map { [$0] } ?? (all > 1 ? [1, all] : [1]),
        filter: arguments[filter] ?? "", samples: arguments[samples], json: arguments[json])
    }
  }

  private static func run(threads: [Int], filter: String, samples: Int, json: Bool) throws {
    let table = KernelTable.active
    let rounds = 20_000
    let peakSample = Sample(samples: samples) {
      _ = blackHole(table.peak(rounds, 0.999))
    }
    let peak =
      2 * Double(rounds * table.tileRows * table.panelWidth) / peakSample.fastest / 1e9
    let out = StandardStream.output
    if !json {
      try out.write(
        String(format: "%@: %.0f GFLOP/s a core in registers\n\n", table.name, peak)
          + "                                 threads      median   spread   GFLOP/s   of peak\n")
    }
    var rows: [Row] = []
    for count in threads {
      let cases = Cases(workspace: Workspace(threads: count)).all
      for benchmark in cases where filter.isEmpty || benchmark.name.contains(filter) {
        try Task.checkCancellation()
        let sample = Sample(samples: samples, try benchmark.make())
        let gigaflops = benchmark.operations.map { $0 / sample.median / 1e9 }
        let row = Row(
          name: benchmark.name, threads: count, sample: sample, gigaflops: gigaflops,
          share: gigaflops.map { $0 / peak / Double(count) })
        rows.append(row)
        if !json { try out.write(line(row)) }
      }
    }
    if json {
      try out.write(
        jsonReport(Report(instructionSet: table.name, peak: peak, rows: rows)))
    }
  }

  private static func line(_ row: Row) -> String {
    let name = row.name.padding(toLength: 32, withPad: " ", startingAt: 0)
    let speed = row.gigaflops.map { String(format: "%10.1f", $0) } ?? "          "
    let share = row.share.map { String(format: "%7.0f %%", 100 * $0) } ?? ""
    return name
      + String(
        format: "%8d %8.3f ms %6.1f %%", row.threads, 1000 * row.sample.median,
        100 * row.sample.spread) + speed + share + "\n"
  }

  /// Keeps the compiler from leaving out the computation of a value.
  @inline(never)
  private static func blackHole(_ value: Float) -> Float { value }
}
