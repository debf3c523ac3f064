internal import Dispatch
internal import Foundation
internal import Synchronization

/// Turns the first SIGINT, SIGTERM or SIGHUP into a call; the second one kills the process.
///
/// A signal that was ignored when the process began stays so: `nohup` asks for that, and shells do
/// for what runs in the background.
final class Interrupts {
  private let sources: [any DispatchSourceSignal]
  private let state = State()

  /// Listens to the signals, until the value is released.
  init() {
    // A serial queue of our own gets a thread even while every core computes.
    let queue = DispatchQueue(label: "interrupts", qos: .userInteractive)
    let isListening = DispatchSemaphore(value: 0)
    let numbers = [SIGINT, SIGTERM, SIGHUP].filter { !Self.isIgnored($0) }
    sources = numbers.map { [state] number in
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setRegistrationHandler { isListening.signal() }
      source.setEventHandler {
        if !state.interrupt(by: number) { Self.kill(number) }
      }
      source.resume()
      return source
    }
    for _ in sources { isListening.wait() }
    // A signal before this point has killed the process; ignoring it earlier would lose it. Dispatch
    // puts its own action in place on Linux; elsewhere the default one would still come.
    #if !os(Linux)
    for number in numbers { Foundation.signal(number, SIG_IGN) }
    #endif
  }

  deinit {
    for source in sources { source.cancel() }
  }

  /// Calls a function at the first signal, on a thread of its own; at once if there was one.
  func onFirst(_ action: @escaping @Sendable () -> Void) { state.onFirst(action) }

  /// The signal that came first; nil where none came.
  var signal: Int32? { state.signal }

  /// What the handlers share.
  private final class State: Sendable {
    private let value = Mutex((signal: Int32?.none, action: (@Sendable () -> Void)?.none))

    var signal: Int32? { value.withLock { $0.signal } }

    func onFirst(_ action: @escaping @Sendable () -> Void) {
      let isInterrupted = value.withLock { value in
        value.action = action
        return value.signal != nil
      }
      if isInterrupted { action() }
    }

    /// Notes a signal; false if it is not the first one.
    func interrupt(by number: Int32) -> Bool {
      let (isFirst, action) = value.withLock { value in
        defer { value.signal = value.signal ?? number }
        return (value.signal == nil, value.action)
      }
      if isFirst { action?() }
      return isFirst
    }
  }

  /// Whether a signal does nothing to this process.
  private static func isIgnored(_ number: Int32) -> Bool {
    var action = sigaction()
    guard sigaction(number, nil, &action) == 0 else { return false }
    #if canImport(Glibc)
    let handler = action.__sigaction_handler.sa_handler
    #elseif canImport(Musl)
    let handler = action.__sa_handler.sa_handler
    #else
    let handler = action.__sigaction_u.__sa_handler
    #endif
    return unsafeBitCast(handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
  }

  /// Ends the process by a signal's default action.
  private static func kill(_ number: Int32) {
    Foundation.signal(number, SIG_DFL)
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, number)
    pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    raise(number)
  }
}
