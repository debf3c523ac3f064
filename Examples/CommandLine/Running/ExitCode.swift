internal import Foundation

/// What an example tells its caller when it ends.
package enum ExitCode: Int32, Sendable {
  /// All is done.
  case success = 0
  /// Something failed.
  case failure = 1
  /// The command line is wrong (`EX_USAGE`).
  case usage = 64
  /// The terminal has gone (128 + `SIGHUP`).
  case hungUp = 129
  /// The user interrupted the work (128 + `SIGINT`).
  case interrupted = 130
  /// Another process ended the work (128 + `SIGTERM`).
  case terminated = 143

  /// The code that an error leads to.
  ///
  /// - Parameters:
  ///   - error: What went wrong.
  ///   - signal: The signal that cancelled the work, if one did.
  package init(_ error: any Error, signal: Int32? = nil) {
    self =
      switch error {
      case is UsageError: .usage
      case is CancellationError: signal.flatMap { ExitCode(rawValue: 128 + $0) } ?? .interrupted
      default: .failure
      }
  }
}

/// The line that reports an error to the user of a program, with its end.
///
/// - Parameters:
///   - error: What went wrong. Its line breaks become blanks; what else would move a terminal's
///     cursor, as names in files may, becomes visible, and a very long text is cut.
///   - program: The name of the program.
/// - Returns: The line, such as `generate: interrupted`.
package func errorLine(_ error: any Error, of program: String) -> String {
  let message =
    switch error {
    case is CancellationError: "interrupted"
    // Its description is for programmers.
    case let error as CocoaError: error.localizedDescription
    default: "\(error)"
    }
  let line = message.split(whereSeparator: \.isNewline).joined(separator: " ")
  return "\(program): \(line.shortened(to: 4000))\n"
}
