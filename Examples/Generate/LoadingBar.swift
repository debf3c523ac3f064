internal import Synchronization
internal import _ExampleCommandLine

/// A bar that shows how much of a model is read, or how far it is read through, and goes when that is
/// done.
final class LoadingBar: Sendable {
  private let label: String
  private let isQuiet: Bool
  private let bar = Mutex<ProgressBar<ContinuousClock>?>(nil)

  init(_ label: String, quiet: Bool) { (self.label, isQuiet) = (label, quiet) }

  /// Shows that `done` of `count` parts are done.
  func advance(to done: Int, of count: Int) {
    bar.withLock {
      if $0 == nil { $0 = ProgressBar(label: label, total: count, quiet: isQuiet) }
      $0?.advance(to: done)
    }
  }

  /// Removes the bar.
  func clear() { bar.withLock { $0?.clear() } }
}
