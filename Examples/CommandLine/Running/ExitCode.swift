internal import Foundation

/// What an example tells its caller when it ends.
package enum ExitCode: Int32, Sendable {
  /// All is done.
  case success = 0
  /// Something failed.
  case failure = 1
  /// The command line is wrong (`EX_USAGE`).
  case usage = 64
  /// The user interrupted the work (128 + `SIGINT`).
  case interrupted = 130

  /// The code that an error leads to.
  package init(_ error: any Error) {
    self =
      switch error {
      case is UsageError: .usage
      case is CancellationError: .interrupted
      default: .failure
      }
  }
}

/// The line that reports an error to the user of a program, with its end.
///
/// - Parameters:
///   - error: What went wrong. Its line breaks become blanks.
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
  return "\(program): \(message.split(whereSeparator: \.isNewline).joined(separator: " "))\n"
}
