internal import Synchronization

/// Adds up the time that each kernel of a workspace takes, for whoever profiles a model.
package final class KernelRecorder: Sendable {
  /// What one kernel took at one shape.
  package struct Entry: Sendable {
    /// How often it was called.
    package var calls = 0
    /// The seconds of all calls, without those of the kernels that it called itself.
    package var seconds = 0.0
  }

  private struct State {
    var entries: [String: Entry] = [:]
    var inner: [Duration] = []  // what the kernels called by each open one took
  }

  private let state = Mutex(State())

  /// A recorder without entries.
  package init() {}

  /// The entries by kernel and shape.
  package var entries: [String: Entry] { state.withLock { $0.entries } }

  fileprivate func open() { state.withLock { $0.inner.append(.zero) } }

  fileprivate func close(_ name: String, _ elapsed: Duration) {
    state.withLock { state in
      let inner = state.inner.popLast() ?? .zero
      state.entries[name, default: Entry()].calls += 1
      state.entries[name, default: Entry()].seconds += (elapsed - inner) / .seconds(1)
      if let last = state.inner.indices.last { state.inner[last] += elapsed }
    }
  }
}

/// The time of one call of a kernel, from its creation until `stop()`.
struct KernelTimer {
  private let running: (recorder: KernelRecorder, name: String, start: ContinuousClock.Instant)?

  /// A timer that does nothing where there is no recorder.
  @inline(__always)
  init(_ recorder: KernelRecorder?, _ name: () -> String) {
    running = recorder.map { recorder in
      recorder.open()
      return (recorder, name(), .now)
    }
  }

  /// Ends the call.
  @inline(__always)
  func stop() {
    if let running { running.recorder.close(running.name, running.start.duration(to: .now)) }
  }
}

extension Workspace {
  /// Starts the timer of a kernel: `let timer = workspace.timer("…"); defer { timer.stop() }`.
  ///
  /// - Parameter name: The kernel and its shape; read only where there is a recorder.
  /// - Returns: The timer.
  @inline(__always)
  func timer(_ name: @autoclosure () -> String) -> KernelTimer { KernelTimer(recorder, name) }
}
