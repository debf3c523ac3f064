/// Stops the program where a caller broke a documented precondition.
///
/// `precondition` loses its message in optimised builds, which are the ones that users run.
@inline(__always)
package func check(
  _ condition: Bool, _ message: @autoclosure () -> String, file: StaticString = #fileID,
  line: UInt = #line
) {
  guard condition else { fail(message(), file, line) }
}

/// The cold path, out of line.
@inline(never)
private func fail(_ message: String, _ file: StaticString, _ line: UInt) -> Never {
  fatalError(message, file: file, line: line)
}
