internal import Foundation
internal import Kernels

/// Where the time of a case goes, kernel by kernel.
struct Profile {
  /// The table.
  let text: String

  /// Runs a case a few times with a recorder in its workspace.
  ///
  /// - Throws: `CancellationError` before the next time.
  init(_ benchmark: Case, threads: Int) throws {
    let work = try benchmark.prepare()
    var workspace = Workspace(threads: threads, precision: benchmark.precision)
    work(workspace)
    let recorder = KernelRecorder()
    workspace.recorder = recorder
    let calls = 3
    let time = try ContinuousClock().measure {
      for _ in 0..<calls {
        try Task.checkCancellation()
        work(workspace)
      }
    }
    let total = time / .seconds(calls)
    let entries = recorder.entries.map { name, entry in
      (name: name, calls: entry.calls / calls, seconds: entry.seconds / Double(calls))
    }.sorted { $0.seconds > $1.seconds }
    let rest = total - entries.reduce(0) { $0 + $1.seconds }
    func line(_ name: String, _ calls: String, _ seconds: Double) -> String {
      Table.padded(name, 44) + Table.right(calls, 6) + Table.right(Table.time(seconds), 12)
        + String(format: "%8.1f %%\n", 100 * seconds / total)
    }
    text =
      "\(benchmark.name), \(threads) threads\n\n"
      + Table.padded("kernel", 44) + Table.right("calls", 6) + Table.right("time", 12)
      + Table.right("share", 10) + "\n"
      + entries.map { line($0.name, "\($0.calls)", $0.seconds) }.joined()
      + line("between the kernels", "", rest) + line("a call", "", total)
  }
}
