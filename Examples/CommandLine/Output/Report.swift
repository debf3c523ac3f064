internal import Foundation

/// A report for programs to read: JSON with sorted keys, and a line break at its end.
///
/// JSON has no infinity and no NaN; they become `null`, as in the PSNR of equal images.
///
/// - Parameters:
///   - report: The values.
///   - isOneLine: Whether all is on one line.
/// - Returns: The JSON.
/// - Throws: What a value throws that encodes itself.
package func jsonReport(_ report: some Encodable, isOneLine: Bool = false) throws -> String {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  if !isOneLine { encoder.outputFormatting.insert(.prettyPrinted) }
  // The encoder writes such numbers as texts alone, so a text that no report has stands for them.
  let noNumber = "\0no number"
  encoder.nonConformingFloatEncodingStrategy = .convertToString(
    positiveInfinity: noNumber, negativeInfinity: noNumber, nan: noNumber)
  let text = String(decoding: try encoder.encode(report), as: UTF8.self)
  return text.replacingOccurrences(of: "\"\\u0000no number\"", with: "null") + "\n"
}
