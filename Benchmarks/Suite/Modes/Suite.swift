internal import Kernels
internal import _ExampleCommandLine
internal import _KernelsMicro

/// Times cases on some numbers of threads.
struct Suite {
  /// The cases to time.
  let cases: [Case]
  /// The numbers of threads.
  let threads: [Int]
  /// The number of samples; as many as a case's time allows where nil.
  let samples: Int?

  /// Times all cases, or those that come before a cancellation of the task.
  ///
  /// - Parameter print: Gets the table, line by line.
  /// - Returns: What was found.
  /// - Throws: What `print` or the preparation of a case throws, and `CancellationError` where not
  ///   even the peaks are known.
  func run(print: (String) throws -> Void) throws -> Report {
    let machine = try Machine(.active, threads: Set(threads + [1]).sorted())
    var report = Report(machine)
    try print(Table.peaks(report) + Table.head)
    for benchmark in cases {
      let work = try benchmark.prepare()
      for count in benchmark.isThreaded ? threads : [1] {
        if Task.isCancelled { return report }
        let workspace = Workspace(threads: count, precision: benchmark.precision)
        let sample = Sample(budget(benchmark)) { work(workspace) }
        let row = Report.Row(
          name: benchmark.name, note: benchmark.note, threads: count, median: sample.median,
          fastest: sample.fastest, spread: sample.spread, samples: sample.count,
          speed: Speed(benchmark.work, seconds: sample.median, threads: count, on: machine))
        report.rows.append(row)
        try print(Table.line(row))
      }
    }
    return report
  }

  private func budget(_ benchmark: Case) -> Budget {
    samples.map(Budget.exactly) ?? Budget(minimum: benchmark.isModel ? 3 : 5, limit: 1)
  }
}
