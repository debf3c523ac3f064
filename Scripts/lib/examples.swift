// What the program that examples.awk makes of docstrings calls.
import Foundation

/// What the examples are members of.
enum Examples {}

nonisolated(unsafe) private var values = 0
nonisolated(unsafe) private var examples = 0
nonisolated(unsafe) private var failures: [String] = []

/// Runs an example, and says which before, for where it stops the program.
func run(_ place: String, _ example: () throws -> Void) {
  print(place)
  fflush(nil)
  examples += 1
  do { try example() } catch { failures.append("\(place): \(error)") }
}

/// Holds what a value prints against a comment.
///
/// Both have the same words in the same brackets, and numbers that differ by at most 0.0005, for
/// comments have three decimals. Commas, spaces and the labels of tuples do not count.
func expect<Value>(
  _ value: Value, _ comment: String, file: String = #filePath, line: Int = #line
) {
  values += 1
  let (found, wanted) = (words("\(value)"), words(comment))
  let isSame =
    found.count == wanted.count
    && zip(found, wanted).allSatisfy { found, wanted in
      if found == wanted { return true }
      guard let found = Double(found), let wanted = Double(wanted) else { return false }
      return abs(found - wanted) <= 0.0005
    }
  if !isSame { failures.append("\(file):\(line): \(value), not \(comment)") }
}

/// The brackets, numbers and names of a text.
private func words(_ text: String) -> [String] {
  var spaced = ""
  for character in text {
    spaced +=
      "[]()".contains(character) ? " \(character) " : character == "," ? " " : "\(character)"
  }
  return spaced.split(whereSeparator: \.isWhitespace).filter { !$0.hasSuffix(":") }
    .map { $0.hasSuffix(".") ? "\($0.dropLast())" : "\($0)" }
}

/// Ends the program with what failed.
func report() {
  for failure in failures { print("FAILED \(failure)") }
  print("\(examples) examples, \(values) values")
  exit(failures.isEmpty ? 0 : 1)
}
