internal import Synchronization
internal import _ExampleCommandLine

/// A bar that shows how many tensors of a model are read, and goes when they are.
final class LoadingBar: Sendable {
  private let isQuiet: Bool
  private let bar = Mutex<ProgressBar<ContinuousClock>?>(nil)

  init(quiet: Bool) { isQuiet = quiet }

  /// Shows that `read` of `count` tensors are read.
  func advance(to read: Int, of count: Int) {
    bar.withLock {
      if $0 == nil { $0 = ProgressBar(label: "loading", total: count, quiet: isQuiet) }
      $0?.advance(to: read)
    }
  }

  /// Removes the bar.
  func clear() { bar.withLock { $0?.clear() } }
}
