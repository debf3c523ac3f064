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

/// The value of an optional that a caller's precondition says is there.
@inline(__always)
package func require<Value>(
  _ value: Value?, _ message: @autoclosure () -> String, file: StaticString = #fileID,
  line: UInt = #line
) -> Value {
  guard let value else { fail(message(), file, line) }
  return value
}

/// The cold path, out of line.
@inline(never)
private func fail(_ message: String, _ file: StaticString, _ line: UInt) -> Never {
  fatalError(message, file: file, line: line)
}
