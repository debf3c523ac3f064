internal import Foundation

/// Where a program writes text.
package enum StandardStream: Int32, Sendable {
  /// Results.
  case output = 1
  /// Messages and progress.
  case error = 2

  /// A text could not be written, for another reason than that its reader has gone.
  package struct WriteError: Error, Equatable, CustomStringConvertible {
    /// Where it should have gone.
    package let stream: StandardStream
    /// The system's number of the reason.
    package let code: Int32

    /// The error in words.
    package var description: String {
      "cannot write to standard \(stream): \(String(cString: strerror(code)))"
    }
  }

  /// Whether a person reads along.
  package var isTerminal: Bool { isatty(rawValue) == 1 }

  /// The number of columns of the terminal, if it tells.
  package var columns: Int? {
    var size = winsize()
    guard ioctl(rawValue, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return Int(size.ws_col)
  }

  /// Writes a text at once, after what has been printed before.
  ///
  /// A closed pipe takes the text silently: its reader has seen enough, and the work goes on.
  ///
  /// - Throws: `WriteError` for any other fault, such as a full disk.
  package func write(_ text: String) throws(WriteError) {
    fflush(nil)
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { Foundation.write(rawValue, $0.baseAddress, $0.count) }
      if count >= 0 {
        bytes.removeFirst(count)
      } else if errno == EPIPE {
        return
      } else if errno != EINTR {
        throw WriteError(stream: self, code: errno)
      }
    }
  }
}
