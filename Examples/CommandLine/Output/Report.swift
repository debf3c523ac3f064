internal import Foundation

/// A report for programs to read: JSON with sorted keys, and a line break at its end.
///
/// JSON has no infinity and no NaN; they become the texts `"inf"`, `"-inf"` and `"nan"`, so that
/// the PSNR of equal images does not lose the report.
package func jsonReport(_ report: some Encodable) throws -> String {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
  encoder.nonConformingFloatEncodingStrategy = .convertToString(
    positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
  return String(decoding: try encoder.encode(report), as: UTF8.self) + "\n"
}
