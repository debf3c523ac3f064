/// A line that says how far the work is, rewritten in place like tqdm's.
///
///      30%|███       | 3/10 [00:34<01:19, 11.39s/it]
///
/// A label stands before it where there is one. The rate is the mean since the start, and the
/// remaining time follows from it.
package struct ProgressBar<C: Clock> where C.Duration == Duration {
  /// What stands before the bar, from the next drawing on.
  package var label: String
  private let total: Int
  private let columns: Int
  private let clock: C
  private let start: C.Instant
  private let write: ((String) -> Void)?
  private var lastDrawn: C.Instant?
  private var lineLength = 0

  /// A bar that writes with a function of the caller's, and draws itself at once.
  ///
  /// - Parameters:
  ///   - label: What stands before the bar.
  ///   - total: The number of steps of the whole work.
  ///   - columns: The width of the terminal.
  ///   - clock: What measures the time.
  ///   - write: Where the bar goes; nowhere if nil.
  package init(
    label: String = "", total: Int, columns: Int, clock: C, write: ((String) -> Void)?
  ) {
    self.label = label
    self.total = total
    self.columns = columns
    self.clock = clock
    self.write = write
    start = clock.now
    advance(to: 0)
  }

  /// Shows that `done` of the steps are done.
  ///
  /// The line changes at most ten times a second; the last step always shows.
  package mutating func advance(to done: Int) {
    guard let write else { return }
    let now = clock.now
    if let lastDrawn, done < total, lastDrawn.duration(to: now) < .milliseconds(100) { return }
    lastDrawn = now
    let line = progressLine(
      label: label, done: done, total: total, elapsed: start.duration(to: now), columns: columns)
    let padding = String(repeating: " ", count: max(0, lineLength - line.count))
    lineLength = line.count
    write("\r" + line + padding)
  }

  /// Removes the bar, so that a message can take its line; the next `advance` draws it again.
  package mutating func clear() {
    guard let write, lineLength > 0 else { return }
    write("\r" + String(repeating: " ", count: lineLength) + "\r")
    lineLength = 0
    lastDrawn = nil
  }

  /// Leaves the bar as it is and goes to the next line.
  ///
  /// A second call does nothing, so that a `defer` can end the bar where an error is thrown.
  package mutating func finish() {
    guard let write, lineLength > 0 else { return }
    write("\n")
    lineLength = 0
  }
}

extension ProgressBar<ContinuousClock> {
  /// A bar on standard error; none if that is not a terminal.
  ///
  /// - Parameters:
  ///   - label: What stands before the bar.
  ///   - total: The number of steps of the whole work.
  ///   - quiet: Whether to show no bar at all.
  package init(label: String = "", total: Int, quiet: Bool = false) {
    let stream = StandardStream.error
    let isShown = !quiet && stream.isTerminal
    self.init(
      label: label, total: total, columns: stream.columns ?? 80, clock: ContinuousClock(),
      // A terminal that has gone away is no reason to stop.
      write: isShown ? { try? stream.write($0) } : nil)
  }
}
