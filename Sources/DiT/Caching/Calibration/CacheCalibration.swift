internal import Foundation
internal import Tensor

/// What was measured of a model once, for a method that needs it.
///
/// It is valid for one model, sampler and size. Its tables have a row for each step of the run that
/// it was measured in; a run of another number of steps takes the nearest rows.
public struct CacheCalibration: Sendable, Hashable, Codable {
  /// The name of the method.
  public var method: String
  /// What tells the model from others.
  public var model: String
  /// The sampler's name.
  public var sampler: String
  /// The number of steps.
  public var steps: Int
  /// The height and width of a sample.
  public var size: [Int]
  /// The guidance scale.
  public var guidanceScale: Float
  /// The cache of the run that was measured, for methods that correct one; nil for all others.
  public var cache: String?
  /// The measured numbers by name.
  public var tables: [String: [[Double]]]

  /// A calibration of nothing, for listings.
  init(method: String) {
    (self.method, model, sampler, steps, size) = (method, "", "", 0, [])
    (guidanceScale, tables) = (1, [:])
  }

  /// The calibration of a method in a run, with numbers of seven digits.
  public init(
    method: String, _ run: RunOutline, cache: String? = nil, tables: [String: [[Double]]]
  ) {
    (self.method, self.cache) = (method, cache)
    self.tables = tables.mapValues { $0.map { $0.map(shortened) } }
    (model, sampler, steps) = (run.fingerprint, run.sampler, run.stepCount)
    (size, guidanceScale) = (Array(run.architecture.sampleShape.dropFirst()), run.guidanceScale)
  }

  /// Reads a calibration from a JSON file.
  ///
  /// - Throws: `CacheError.calibrationFile`.
  public init(path: String) throws(CacheError) {
    do throws(ModelError) {
      self = try FileSettings.decoded(path: path, isSnakeCase: false)
    } catch .malformed(_, let reason) {
      throw .calibrationFile(path, reason: reason)
    } catch {
      throw .calibrationFile(path, reason: "it cannot be read")
    }
    guard steps > 0 else { throw .calibrationFile(path, reason: "it is of \(steps) steps") }
    guard
      tables.values.allSatisfy({ $0.count == steps && $0.allSatisfy { $0.allSatisfy(\.isFinite) } })
    else { throw .calibrationFile(path, reason: "a table has not \(steps) rows of finite numbers") }
  }

  /// Writes the calibration to a JSON file, all at once.
  ///
  /// - Throws: `FileError` where it cannot be written.
  public func write(path: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    var file = try AtomicFile(path: path)
    let data = try encoder.encode(self)
    try file.append([UInt8](data))
    try file.commit()
  }

  /// A table, with a row for each step of a run.
  ///
  /// - Parameters:
  ///   - name: The name of the table.
  ///   - method: The method that asks.
  ///   - run: The run.
  ///   - columns: How many numbers a row must have; nil for any.
  /// - Returns: The rows; the nearest ones where the run has another number of steps.
  /// - Throws: `CacheError.calibration` where the calibration is of another method, model, sampler
  ///   or size, or has other rows.
  public func table(
    _ name: String, of method: String, for run: RunOutline, columns: Int? = nil
  ) throws(CacheError) -> [[Double]] {
    func require(_ what: String, _ found: String, _ expected: String) throws(CacheError) {
      guard found == expected else {
        throw .calibration(method: method, what: what, expected: expected, found: found)
      }
    }
    try require("method", self.method, method)
    try require("model", model, run.fingerprint)
    try require("sampler", sampler, run.sampler)
    try require("size", "\(size)", "\(Array(run.architecture.sampleShape.dropFirst()))")
    guard let rows = tables[name], !rows.isEmpty else {
      throw .calibration(
        method: method, what: "tables", expected: name,
        found: tables.keys.sorted().joined(separator: ", "))
    }
    if let columns, let other = rows.first(where: { $0.count != columns }) {
      try require("'\(name)' with rows of", "\(other.count) numbers", "\(columns)")
    }
    guard run.stepCount != rows.count else { return rows }
    let scale = Double(rows.count - 1) / Double(max(run.stepCount - 1, 1))
    return (0..<run.stepCount).map { rows[Int((Double($0) * scale).rounded())] }
  }

  /// What a user should know before a run takes the calibration; nothing where it fits exactly.
  public func warnings(for run: RunOutline) -> [String] {
    var warnings: [String] = []
    if steps != run.stepCount {
      warnings.append(
        "the calibration is of \(steps) steps, the run has \(run.stepCount): "
          + "each step takes the nearest")
    }
    if guidanceScale != run.guidanceScale {
      warnings.append(
        "the calibration is of guidance \(guidanceScale), the run has \(run.guidanceScale)")
    }
    return warnings
  }
}

/// A number with seven significant digits, which is short in a file.
private func shortened(_ number: Double) -> Double {
  guard number != 0, number.isFinite else { return number }
  let power = pow(10, 6 - floor(log10(abs(number))))
  return power.isFinite ? (number * power).rounded() / power : number
}
