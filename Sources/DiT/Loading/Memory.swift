internal import Foundation
internal import Kernels

/// The bytes of memory that a program may still take: Linux's `MemAvailable`, or all memory of the
/// machine where the system does not tell.
func availableMemory() -> Int {
  let all = Int(ProcessInfo.processInfo.physicalMemory)
  guard let text = try? String(contentsOfFile: "/proc/meminfo", encoding: .utf8),
    let line = text.split(separator: "\n").first(where: { $0.hasPrefix("MemAvailable:") }),
    let kilobytes = line.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
  else { return all }
  return min(all, kilobytes << 10)
}

/// An estimate of the bytes that the parts of a model take: their packed weights and, for a text
/// encoder, one layer in 32 bits.
struct MemoryEstimate {
  /// The parameters of the denoiser.
  var parameters = 0
  /// The autoencoder, which multiplies 32-bit numbers whatever the denoiser does.
  var autoencoder = 0
  /// The text encoder; nil where there is none to be read.
  var textEncoder: T5Encoder.Configuration?

  /// Throws where a machine has less memory than the model takes.
  ///
  /// - Parameters:
  ///   - precision: The precision of the denoiser.
  ///   - textPrecision: The precision of the text encoder.
  ///   - file: The file to name.
  ///   - available: The bytes of memory that are available.
  /// - Throws: `ModelError.memory`, which says what would fit.
  func require(
    _ precision: Precision, textPrecision: Precision, file: String, available: Int
  ) throws(ModelError) {
    let text = textEncoder?.byteCount(textPrecision) ?? 0
    let needed = precision.byteCount(of: parameters) + autoencoder + text
    guard needed > available else { return }
    throw .memory(
      file: file, needed: needed, ofTextEncoder: text, available: available,
      precision: precision.rawValue,
      alternatives: alternatives(to: precision, fitting: available))
  }

  /// What would fit: another precision for all parts, or the model without its text encoder, or
  /// both where neither is enough.
  private func alternatives(to precision: Precision, fitting available: Int) -> [String] {
    func fits(_ precision: Precision, texts: Bool) -> Bool {
      let text = texts ? textEncoder?.byteCount(precision) ?? 0 : 0
      return precision.byteCount(of: parameters) + autoencoder + text <= available
    }
    let others = Precision.allCases.filter { $0 != precision }
    var found = others.filter { fits($0, texts: true) }.map { "precision \($0.rawValue)" }
    let encoded = "texts that were encoded before"
    guard textEncoder != nil, parameters > 0 else { return found }
    if fits(precision, texts: false) { found.append(encoded) }
    guard found.isEmpty else { return found }
    return others.filter { fits($0, texts: false) }.map {
      "precision \($0.rawValue) with \(encoded)"
    }
  }
}

extension Precision {
  /// An estimate of the bytes of a model's packed weights.
  func byteCount(of parameters: Int) -> Int {
    switch self {
    case .float32: parameters * MemoryLayout<Float>.stride
    case .bfloat16: parameters * MemoryLayout<UInt16>.stride
    // A sixteenth for the scales; some layers keep 8 bits or more where others have 4.
    case .int8, .weights8: parameters + parameters / 16
    case .weights4: parameters / 4 * 3
    }
  }
}

extension T5Encoder.Configuration {
  /// An estimate of the bytes that an encoder takes besides its mapped file: the layers that are in
  /// memory at once, and one tensor in 32 bits while it is packed.
  func byteCount(_ precision: Precision) -> Int {
    let isStreamed =
      T5Encoder.LayerStorage.automatic(parameterCount: parameterCount) == .streamed
    let largest = width * max(hiddenWidth, attentionWidth)
    return precision.byteCount(of: isStreamed ? layerParameterCount : depth * layerParameterCount)
      + largest * MemoryLayout<Float>.stride
  }
}
