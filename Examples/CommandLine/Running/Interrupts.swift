internal import Dispatch
internal import Foundation
internal import Synchronization

/// Turns the first SIGINT or SIGTERM into a call; the second one kills the process.
final class Interrupts {
  private let sources: [any DispatchSourceSignal]
  private let state = State()

  /// Listens to the signals, until the value is released.
  init() {
    // A serial queue of our own gets a thread even while every core computes.
    let queue = DispatchQueue(label: "interrupts", qos: .userInteractive)
    let isListening = DispatchSemaphore(value: 0)
    sources = [SIGINT, SIGTERM].map { [state] number in
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setRegistrationHandler { isListening.signal() }
      source.setEventHandler {
        if !state.interrupt() { Self.kill(number) }
      }
      source.resume()
      return source
    }
    for _ in sources { isListening.wait() }
    // A signal before this point has killed the process; ignoring it earlier would lose it. Dispatch
    // puts its own action in place on Linux; elsewhere the default one would still come.
    #if !os(Linux)
    for number in [SIGINT, SIGTERM] { signal(number, SIG_IGN) }
    #endif
  }

  deinit {
    for source in sources { source.cancel() }
  }

  /// Calls a function at the first signal, on a thread of its own; at once if there was one.
  func onFirst(_ action: @escaping @Sendable () -> Void) { state.onFirst(action) }

  /// What the handlers share.
  private final class State: Sendable {
    private let value = Mutex((isInterrupted: false, action: (@Sendable () -> Void)?.none))

    func onFirst(_ action: @escaping @Sendable () -> Void) {
      let isInterrupted = value.withLock { value in
        value.action = action
        return value.isInterrupted
      }
      if isInterrupted { action() }
    }

    /// Notes a signal; false if it is not the first one.
    func interrupt() -> Bool {
      let (isFirst, action) = value.withLock { value in
        defer { value.isInterrupted = true }
        return (!value.isInterrupted, value.action)
      }
      if isFirst { action?() }
      return isFirst
    }
  }

  /// Ends the process by a signal's default action.
  private static func kill(_ number: Int32) {
    signal(number, SIG_DFL)
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, number)
    pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    raise(number)
  }
}
