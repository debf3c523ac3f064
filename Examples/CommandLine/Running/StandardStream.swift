internal import Foundation
internal import Synchronization

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

  /// The numbers of the streams that were closed when the program began.
  private static let closed = Mutex<Set<Int32>>([])

  /// Notes which streams are closed, and opens them on nothing.
  ///
  /// Else the next file that is opened would take the number of one, and messages would be written
  /// into it. Dispatch, which opens files before `main`, may already have: then its file stays
  /// there, and nothing is written.
  static func openClosedOnes() {
    for number in Int32(0)...2 {
      var status = stat()
      if fstat(number, &status) == 0 {
        // What Dispatch opens is of no kind that has a name.
        if status.st_mode & S_IFMT == 0 { closed.withLock { _ = $0.insert(number) } }
      } else if errno == EBADF {
        let descriptor = open("/dev/null", O_RDWR)
        if descriptor >= 0, descriptor != number {
          dup2(descriptor, number)
          Foundation.close(descriptor)
        }
        closed.withLock { _ = $0.insert(number) }
      }
    }
  }

  /// Whether the stream was closed when the program began; what is written to it goes nowhere.
  package var isClosed: Bool { Self.closed.withLock { $0.contains(rawValue) } }

  /// Says on standard error what the work does; a message that cannot be told is no reason to stop.
  package static func tell(_ message: String) { try? error.write(message) }

  /// Says on standard error what the user may not have meant.
  package static func warn(_ message: String, of program: String) {
    tell("\(program): warning: \(message)\n")
  }

  /// Whether a person reads along.
  package var isTerminal: Bool { isatty(rawValue) == 1 }

  /// Whether the stream is a device, which a terminal that was closed still is.
  private var isDevice: Bool {
    var status = stat()
    return fstat(rawValue, &status) == 0 && status.st_mode & S_IFMT == S_IFCHR
  }

  /// The number of columns of the terminal, if it tells.
  package var columns: Int? {
    var size = winsize()
    guard ioctl(rawValue, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return Int(size.ws_col)
  }

  /// Writes a text at once, after what has been printed before.
  ///
  /// A closed pipe takes the text silently: its reader has seen enough, and the work goes on. So
  /// does a terminal that was closed.
  ///
  /// - Throws: `WriteError` for any other fault, such as a full disk.
  package func write(_ text: String) throws(WriteError) {
    fflush(nil)
    try write(Array(text.utf8))
  }

  /// Writes bytes at once.
  ///
  /// A closed pipe takes them silently.
  ///
  /// - Throws: `WriteError` for any other fault, such as a full disk.
  package func write(_ bytes: [UInt8]) throws(WriteError) {
    guard !isClosed else { return }
    var bytes = bytes[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { Foundation.write(rawValue, $0.baseAddress, $0.count) }
      if count >= 0 {
        bytes.removeFirst(count)
        continue
      }
      let code = errno
      if code == EPIPE || code == EIO && isDevice { return }
      if code != EINTR { throw WriteError(stream: self, code: code) }
    }
  }
}
